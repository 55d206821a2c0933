import { AppError } from '../../../src/core/errors';
import type { Identity, Worktree } from '../../../src/core/model';
import type { Identities } from '../../../src/core/ports/worktrees';

/** Records in memory, by the worktrees' git directories. */
export class FakeIdentities implements Identities {
  readonly #held = new Map<string, Identity | 'damaged'>();

  /** Makes a record that nobody can understand. */
  damage(worktree: Worktree): void {
    this.#held.set(worktree.gitDir, 'damaged');
  }

  /** A git directory is gone, and what was in it. */
  forget(gitDir: string): void {
    this.#held.delete(gitDir);
  }

  async read(worktree: Worktree): Promise<Identity | undefined> {
    const found = this.#held.get(worktree.gitDir);
    if (found === 'damaged')
      throw new AppError('failed', `${worktree.gitDir}/coppice.json cannot be understood: it is no JSON.`);
    return structuredClone(found);
  }

  async write(worktree: Worktree, identity: Identity): Promise<void> {
    this.#held.set(worktree.gitDir, structuredClone(identity));
  }

  async remove(worktree: Worktree): Promise<void> {
    this.#held.delete(worktree.gitDir);
  }
}
