import type { AgentState } from '../../core/agents/agentStatus';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import { stateTones } from './stateWords';
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
  const { state, lastKnown } = worktreeState(entry, snapshot);
  // While the cluster is away the rows stay where they were.
  const tone = stateTones[lastKnown ?? state];
  if (tone === 'bad') return 'failing';
  return tone === 'good' || tone === 'busy' || does('working') ? 'running' : 'resting';
}

/** A folder of git's and no more: that git lists one whose folder is gone is no trouble of an environment. */
function isBare({ environment, identity, damaged, work, agents }: WorktreeEntry): boolean {
  return [environment, identity, damaged, work, agents].every((each) => each === undefined);
}
