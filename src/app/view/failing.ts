import type { Snapshot, WorktreeEntry } from '../../core/model';
import { plural } from '../../core/text/plural';
import { hasBegun, isFailing } from './attention';

export interface Failing {
  /** Of the worktrees that have an environment, those in trouble. */
  readonly failing: readonly WorktreeEntry[];
  /** How many have one. */
  readonly of: number;
}

/** While the cluster is away nothing is counted: how it was is told with the rows, and is no alarm. */
export function failingOf(snapshot: Pick<Snapshot, 'cluster' | 'entries'>): Failing {
  const isOffline = snapshot.cluster.state === 'offline';
  return {
    failing: isOffline ? [] : snapshot.entries.filter((entry) => isFailing(entry, snapshot)),
    of: snapshot.entries.filter(hasBegun).length,
  };
}

/** `1 of 6 environments is failing` */
export function failingSentence({ failing, of }: Failing): string {
  return `${failing.length} of ${plural(of, 'environment')} ${failing.length === 1 ? 'is' : 'are'} failing`;
}
