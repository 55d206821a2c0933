import type { Repository } from '../../core/model';
import type { Trash, TrashedEntry } from '../../core/ports/trash';
import type { FolderSize } from '../../core/ports/worktreeFacts';
import { deletedOf } from './worktrees/bringBack';
import { clearTrash, giveUp, removableEntry } from './trash/emptyTrash';
import { folderSize } from './files/folderSize';
import { Git, gitFailed } from './program/git';
import { entriesIn } from './trash/trashEntry';
import { mountIn, mountListed, whyStays } from './trash/whyStays';

/** The trash in the common git directory (`trashEntry`). */
export class GitTrash implements Trash {
  readonly #git: Git;

  /** @param env what git inherits (PATH, HOME, …): `process.env`; variables of a hook that runs us are left out */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#git = new Git(env);
  }

  async entries(repository: Repository): Promise<TrashedEntry[]> {
    const found: TrashedEntry[] = [];
    for (const entry of await entriesIn(repository)) {
      if (!(await entry.isDecided())) continue;
      const { id, path } = entry;
      try {
        const record = await entry.read().catch(() => undefined);
        const stays = await whyStays(repository, entry, mountListed);
        found.push({ id, path, deleted: record && deletedOf(entry, record), stays });
      } catch (error) {
        // It went meanwhile, or it can be told of neither.
        if (await entry.isDecided()) throw gitFailed(`${path} cannot be looked at`, error);
      }
    }
    return found;
  }

  async size({ path }: TrashedEntry, signal?: AbortSignal): Promise<FolderSize> {
    try {
      return await folderSize(path, [], signal);
    } catch (error) {
      throw gitFailed(`The size of ${path} cannot be told`, error);
    }
  }

  async verify(repository: Repository, id: string): Promise<void> {
    await removableEntry(repository, id, mountIn);
  }

  async remove(repository: Repository, id: string): Promise<void> {
    await giveUp(this.#git, repository, id);
  }

  clear(repository: Repository): Promise<string[]> {
    return clearTrash(this.#git, repository);
  }
}
