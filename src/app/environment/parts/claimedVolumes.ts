import { traitsOf } from '../../../core/clusterTraits';
import { AppError, isAppError, type Loss } from '../../../core/errors';
import type { Found, LookRun } from './removal';

/*
 * Volumes in an environment's namespace that its environment file knows nothing of: those of a chart of the repository's own, and what a
 * person has put there. They go with the namespace, those of a chart with its release, and what is in them cannot be told from here.
 */

/** A cluster that does not answer now is asked again before anything goes (`refuseClaimedVolumes`). Starts nothing. */
export async function lookAtClaimedVolumes(run: LookRun): Promise<Found> {
  try {
    return { losses: await losses(run) };
  } catch (error) {
    if (!isAppError(error) || error.code === 'bug') throw error;
    run.onUntold?.('data');
    return { losses: [] };
  }
}

/** @throws conflict with what was not accepted; what the cluster says where it cannot tell */
export async function refuseClaimedVolumes(run: LookRun): Promise<void> {
  if (run.accepted.includes('data')) return;
  const found = await losses(run);
  if (found.length === 0) return;
  throw new AppError(
    'conflict',
    `The namespace ${run.environment?.namespace ?? ''} has volumes that would go with it.`,
    {
      losses: found,
    },
  );
}

async function losses({ ports, environment, signal }: LookRun): Promise<Loss[]> {
  // Where pods are processes nothing is in a volume.
  if (environment === undefined || !traitsOf(ports.cluster.identity).runsImages) return [];
  const used = environment.parts.uses?.services ?? {};
  // Who may not list them has made none.
  const claims = await ports.cluster.listClaims(environment.namespace, signal).catch((error: unknown) => {
    if (!isAppError(error, 'denied') && !isAppError(error, 'notFound')) throw error;
    return [];
  });
  const examples = claims
    .filter(({ service }) => service === undefined || !Object.hasOwn(used, service))
    .map(({ name, size }) => `the volume ${name}${size === undefined ? '' : ` (${size})`}: it cannot be told`);
  return examples.length === 0 ? [] : [{ kind: 'data', count: examples.length, examples }];
}
