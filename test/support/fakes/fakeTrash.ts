import { AppError } from '../../../src/core/errors';
import type { Trash, TrashedEntry } from '../../../src/core/ports/trash';
import type { FolderSize } from '../../../src/core/ports/worktreeFacts';
import type { FakeWorktrees } from './fakeWorktrees';

/** What the worktrees in memory have kept. */
export class FakeTrash implements Trash {
  /** Why entries stay, by their ids. */
  readonly stays = new Map<string, string>();
  /** Entries that were given up, and whose files are not deleted yet. */
  readonly givenUp: string[] = [];
  /** What cannot be deleted. */
  left: readonly string[] = [];

  constructor(private readonly worktrees: FakeWorktrees) {}

  async entries(): Promise<TrashedEntry[]> {
    return (await this.worktrees.deleted()).map((deleted) => ({
      ...{ id: deleted.id, path: deleted.gitDir, deleted },
      stays: this.stays.get(deleted.id),
    }));
  }

  async size(): Promise<FolderSize> {
    return { bytes: 2048, isCut: false };
  }

  async verify(_repository: unknown, id: string): Promise<void> {
    const entry = (await this.entries()).find((each) => each.id === id);
    if (!entry) throw new AppError('notFound', 'It is not in the trash any more.');
    if (entry.stays !== undefined) throw new AppError('conflict', `It stays in ${entry.path}: ${entry.stays}.`);
  }

  async remove(repository: unknown, id: string): Promise<void> {
    await this.verify(repository, id);
    this.worktrees.giveUp(id);
    this.givenUp.push(id);
  }

  async clear(): Promise<readonly string[]> {
    this.givenUp.length = 0;
    return this.left;
  }
}
