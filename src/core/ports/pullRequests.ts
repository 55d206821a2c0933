/** Pull requests of the repository that a folder is a clone of. */
export interface PullRequests {
  /**
   * The open one of a branch; undefined: there is none.
   *
   * @throws missingTool with how to get it, denied where nobody is logged in, failed with the program's own words
   */
  find(folder: string, branches: ProposedBranches, signal?: AbortSignal): Promise<PullRequest | undefined>;
  /**
   * The open ones of all branches, by the branch: the newest hundred.
   *
   * @param owner the account whose repository has the branches; undefined: the one that they are proposed to @throws as `find`
   */
  listOpen(folder: string, owner: string | undefined, signal?: AbortSignal): Promise<ReadonlyMap<string, PullRequest>>;
  /** Opens one of a branch that is pushed. @returns its address @throws as `find` */
  open(folder: string, request: NewPullRequest, signal?: AbortSignal): Promise<string>;
}

export interface ProposedBranches {
  readonly branch: string;
  readonly base: string;
  /** The account whose repository has the branch; undefined: the one that it is proposed to. */
  readonly owner?: string | undefined;
}

export interface NewPullRequest extends ProposedBranches {
  readonly title: string;
  readonly body: string;
}

export interface PullRequest {
  readonly number: number;
  readonly url: string;
  readonly isDraft: boolean;
  readonly checks: PullRequestChecks;
}

/** How many of its checks; none of any: there are none, or not yet. */
export interface PullRequestChecks {
  readonly passed: number;
  readonly pending: number;
  /** By name. */
  readonly failed: readonly string[];
}
