import type { AgentStatus } from '../agents/agentStatus';
import type { SandboxPlan } from '../agents/sandboxPlan';
import type { AgentTask } from '../agents/agentTask';
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
   * @param task what it is started with
   * @param promptFile a file that has the task's prompt; without it none is given where the command wants one
   * @param sandbox what its commands may do, for a task that is sandboxed
   * @throws notConfigured, missingTool with how it is installed (what its sandbox needs, too), invalidInput where an argument cannot be
   *   given
   */
  find(
    command: string,
    folder: string,
    task?: AgentTask,
    promptFile?: string,
    sandbox?: SandboxPlan,
  ): Promise<AgentProgram>;
  /**
   * Runs it with this terminal as its own, until it ends. What a terminal's keys mean is the program's; other signals to this process
   * are passed on to it.
   *
   * @param variables its whole environment
   * @returns its exit code; 128 and the signal's number when a signal ended it
   */
  run(program: AgentProgram, folder: string, variables: Readonly<Record<string, string | undefined>>): Promise<number>;
}

/** An agent that is to be started in a worktree's own window, once. */
export interface AgentRequests {
  /** @param now milliseconds since the epoch */
  request(worktree: Worktree, task: AgentTask, now: number): Promise<void>;
  /** What was asked for, which stays; undefined where the request is older than an hour, which is over then. */
  read(worktree: Worktree, now: number): Promise<AgentTask | undefined>;
  /** What was asked for: told to one caller only, and not when the request is older than an hour; it is over in any case. */
  take(worktree: Worktree, now: number): Promise<AgentTask | undefined>;
}

/** Waits of agents that a person was told of. */
export interface ToldWaits {
  /** True to one caller only, of all windows: whoever asks first tells. False where the worktree is gone. @throws failed */
  claim(worktree: Pick<Worktree, 'gitDir'>, agent: Pick<AgentStatus, 'session' | 'since'>): Promise<boolean>;
}

/** That a person wants to go to an agent that waits: said by the window that they are in to the one that has its terminal. */
export interface AgentVisits {
  ask(worktree: Pick<Worktree, 'gitDir'>, agent: Pick<AgentStatus, 'session' | 'since'>): Promise<void>;
  /** Whether somebody wants to go to this one, in this wait: true to one caller only. */
  take(worktree: Pick<Worktree, 'gitDir'>, agent: Pick<AgentStatus, 'session' | 'since'>): Promise<boolean>;
}
