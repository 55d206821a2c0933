import { clusterText, isSameCluster } from '../core/clusterRules';
import { AppError } from '../core/errors';
import type { ClusterIdentity, Identity } from '../core/model';

/** @throws conflict when an environment lives in another cluster than the one that the repository uses now */
export function refuseElsewhere(environment: Identity, current: ClusterIdentity): void {
  if (isSameCluster(environment.cluster, current)) return;
  throw new AppError(
    'conflict',
    `The environment ${environment.slug} lives in ${clusterText(environment.cluster)}, and this repository uses ${clusterText(current)} now: choose that cluster again to work with it.`,
    { remedy: { title: 'Choose Cluster…', action: { kind: 'chooseCluster' } } },
  );
}
