import type { Worktree } from '../model';

/** What worktrees have done since a commit. Reads only: runs nothing of the repository, and takes no lock. */
export interface WorktreeChanges {
  /** The last commit that all of them have; undefined: there is none. @throws failed */
  commonCommit(worktrees: readonly Worktree[], signal?: AbortSignal): Promise<string | undefined>;
  /** Commits, and files as they lie in the folder now, committed or not. @throws notFound when the folder is gone, failed */
  since(worktree: Worktree, commit: string, signal?: AbortSignal): Promise<WorkSince>;
  /**
   * Commits of its branch itself (of a merge the merge alone) that were made since a moment, newest first: of more than
   * `mostCommits` the newest. @param sinceMs milliseconds since the epoch @throws notFound when the folder is gone, failed
   */
  commits(
    worktree: Pick<Worktree, 'path' | 'head'>,
    sinceMs: number,
    signal?: AbortSignal,
  ): Promise<readonly BranchCommit[]>;
}

export const mostCommits = 200;

export interface BranchCommit {
  /** When it was committed, in milliseconds since the epoch. */
  readonly at: number;
  /** As short as git tells it. */
  readonly id: string;
  /** Text of anybody's. */
  readonly subject: string;
}

export interface WorkSince {
  readonly commits: number;
  /** Of the last of them, newest first. */
  readonly subjects: readonly string[];
  /** By path; of more than can be told, the first. A file that has another name is one that went and one that came. */
  readonly files: readonly FileSince[];
  readonly isCut: boolean;
}

export interface FileSince {
  /** Relative to the worktree, `/` between its parts. */
  readonly path: string;
  /** Lines; undefined: nobody counts them, as of a file of other things than text, or of one that git has not. */
  readonly added: number | undefined;
  readonly removed: number | undefined;
  /** Git has it in no commit and is not told to ignore it. */
  readonly isUntracked: boolean;
}
