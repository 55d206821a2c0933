import { AppError } from '../core/errors';
import { DisposableStore } from '../core/event';
import type { EnvironmentFacts } from '../core/facts';
import { toEnvironment } from '../core/health';
import type { Environment, ServiceStatus } from '../core/model';
import type { Cluster, ClusterWatchState } from '../core/ports';

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

export interface Readiness {
  readonly ready: boolean;
  readonly services: readonly ServiceStatus[];
}

/**
 * Watches until all services of an environment are ready, or one cannot become so.
 *
 * @param services names that must be there: a deployment may not have been seen yet
 * @param timeoutMs after which the last known state is returned
 */
export async function waitReady(
  cluster: Cluster,
  repositoryId: string,
  namespace: string,
  services: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Readiness> {
  const held = new DisposableStore();
  try {
    const watch = held.add(cluster.watch(repositoryId));
    return await new Promise<Readiness>((resolve, reject) => {
      let last: Environment | undefined;
      const look = (state: ClusterWatchState): void => {
        const facts =
          state.state === 'online'
            ? state.environments.find((environment) => environment.namespace === namespace)
            : undefined;
        if (!facts) return;
        last = toEnvironment(facts);
        const verdict = judge(last, facts, services);
        if (verdict !== 'wait') resolve({ ready: verdict === 'ready', services: last.services });
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

function judge(
  environment: Environment,
  facts: EnvironmentFacts,
  services: readonly string[],
): 'ready' | 'hopeless' | 'wait' {
  const known = services.map((name) => environment.services.find((service) => service.name === name));
  if (known.every((service) => service?.health === 'healthy' || service?.health === 'stopped')) return 'ready';
  const isHopeless = (service: ServiceStatus | undefined): boolean =>
    service !== undefined && hopeless.has(service.state) && isRolledOut(service, facts);
  return known.some(isHopeless) ? 'hopeless' : 'wait';
}

/** Until then the pods that are seen may be those of the release before. */
function isRolledOut({ name, desired }: ServiceStatus, facts: EnvironmentFacts): boolean {
  const deployment = facts.deployments.find(({ service }) => service === name);
  return deployment !== undefined && deployment.isObserved && deployment.updated >= desired;
}
