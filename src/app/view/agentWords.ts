import type { AgentWait } from '../../core/agents/agentEvent';
import type { AgentState, AgentStatus } from '../../core/agents/agentStatus';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import { plural } from '../../core/text/plural';

const stateWords: Readonly<Record<Exclude<AgentState, 'waiting'>, string>> = {
  working: 'works',
  idle: 'is idle',
  done: 'is done',
  gone: 'is gone',
};

const waitWords: Readonly<Record<AgentWait, string>> = {
  permission: 'waits for a permission',
  question: 'waits for an answer',
  plan: 'waits with a plan',
  error: 'was stopped by an error',
};

/** What it does, as the end of a sentence about it: `waits for a permission`. */
export function agentWords({ state, wait }: Pick<AgentStatus, 'state' | 'wait'>): string {
  return state === 'waiting' ? waitWords[wait ?? 'question'] : stateWords[state];
}

/** What the agents of a worktree do, in few words; the first of them by name, of the others only how many there are. */
export function agentsFact({ agents = [] }: Pick<WorktreeEntry, 'agents'>): string {
  const [first, ...others] = agents;
  if (!first) return '';
  return `agent ${agentWords(first)}${others.length > 0 ? `, ${plural(others.length, 'other')}` : ''}`;
}

/** `waits for a permission: Bash: npm test` */
export function agentLine(agent: AgentStatus): string {
  return [agentWords(agent), agent.said].filter((each) => each !== undefined).join(': ');
}

export interface WaitingAgent {
  readonly entry: WorktreeEntry;
  readonly agent: AgentStatus;
}

/** The agents that wait for a person, whoever has waited longest first. */
export function waitingAgents({ entries }: Pick<Snapshot, 'entries'>): WaitingAgent[] {
  return entries
    .flatMap((entry) => (entry.agents ?? []).map((agent) => ({ entry, agent })))
    .filter(({ agent }) => agent.state === 'waiting')
    .sort((a, b) => a.agent.since - b.agent.since);
}

/** `2 agents wait for you`; empty: none does. */
export function waitingText(count: number): string {
  return count === 0 ? '' : `${plural(count, 'agent')} ${count === 1 ? 'waits' : 'wait'} for you`;
}
