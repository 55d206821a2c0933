import { toEnvironment } from '../../../core/services/health';
import type { Identity, ServiceStatus } from '../../../core/model';
import type { Cluster } from '../../../core/ports/cluster';

/** Their program has ended, and is started again after a pause, which may be one of minutes. */
const pausing = new Set(['CrashLoopBackOff', 'Completed']);

/**
 * Services that wait for their next try though nothing of them is replaced: whoever makes or updates their environment has mended what
 * they failed for, as far as anybody knows, and asks how they are now, not how they were.
 */
export async function waitingServices(
  cluster: Pick<Cluster, 'read'>,
  { owner, names }: Pick<Identity, 'owner' | 'names'>,
  signal: AbortSignal,
): Promise<readonly ServiceStatus[]> {
  const facts = (await cluster.read(owner.repositoryId, signal)).find(({ namespace }) => namespace === names.namespace);
  if (!facts) return [];
  const settled = new Set(
    facts.deployments
      .filter(
        ({ once, isObserved, updated, desired, old = 0 }) => !once && isObserved && old === 0 && updated >= desired,
      )
      .map(({ service }) => service),
  );
  return toEnvironment(facts).services.filter(({ name, state }) => settled.has(name) && pausing.has(state));
}
