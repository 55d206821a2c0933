import type { Worktree } from '../../../src/core/model';
import type { Worktrees } from '../../../src/core/ports/worktrees';

/** A repository for the suite: one commit "first" on `main`, checked out in the main worktree, with an `origin` that has it. */
export interface WorktreesSetting {
  readonly worktrees: Worktrees;
  /** A folder in the repository. */
  readonly folder: string;
  /** An absolute path that does not exist, beside the repository. */
  path(name: string): string;
  /** A new commit with a new file in a worktree. @returns its id */
  commit(worktree: Worktree, subject: string): Promise<string>;
  /** Writes a file into a worktree's folder; nobody commits it. */
  writeFile(worktree: Worktree, name: string): Promise<void>;
  /** A branch that only the remote has: `origin/<name>`. @returns its commit */
  makeRemoteBranch(name: string): Promise<string>;
  /** A new commit on top of a branch of the remote, which nobody has here. @returns its id */
  commitRemotely(branch: string, subject: string): Promise<string>;
  /** Removes a worktree's folder behind git's back. */
  loseFolder(worktree: Worktree): Promise<void>;
  /** Makes a folder with something in it. */
  occupy(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  dispose(): Promise<void>;
}
