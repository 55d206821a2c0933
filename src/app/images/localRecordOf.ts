import { isSameCluster } from '../../core/clusters/clusterRules';
import { traitsOf } from '../../core/clusterTraits';
import type { ClusterIdentity } from '../../core/model';
import type { LocalClusterRecord, LocalClusterRecords } from '../../core/ports/localClusters';

/** What Coppice remembers of a cluster that it made; undefined: it is none of these. */
export async function localRecordOf(
  localClusters: Pick<LocalClusterRecords, 'all'>,
  cluster: ClusterIdentity,
): Promise<LocalClusterRecord | undefined> {
  if (!traitsOf(cluster).hasRecord) return undefined;
  const records = await localClusters.all();
  return records.find(({ access }) => access !== undefined && isSameCluster(access.identity, cluster));
}
