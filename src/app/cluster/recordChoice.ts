import type { ChosenCluster, ClusterChoices } from '../../core/ports/clusters';
import type { Locks } from '../../core/ports/host';
import { withBriefLock } from '../run/withLock';

export interface RecordChoicePorts {
  readonly choices: ClusterChoices;
  readonly locks: Locks;
}

/** Makes a cluster the choice of a repository, and with that one that may be changed. What may be chosen is the caller's care. */
export function recordChoice(
  ports: RecordChoicePorts,
): (repositoryId: string, chosen: ChosenCluster, signal: AbortSignal) => Promise<void> {
  return (repositoryId, chosen, signal) =>
    withBriefLock(ports.locks, 'clusters', 'a cluster is being chosen', signal, () =>
      ports.choices.choose(repositoryId, chosen),
    );
}
