import type { Worktree } from '../model';

/** A program with its arguments; on Windows they may be parts of a command line that is to be passed on as it is. */
export interface AgentProgram {
  readonly file: string;
  readonly argv: readonly string[];
  readonly isVerbatim: boolean;
}

/** How agents are started on this machine. */
export interface AgentPrograms {
  /**
   * @param command as in the setting: split at spaces, quotes respected; a shell only where the command needs one
   * @param folder where it is to be started
   * @throws notConfigured, missingTool, invalidInput
   */
  find(command: string, folder: string): Promise<AgentProgram>;
  /**
   * Runs it with this terminal as its own, until it ends.
   *
   * @param variables its whole environment
   * @returns its exit code; 1 when a signal ended it
   */
  run(program: AgentProgram, folder: string, variables: Readonly<Record<string, string | undefined>>): Promise<number>;
}

/** An agent that is to be started in a worktree's own window, once. */
export interface AgentRequests {
  /** @param now milliseconds since the epoch */
  request(worktree: Worktree, now: number): Promise<void>;
  /** True to one caller only, and not when the request is older than an hour; it is over in any case. */
  take(worktree: Worktree, now: number): Promise<boolean>;
}
