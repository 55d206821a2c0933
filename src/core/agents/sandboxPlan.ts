/** What commands of an agent in a sandbox may do besides writing in its worktree and reading what its user can read. */
export interface SandboxPlan {
  /** What they reach over the network: `host`, or `host:port` where only that port is meant. */
  readonly hosts: readonly string[];
  /** The repository's git directory, absolute. What a commit writes lies there: objects, refs and the worktree's index. */
  readonly gitFolder: string;
}

/** How an agent is told to keep its commands in its own sandbox. */
export interface AgentSandbox {
  /** Of the first argument: a command that has it already says something else by it. */
  readonly option: string;
  /** They stand right behind the program. */
  readonly arguments: (plan: SandboxPlan) => readonly string[];
  /** Programs that it needs on Linux, and the packages that bring them. */
  readonly needs: readonly (readonly [program: string, brings: string])[];
  /** Where its makers say how it is set up. */
  readonly page: string;
}
