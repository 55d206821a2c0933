import type { AgentProgramName, AgentWait } from './agentEvent';

/**
 * - `working`: it does something, and needs nobody;
 * - `waiting`: it goes on once a person has answered;
 * - `idle`: nothing was asked of it yet, or what it did was interrupted;
 * - `done`: its turn is over, and what it did is to be looked at;
 * - `gone`: its process has ended without saying so.
 */
export const agentStates = ['working', 'waiting', 'idle', 'done', 'gone'] as const;
export type AgentState = (typeof agentStates)[number];

/** An agent in a worktree, as its hooks have told. */
export interface AgentStatus {
  readonly program: AgentProgramName;
  readonly session: string;
  readonly state: AgentState;
  /** Of `waiting`. */
  readonly wait?: AgentWait;
  /** When the state began; of `gone`, when it was last heard of. Milliseconds since the epoch. */
  readonly since: number;
  /** The last thing that it said or asks, in one line. */
  readonly said?: string;
  readonly process?: AgentProcess;
}

/** The process of an agent on this machine. */
export interface AgentProcess {
  readonly pid: number;
  /** In the words of the operating system; undefined: nobody has asked. */
  readonly started?: string;
}
