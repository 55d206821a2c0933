import type { Snapshot, WorktreeEntry } from '../../core/model';
import { stateTones } from './stateWords';
import { worktreeState } from './worktreeState';

/** How much a worktree wants to be seen; those before come first in every list of worktrees that a person chooses from. */
export const attentions = ['failing', 'running', 'resting', 'bare'] as const;

/**
 * `failing`: its environment is in trouble, or something of it was cut off and has to be finished. `running`: something of it runs, or
 * is on its way. `resting`: it has an environment of which nothing runs here. `bare`: it has none, and nothing was begun.
 */
export type Attention = (typeof attentions)[number];

export function attention(entry: WorktreeEntry, snapshot: Pick<Snapshot, 'cluster'>): Attention {
  if (isBare(entry)) return 'bare';
  const { state, lastKnown } = worktreeState(entry, snapshot);
  // While the cluster is away the rows stay where they were.
  const tone = stateTones[lastKnown ?? state];
  if (tone === 'bad') return 'failing';
  return tone === 'good' || tone === 'busy' ? 'running' : 'resting';
}

/** A folder of git's and no more: that git lists one whose folder is gone is no trouble of an environment. */
function isBare({ environment, identity, damaged, work }: WorktreeEntry): boolean {
  return environment === undefined && identity === undefined && damaged === undefined && work === undefined;
}
