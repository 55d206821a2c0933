import type { Repository, Worktree } from '../model';
import type { FileSince } from './worktreeChanges';

/** Taking one local branch into another. */
export interface BranchMerges {
  /**
   * What a merge would do now, and what git would refuse or lose by it. Changes nothing.
   *
   * @param worktrees all of the repository
   * @throws notFound where one of the branches is not there, failed
   */
  look(
    repository: Repository,
    branches: MergedBranches,
    worktrees: readonly Worktree[],
    signal?: AbortSignal,
  ): Promise<MergeLook>;
  /**
   * Does what was looked at, whole or not at all: where the base is checked out, git itself changes its files there. Once begun it is
   * seen through.
   *
   * @returns the base's commit now
   * @throws conflict when a branch or a worktree is not as it was, or with the files that are in conflict; failed where git or a hook
   *   refuses
   */
  merge(repository: Repository, look: MergeLook): Promise<string>;
}

export interface MergedBranches {
  readonly branch: string;
  /** The one that it is taken into. */
  readonly base: string;
}

export interface MergeLook extends MergedBranches {
  /** Where the branch is. */
  readonly tip: string;
  /** Where the base is: by this it is brought back. */
  readonly from: string;
  /** `none`: the base has all of it. */
  readonly kind: 'none' | 'fastForward' | 'merge';
  readonly commits: number;
  /** Of the last of them, newest first. */
  readonly subjects: readonly string[];
  /** What the branch has changed since it parted from the base, by path; of more than can be told, the first. */
  readonly files: readonly FileSince[];
  readonly isCut: boolean;
  /** Files that both have changed in ways that git cannot join; undefined: this git cannot tell in advance (before 2.38). */
  readonly conflicts: readonly string[] | undefined;
  /** The branches have no commit in common. */
  readonly isUnrelated: boolean;
  /** By what the repository takes nothing but fast-forwards into the base, where this is none: a setting's name. */
  readonly forbiddenBy: string | undefined;
  /** What only git's own `merge` heeds, in a worktree: hooks, settings. */
  readonly needsWorktree: readonly string[];
  /** Where the base is checked out; undefined: nowhere. */
  readonly place: MergePlace | undefined;
  /** Where the branch is checked out; undefined: nowhere. */
  readonly source: MergeSource | undefined;
}

/** Work that is not part of the branch. */
export interface MergeSource {
  readonly worktree: Worktree;
  /** Tracked files with changes. */
  readonly changed: number;
  readonly untracked: number;
  readonly operations: readonly string[];
  /** The commit that its index is of, where the branch was moved from elsewhere and left that behind: what is changed takes back what came. */
  readonly leftAt?: string | undefined;
}

/** A rebase or a bisect of the branch counts as its being checked out: what it began with is the branch's. */
export interface MergePlace {
  readonly worktree: Worktree;
  /** Tracked files with changes. */
  readonly changed: number;
  /** Files that git does not track and would write over, ignored ones included. */
  readonly inTheWay: readonly string[];
  /** What git has begun there and not finished: `rebase`. */
  readonly operations: readonly string[];
  /** As of a source. */
  readonly leftAt?: string | undefined;
  /** All that is changed there is what this merge brings: it was cut off, and is begun anew. The others are empty then. */
  readonly isCutOff: boolean;
}
