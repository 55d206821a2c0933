import type { DeletedWorktree } from '../worktrees/deletedWorktree';
import type { Repository } from '../model';
import type { FolderSize } from './worktreeFacts';

/** What deletes have kept in a repository, and how it goes for good before its time. Starts nothing that the repository names. */
export interface Trash {
  /** Newest first. What cannot be read of one keeps nobody from seeing the others. */
  entries(repository: Repository): Promise<readonly TrashedEntry[]>;
  /** The sum of the lengths of all files of an entry. No link is followed, no mount entered. */
  size(entry: TrashedEntry, signal?: AbortSignal): Promise<FolderSize>;
  /** Whether `remove` may be called, by all of its files. @throws conflict with why it stays, notFound when it is in the trash no more */
  verify(repository: Repository, id: string): Promise<void>;
  /**
   * Gives up an entry that `verify` has just looked at: from now on nothing brings it back, and the refs to commits that only it had are gone. Its files go with `clear`.
   * Cut off, it is done again.
   * @throws as `verify`, and conflict where a program holds its files: it stays
   */
  remove(repository: Repository, id: string): Promise<void>;
  /**
   * Deletes what was given up, also by removals that were cut off. Links are removed, never followed.
   * @returns what could not be deleted and where it lies, for a person
   */
  clear(repository: Repository): Promise<readonly string[]>;
}

export interface TrashedEntry {
  readonly id: string;
  /** Where it lies. */
  readonly path: string;
  /** undefined: what it says of itself cannot be understood, and nothing brings it back. */
  readonly deleted: DeletedWorktree | undefined;
  /** Why neither a sweep nor `remove` takes it: a clause, for a person. */
  readonly stays: string | undefined;
}
