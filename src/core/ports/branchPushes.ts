import type { Repository } from '../model';

/** Giving a remote what a local branch has. */
export interface BranchPushes {
  /** The remote that the branch is pushed to, as git decides it. @throws notConfigured where there is none, or several and no choice */
  remoteOf(repository: Repository, branch: string, signal?: AbortSignal): Promise<string>;
  /**
   * The account that a remote's repository is of, where there are remotes of several, as of a fork and what it is forked from.
   * @returns undefined: all is one's, or it cannot be told by their addresses
   */
  ownerOf(repository: Repository, remote: string, signal?: AbortSignal): Promise<string | undefined>;
  /**
   * Pushes just this commit as the branch, with the repository's hooks, never by force.
   *
   * @throws conflict where the remote's branch has commits that this one has not, denied where the remote refuses it, failed
   */
  push(repository: Repository, push: PushedBranch, signal?: AbortSignal): Promise<void>;
}

export interface PushedBranch {
  /** Where its hooks run. */
  readonly folder: string;
  readonly remote: string;
  readonly branch: string;
  readonly commit: string;
}
