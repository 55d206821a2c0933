import { clusterText, isSameCluster } from '../../core/clusterRules';
import { AppError } from '../../core/errors';
import type { ClusterIdentity, Identity } from '../../core/model';

/** @throws conflict when an environment lives in another cluster than the one that the repository uses now */
export function refuseElsewhere(environment: Identity, current: ClusterIdentity): void {
  if (!isSameCluster(environment.cluster, current)) throw livesElsewhere(environment, current);
}

/** @param mayBeLeft whether the caller can go on without it, by accepting the loss `elsewhere` */
export function livesElsewhere(environment: Identity, current: ClusterIdentity, mayBeLeft = false): AppError {
  const there = clusterText(environment.cluster);
  return new AppError(
    'conflict',
    `The environment ${environment.names.slug} lives in ${there}, and this repository uses ${clusterText(current)} now: choose that cluster again to work with it.`,
    {
      remedy: { title: 'Choose Cluster…', action: { kind: 'chooseCluster' } },
      losses: mayBeLeft ? [{ kind: 'elsewhere', count: 1, examples: [there] }] : [],
    },
  );
}
