/** What an agent waits for a person with. `error`: its turn ended because the model could not be reached, or refused. */
export const agentWaits = ['permission', 'question', 'plan', 'error'] as const;
export type AgentWait = (typeof agentWaits)[number];

/**
 * - `start`: a session begins, or is resumed;
 * - `prompt`: it was given something to do;
 * - `asks`: it asks for something that a person may have to decide;
 * - `notified`: the person was told that it waits for them;
 * - `answered`: what it was told with has been answered;
 * - `used`: tools that were asked for have ended, one way or another;
 * - `stop`: its turn is over;
 * - `fail`: its turn was ended by an error;
 * - `rests`: nothing is under way, and it waits for a prompt;
 * - `helperEnded`: an agent that it had started is done;
 * - `end`: the session is over.
 */
export const agentEventKinds = [
  'start',
  'prompt',
  'asks',
  'notified',
  'answered',
  'used',
  'stop',
  'fail',
  'rests',
  'helperEnded',
  'end',
] as const;
export type AgentEventKind = (typeof agentEventKinds)[number];

/** What a hook of an agent says of it, whichever program the agent is. */
export interface AgentNews {
  readonly kind: AgentEventKind;
  readonly session: string;
  /** The agent of the session's own that it is about, which has no person of its own; undefined: the session itself. */
  readonly helper?: string;
  /** What it waits for, if it does. */
  readonly wait?: AgentWait;
  /** Of `asks` and `used`: what was asked for, by tool and input. `used` without any means all. */
  readonly asked?: readonly string[];
  /** Of `asks`: nobody sits in front of the session, and mostly its program refuses at once. */
  readonly isUnattended?: true;
  /** Of `stop`: work of it goes on in the background, and will wake it. */
  readonly isBusy?: true;
  /** The last thing that it said or asks, in one line. */
  readonly said?: string;
}

/** One line of an agent's journal. */
export interface AgentEvent extends AgentNews {
  readonly version: 1;
  readonly program: AgentProgramName;
  /** Milliseconds since the epoch, by a clock that may be set. */
  readonly at: number;
  /** Milliseconds by a clock of this machine that only goes on: tells what came first, of one process of the agent. */
  readonly tick: number;
  /** Host name: of another machine nobody knows here which processes live. */
  readonly machine: string;
  /** The agent's process; undefined: it does not say. */
  readonly pid?: number;
  /** When that started, in the words of the operating system; a number alone is given to another process some day. */
  readonly started?: string;
}

/** The agents whose hooks tell what they do, by the tool of `coppice connect`, as their makers write them. */
export const agentTitles = {
  'claude-code': 'Claude Code',
  codex: 'Codex',
  gemini: 'Gemini CLI',
  opencode: 'OpenCode',
} as const;
export type AgentProgramName = keyof typeof agentTitles;

/** Of these one process has many sessions at a time: a server of OpenCode or Codex behind an editor, or the windows of one. */
export const programsOfManySessions: ReadonlySet<AgentProgramName> = new Set(['codex', 'opencode']);
