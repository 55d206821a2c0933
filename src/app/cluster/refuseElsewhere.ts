import { clusterName, clusterText, isSameCluster } from '../../core/clusters/clusterRules';
import { AppError } from '../../core/errors';
import type { ClusterIdentity, Identity } from '../../core/model';

/** @throws conflict when an environment lives in another cluster than the one that the repository uses now */
export function refuseElsewhere(environment: Identity, current: ClusterIdentity): void {
  if (!isSameCluster(environment.cluster, current)) throw livesElsewhere(environment, current);
}

/** @param mayBeLeft whether the caller can go on without it, by accepting the loss `elsewhere` */
export function livesElsewhere(environment: Identity, current: ClusterIdentity, mayBeLeft = false): AppError {
  const there = clusterText(environment.cluster);
  // One that was deleted and made anew: nobody can choose the one of before.
  const isOfSameName = clusterName(environment.cluster) === clusterName(current);
  return new AppError(
    'conflict',
    `The environment ${environment.names.slug} lives in ${there}, and this repository uses ${clusterText(current)} now: choose that cluster again to work with it.`,
    {
      ...(isOfSameName ? { explanation: forgetText } : {}),
      remedy: { title: 'Choose Cluster…', action: { kind: 'chooseCluster' } },
      losses: mayBeLeft ? [{ kind: 'elsewhere', count: 1, examples: [there] }] : [],
    },
  );
}

const forgetText =
  'Was that cluster deleted, and made anew under its name, the environment went with it: "coppice delete --environment-only --discard elsewhere" in its worktree forgets it, and "coppice create" makes it here.';
