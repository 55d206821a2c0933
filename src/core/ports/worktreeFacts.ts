import type { BranchState } from '../worktrees/branchState';
import type { Repository, Worktree } from '../model';

/** What is asked of a worktree before it is proposed for removal. Reads only, and starts nothing that its repository names. */
export interface WorktreeFacts {
  /**
   * The sum of the lengths of all files in a worktree's folder, also where they share blocks on the disk. No link is followed, no mount entered.
   *
   * @param without absolute paths of folders in it that are left out
   */
  size(worktree: Worktree, without: readonly string[], signal?: AbortSignal): Promise<FolderSize>;
  /** Never fails for want of a time: what cannot be told is undefined. */
  times(worktree: Worktree): Promise<WorktreeTimes>;
  branchState(repository: Repository, worktree: Worktree, signal?: AbortSignal): Promise<BranchState>;
}

export interface FolderSize {
  readonly bytes: number;
  /** There was so much, or something could not be looked into, that it is more than that. */
  readonly isCut: boolean;
}

/** Milliseconds since the epoch. */
export interface WorktreeTimes {
  /** When its folder was made. */
  readonly madeAt: number | undefined;
  /** When its environment was last created or updated. */
  readonly environmentAt: number | undefined;
  /** When its folder was last put into its place: made there, or brought back by an undo. */
  readonly placedAt: number | undefined;
}
