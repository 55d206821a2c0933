import { clusterName } from '../../core/clusters/clusterRules';
import { AppError } from '../../core/errors';
import type { ChosenCluster, ClusterChoices } from '../../core/ports/clusters';
import type { LocalClusterRecords } from '../../core/ports/localClusters';
import { embeddedCluster } from './chosenCluster';

export interface ClusterByNamePorts {
  readonly choices: Pick<ClusterChoices, 'allowed'>;
  readonly localRecords: Pick<LocalClusterRecords, 'all'>;
}

/**
 * The cluster that a person means: `embedded`, one that Coppice made (`coppice`, or by its context `k3d-coppice`), or a context that
 * was chosen before.
 *
 * @throws notFound naming those that there are
 */
export async function clusterByName(ports: ClusterByNamePorts, name: string): Promise<ChosenCluster> {
  if (name === clusterName(embeddedCluster.identity)) return embeddedCluster;
  const [records, allowed] = await Promise.all([ports.localRecords.all(), ports.choices.allowed()]);
  const made = records.find((record) => record.name === name || record.access?.identity.context === name);
  if (made?.access) return { identity: made.access.identity, kubeconfigs: [made.access.kubeconfig] };
  const chosen = allowed.findLast(({ identity }) => identity.context === name);
  if (chosen) return chosen;
  const known = new Set([
    clusterName(embeddedCluster.identity),
    ...records.map((record) => record.name),
    ...allowed.map((one) => clusterName(one.identity)),
  ]);
  throw new AppError('notFound', `There is no cluster ${JSON.stringify(name)}. There are: ${[...known].join(', ')}.`);
}
