import type { AgentState } from '../../core/agents/agentStatus';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import { stateTones, type Tone } from './stateWords';
import { worktreeState } from './worktreeState';

/** How much a worktree wants to be seen; those before come first in every list of worktrees that a person chooses from. */
export const attentions = ['waiting', 'failing', 'running', 'resting', 'bare'] as const;

/**
 * `waiting`: an agent in it waits for a person. `failing`: its environment is in trouble, or something of it was cut off and has to be finished. `running`: something of it runs, or
 * is on its way, or an agent works in it. `resting`: it has an environment of which nothing runs here. `bare`: it has none, nothing was begun, and no agent is there.
 */
export type Attention = (typeof attentions)[number];

export function attention(entry: WorktreeEntry, snapshot: Pick<Snapshot, 'cluster'>): Attention {
  const does = (wanted: AgentState): boolean => entry.agents?.some(({ state }) => state === wanted) === true;
  if (does('waiting')) return 'waiting';
  if (isBare(entry)) return 'bare';
  if (isFailing(entry, snapshot)) return 'failing';
  const tone = lastTone(entry, snapshot);
  return tone === 'good' || tone === 'busy' || does('working') ? 'running' : 'resting';
}

/** Whether its environment is in trouble, whoever waits there besides. */
export function isFailing(entry: WorktreeEntry, snapshot: Pick<Snapshot, 'cluster'>): boolean {
  return hasBegun(entry) && lastTone(entry, snapshot) === 'bad';
}

/** Whether there is, or is to be, or was begun, more of it than git's. */
export function hasBegun({ environment, identity, damaged, work }: WorktreeEntry): boolean {
  return [environment, identity, damaged, work].some((each) => each !== undefined);
}

/** While the cluster is away the rows stay where they were. */
function lastTone(entry: WorktreeEntry, snapshot: Pick<Snapshot, 'cluster'>): Tone {
  const { state, lastKnown } = worktreeState(entry, snapshot);
  return stateTones[lastKnown ?? state];
}

/** A folder of git's and no more: that git lists one whose folder is gone is no trouble of an environment. */
function isBare(entry: WorktreeEntry): boolean {
  return !hasBegun(entry) && entry.agents === undefined;
}
