import { AppError } from '../../core/errors';
import { DisposableStore } from '../../core/event';
import { toEnvironment } from '../../core/health';
import type { Environment, ServiceStatus } from '../../core/model';
import type { Cluster, ClusterWatchState } from '../../core/ports/cluster';
import type { Shortfall } from '../run/steps';
import { Settling, type AwaitedService } from './settling';

export interface Readiness {
  readonly ready: boolean;
  readonly services: readonly ServiceStatus[];
}

export interface WaitOptions {
  /** After which the last known state is returned. Milliseconds. */
  readonly timeoutMs: number;
  /** How long a service that nothing probes must run to be believed. Milliseconds. */
  readonly steadyMs: number;
  /** Hears of a service that does not get ready, while others are still waited for. */
  readonly tell?: (line: string) => void;
}

/**
 * Watches until every service of an environment has settled: is ready, or cannot become so.
 *
 * @param services that must be there: a deployment may not have been seen yet
 */
export async function waitReady(
  cluster: Cluster,
  { repositoryId, namespace }: { readonly repositoryId: string; readonly namespace: string },
  services: readonly AwaitedService[],
  { timeoutMs, steadyMs, tell }: WaitOptions,
  signal: AbortSignal,
): Promise<Readiness> {
  const held = new DisposableStore();
  try {
    const watch = held.add(cluster.watch(repositoryId));
    return await new Promise<Readiness>((resolve, reject) => {
      const settling = new Settling(services, steadyMs);
      let last: Environment | undefined;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const told = new Set<string>();
      held.add({ dispose: () => clearTimeout(timer) });
      const look = (state: ClusterWatchState): void => {
        // One that only is away comes back; one that leads elsewhere, or lets nobody in, is nothing to wait for.
        if (state.state === 'offline') cluster.probe(signal).catch(reject);
        const facts =
          state.state === 'online'
            ? state.environments.find((environment) => environment.namespace === namespace)
            : undefined;
        if (!facts) return;
        last = toEnvironment(facts);
        const { isSettled, isReady, hopeless, lookInMs } = settling.look(last, facts, Date.now());
        clearTimeout(timer);
        if (isSettled) return resolve({ ready: isReady, services: last.services });
        for (const status of hopeless) {
          if (told.has(status.name)) continue;
          told.add(status.name);
          tell?.(serviceTrouble(status));
        }
        if (lookInMs !== undefined) timer = setTimeout(() => look(watch.current), lookInMs);
      };
      const giveUp = (): void => {
        if (!last) {
          const seconds = Math.round(timeoutMs / 1000);
          return reject(new AppError('timeout', `Nothing was seen of ${namespace} for ${seconds} seconds.`));
        }
        const seen = new Set(last.services.map(({ name }) => name));
        const all = [...last.services, ...services.filter(({ name }) => !seen.has(name)).map(unseen)];
        // What runs until the end of the time is believed, however short that was.
        const awaited = all.filter(({ name }) => services.some((one) => one.name === name));
        resolve({ ready: !awaited.some(isTroubled), services: all });
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

function unseen({ name }: AwaitedService): ServiceStatus {
  const reason = 'the cluster has no deployment of it';
  return { name, health: 'unknown', state: 'Missing', reason, ready: 0, desired: 0, restarts: 0, pods: [], urls: [] };
}

/** Neither ready nor meant to be stopped. */
export function isTroubled({ health }: ServiceStatus): boolean {
  return health !== 'healthy' && health !== 'stopped';
}

/** Each service that does not get ready, with its own reason. undefined: all are ready */
export function shortfallOf({ ready, services }: Readiness): Shortfall | undefined {
  if (ready) return undefined;
  const troubled = services.filter(isTroubled).map(serviceTrouble).join('; ');
  return { short: troubled };
}

/** One line: which service, how it is, and why. */
export function serviceTrouble({ name, state, reason }: ServiceStatus): string {
  return `${name}: ${state}${reason ? ` (${reason})` : ''}`;
}
