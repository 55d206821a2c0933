import type { ServiceSpec } from '../../core/environmentFile';
import { AppError } from '../../core/errors';
import { DisposableStore } from '../../core/event';
import type { EnvironmentFacts } from '../../core/facts';
import { toEnvironment } from '../../core/health';
import type { Environment, ServiceStatus } from '../../core/model';
import type { Cluster, ClusterWatchState } from '../../core/ports/cluster';
import { quotaRefusal } from '../../core/quotaRefusal';

/** States that time alone does not mend: waiting for longer would only make the person wait. */
const hopeless = new Set([
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'StartError',
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'ErrImageNeverPull',
]);

/**
 * A pod for which a quota has no room gets one when another ends, and the cluster tries again with pauses: once nothing ends
 * any more it has this long. Milliseconds.
 */
const roomMs = 10_000;

/**
 * A pod that nothing probes counts as ready as soon as its process runs; one that is broken ends within this. Milliseconds. A
 * kubelet looks at its containers once a second (its "PLEG" relists): they have run for half of that when they are first seen,
 * and to wait for less than another second would tell nothing more. The embedded cluster tells at once.
 */
const steadyMs = { embedded: 700, kubelet: 0 } as const;

export interface Readiness {
  readonly ready: boolean;
  readonly services: readonly ServiceStatus[];
}

/**
 * Watches until all services of an environment are ready, or one cannot become so.
 *
 * @param services that must be there: a deployment may not have been seen yet. One without a port is probed by nothing
 * @param timeoutMs after which the last known state is returned
 */
export async function waitReady(
  cluster: Cluster,
  repositoryId: string,
  namespace: string,
  services: readonly Pick<ServiceSpec, 'name' | 'port'>[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Readiness> {
  const held = new DisposableStore();
  try {
    const watch = held.add(cluster.watch(repositoryId));
    return await new Promise<Readiness>((resolve, reject) => {
      let last: Environment | undefined;
      let settling: ReturnType<typeof setTimeout> | undefined;
      const readySince = new Map<string, number>();
      let refusedSince: number | undefined;
      const steady = cluster.identity.kind === 'embedded' ? steadyMs.embedded : steadyMs.kubelet;
      const unprobed = services.filter(({ port }) => port === undefined).map(({ name }) => name);
      held.add({ dispose: () => clearTimeout(settling) });
      const look = (state: ClusterWatchState): void => {
        // One that only is away comes back; one that leads elsewhere, or lets nobody in, is nothing to wait for.
        if (state.state === 'offline') cluster.probe(signal).catch(reject);
        const facts =
          state.state === 'online'
            ? state.environments.find((environment) => environment.namespace === namespace)
            : undefined;
        if (!facts) return;
        last = toEnvironment(facts);
        const verdict = judge(
          last,
          facts,
          services.map(({ name }) => name),
        );
        refusedSince = verdict === 'refused' ? (refusedSince ?? Date.now()) : undefined;
        const waitMs =
          refusedSince === undefined
            ? untilSteady(facts, unprobed, steady, readySince)
            : Math.max(0, refusedSince + roomMs - Date.now());
        clearTimeout(settling);
        if ((verdict === 'ready' || verdict === 'refused') && waitMs > 0)
          settling = setTimeout(() => look(watch.current), waitMs);
        else if (verdict !== 'wait') resolve({ ready: verdict === 'ready', services: last.services });
      };
      const giveUp = (): void => {
        if (last) resolve({ ready: false, services: last.services });
        else
          reject(
            new AppError('timeout', `Nothing was seen of ${namespace} for ${Math.round(timeoutMs / 1000)} seconds.`),
          );
      };
      const timeout = setTimeout(giveUp, timeoutMs);
      held.add({ dispose: () => clearTimeout(timeout) });
      const onAbort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      held.add({ dispose: () => signal.removeEventListener('abort', onAbort) });
      held.add(watch.onDidChange(look));
      if (signal.aborted) onAbort();
      else look(watch.current);
    });
  } finally {
    held.dispose();
  }
}

/** How long the youngest pod that nothing probes must still be ready to be believed. */
function untilSteady(
  { pods }: EnvironmentFacts,
  unprobed: readonly string[],
  steady: number,
  readySince: Map<string, number>,
): number {
  const now = Date.now();
  let longest = 0;
  for (const { name, service, isReady, isDeleting, createdAt, restarts } of pods) {
    if (!isReady) readySince.delete(name);
    // The time of creation is in whole seconds, and by the cluster's clock.
    const isOld = restarts === 0 && now - createdAt > 5000;
    if (!isReady || isDeleting || !unprobed.includes(service) || isOld) continue;
    const since = readySince.get(name) ?? now;
    readySince.set(name, since);
    longest = Math.max(longest, since + steady - now);
  }
  return longest;
}

function judge(
  environment: Environment,
  facts: EnvironmentFacts,
  services: readonly string[],
): 'ready' | 'hopeless' | 'refused' | 'wait' {
  const known = services.map((name) => environment.services.find((service) => service.name === name));
  if (known.every((service) => service?.health === 'healthy' || service?.health === 'stopped')) return 'ready';
  const isHopeless = (service: ServiceStatus | undefined): boolean =>
    service !== undefined && hopeless.has(service.state) && isRolledOut(service, facts);
  if (known.some(isHopeless)) return 'hopeless';
  const isRefused = ({ reason }: ServiceStatus): boolean => quotaRefusal(reason ?? '') !== undefined;
  const isSettled = (service: ServiceStatus | undefined): boolean =>
    service !== undefined && (service.health === 'healthy' || service.health === 'stopped' || isRefused(service));
  return known.every(isSettled) && !facts.pods.some(({ isDeleting }) => isDeleting) ? 'refused' : 'wait';
}

/** Until then the pods that are seen may be those of the release before; a broken one that has ready successors is on its way out. */
function isRolledOut({ name, desired }: ServiceStatus, facts: EnvironmentFacts): boolean {
  const deployment = facts.deployments.find(({ service }) => service === name);
  const living = facts.pods.filter(({ service, isDeleting }) => service === name && !isDeleting);
  const troubled = Math.max(...living.filter(({ isReady }) => !isReady).map(({ createdAt }) => createdAt));
  const successors = living.filter(({ isReady, createdAt }) => isReady && createdAt > troubled).length;
  const isReplaced = desired > 0 && successors >= desired;
  return deployment !== undefined && deployment.isObserved && deployment.updated >= desired && !isReplaced;
}
