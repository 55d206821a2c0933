// Written by "npm run manifest" from manifest/settings: change it there.

/** Worktrees: the keys are those of VS Code without the prefix `coppice.`. */
export interface WorktreeSettings {
  /**
   * Where a new worktree goes, relative to the folder that holds the repository. `${repository}` is the name of the
   * repository's folder, `${slug}` the name made from the branch, `${branch}` the branch itself.
   */
  readonly 'worktree.folder': string;
  /** What a new branch starts from: a branch, a tag or a commit. Empty: the repository's default branch. */
  readonly 'worktree.base': string;
  /**
   * How many worktrees of a repository are kept ready for its next creates: checked out at the tip of what new
   * branches start from, with the dependencies that its lockfiles say where their installs were approved. A create of
   * a new branch takes one, moves it to its place and switches it to the branch; the next is made in the background,
   * while `coppice.start.freeMemory` and `coppice.start.load` leave room. They take disk space and no memory. 0:
   * none.
   */
  readonly 'pool.size': number;
  /**
   * How many seconds a command of `setup` in coppice.yaml, `migrate` or `seed` may take before it is ended and counts
   * as failed. A command that says its own `timeout` there has that one.
   */
  readonly 'setup.timeout': number;
  /** How many seconds a create waits for the services to become ready before it says which one does not. */
  readonly 'create.readyTimeout': number;
  /**
   * How many seconds a service without a port must run before it counts as ready: nothing can ask it whether it is
   * well. One that ended before must run twice as long.
   */
  readonly 'create.steadyTime': number;
  /**
   * What a window does with a worktree that others make while it is open: `git worktree add`, VS Code itself, an
   * agent. Commands are approved by their text, not by the files that they read: `npm run dev`, once approved, runs
   * on the branch of a fork whatever that branch's own `package.json` calls `dev`. With `always` that happens as soon
   * as such a branch is checked out into a worktree, and nobody is asked; leave it at `never` or `ask` where you
   * check out what others wrote.
   */
  readonly 'environments.automatic': string;
  /**
   * Whether you are told once of each environment that begins to fail, with **Show Logs**, and again only after it
   * was well: in the window of its worktree, when you look at it, where one is open, else in the window that you look
   * at. Its row, the badge of the view and the status bar tell it in any case.
   */
  readonly 'notices.failing': boolean;
}
