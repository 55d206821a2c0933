import { AppError } from '../../core/errors';
import { DisposableStore } from '../../core/event';
import { flapsUntil, withFlapping } from '../../core/services/flapping';
import { toEnvironment } from '../../core/services/health';
import { isTroubled } from '../../core/services/isTroubled';
import type { Environment, ServiceStatus } from '../../core/model';
import type { Cluster, ClusterWatchState } from '../../core/ports/cluster';
import type { Shortfall } from '../run/steps';
import { awaitedText } from './awaitedText';
import { beingDeleted } from './environmentAt';
import { LastingLine } from './lastingLine';
import { Settling, type AwaitedService } from './settling';
import { Starting, type Starter } from './starting';

export interface Readiness {
  readonly ready: boolean;
  readonly services: readonly ServiceStatus[];
  /** Not all has settled: the time was up. */
  readonly isTimeUp?: true;
}

export interface WaitOptions {
  /** After which the last known state is returned. Milliseconds. */
  readonly timeoutMs: number;
  /** How long a service that nothing probes must run to be believed. Milliseconds. */
  readonly steadyMs: number;
  /** Hears of a service that does not get ready, while others are still waited for, and what is waited for where that takes a while. */
  readonly tell?: (line: string) => void;
  /** Who lets services start that wait for others. Each has the whole time. undefined: nobody does */
  readonly starter?: Starter;
  /**
   * What has crashed again and again counts only once it has run for a minute. Not for a release that was just made: until what it
   * needs was up, it may have crashed for that.
   */
  readonly doubtsCrashed?: true;
}

/** What is waited for is told once it has been the same for so long. Milliseconds. */
const tellAfterMs = 1000;

/**
 * Watches until every service of an environment has settled: is ready, or cannot become so.
 *
 * @param services that must be there: a deployment may not have been seen yet
 * @throws notFound, conflict: it was deleted meanwhile, or is being deleted
 */
export async function waitReady(
  cluster: Cluster,
  { repositoryId, namespace }: { readonly repositoryId: string; readonly namespace: string },
  services: readonly AwaitedService[],
  { timeoutMs, steadyMs, tell, starter, doubtsCrashed }: WaitOptions,
  signal: AbortSignal,
): Promise<Readiness> {
  const held = new DisposableStore();
  let isOver = false;
  try {
    const watch = held.add(cluster.watch(repositoryId));
    return await new Promise<Readiness>((resolve, reject) => {
      const settling = new Settling(services, steadyMs);
      let last: Environment | undefined;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const told = new Set<string>();
      let timeout: ReturnType<typeof setTimeout> | undefined;
      held.add({ dispose: () => [timer, timeout].forEach((each) => clearTimeout(each)) });
      const starting = new Starting(starter, {
        onBegun: () => {
          if (isOver) return;
          limitTime();
          look(watch.current);
        },
        onChanged: () => {
          if (!isOver) look(watch.current);
        },
        onLeft: (service, problem) => tell?.(`${service}: ${problem}`),
        onFailed: reject,
      });
      held.add(starting);
      const waitsFor = held.add(new LastingLine((line) => tell?.(line), tellAfterMs));
      /** What kept a service from being let start is why it is not ready. */
      const reasoned = (all: readonly ServiceStatus[]): readonly ServiceStatus[] =>
        all.map((one) => {
          const problem = isTroubled(one) ? starting.problemOf(one.name) : undefined;
          return problem === undefined ? one : { ...one, reason: problem };
        });
      const look = (state: ClusterWatchState): void => {
        // One that only is away comes back; one that leads elsewhere, or lets nobody in, is nothing to wait for.
        if (state.state === 'offline') cluster.probe(signal).catch(reject);
        const facts =
          state.state === 'online'
            ? state.environments.find((environment) => environment.namespace === namespace)
            : undefined;
        if (facts?.terminating) return reject(beingDeleted(namespace));
        if (!facts) return last && state.state === 'online' ? verifyThere() : undefined;
        const now = Date.now();
        last = doubtsCrashed ? withFlapping(toEnvironment(facts), facts, now) : toEnvironment(facts);
        const { isSettled, isReady, hopeless, startable, awaited, lookInMs } = settling.look(
          last,
          facts,
          { now, passed: performance.now() },
          starting.unstarted(facts),
        );
        for (const name of startable) starting.start(name, facts);
        clearTimeout(timer);
        if (isSettled) return resolve({ ready: isReady, services: reasoned(last.services) });
        for (const status of hopeless) {
          if (told.has(status.name)) continue;
          told.add(status.name);
          tell?.(serviceTrouble(status));
        }
        waitsFor.set(awaitedText(awaited));
        const believedInMs = doubtsCrashed ? (flapsUntil([facts], now) ?? Infinity) - now : Infinity;
        const nextMs = Math.min(lookInMs ?? Infinity, believedInMs);
        if (nextMs !== Infinity) timer = setTimeout(() => look(watch.current), nextMs);
      };
      let isVerifying = false;
      /** What is not seen any more may be seen again, after a cluster was away. */
      function verifyThere(): void {
        if (isVerifying) return;
        isVerifying = true;
        cluster.read(repositoryId, signal).then(
          (all) => {
            isVerifying = false;
            if (!all.some((each) => each.namespace === namespace))
              reject(
                new AppError('notFound', `The environment in "${namespace}" was deleted while it was waited for.`),
              );
          },
          () => (isVerifying = false),
        );
      }
      function giveUp(): void {
        if (!last) {
          const seconds = Math.round(timeoutMs / 1000);
          return reject(new AppError('timeout', `Nothing was seen of ${namespace} for ${seconds} seconds.`));
        }
        const seen = new Set(last.services.map(({ name }) => name));
        const all = [...last.services, ...services.filter(({ name }) => !seen.has(name)).map(unseen)];
        const { current } = watch;
        // How they were when it was last seen says nothing of how they are.
        if (current.state === 'offline')
          return resolve({ ready: false, services: all.map((one) => unknown(one, current.reason)), isTimeUp: true });
        // What runs until the end of the time is believed, however short that was.
        const awaited = all.filter(({ name }) => services.some((one) => one.name === name));
        return resolve({ ready: !awaited.some(isTroubled), services: reasoned(all), isTimeUp: true });
      }
      function limitTime(): void {
        clearTimeout(timeout);
        timeout = setTimeout(giveUp, timeoutMs);
      }
      limitTime();
      const onAbort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      held.add({ dispose: () => signal.removeEventListener('abort', onAbort) });
      held.add(watch.onDidChange(look));
      if (signal.aborted) onAbort();
      else look(watch.current);
    });
  } finally {
    isOver = true;
    held.dispose();
  }
}

function unseen({ name }: AwaitedService): ServiceStatus {
  const reason = 'the cluster has no deployment of it';
  return { name, health: 'unknown', state: 'Missing', reason, ready: 0, desired: 0, restarts: 0, pods: [], urls: [] };
}

function unknown(status: ServiceStatus, why: string): ServiceStatus {
  return { ...status, health: 'unknown', state: 'Unknown', reason: `the cluster does not answer: ${why}`, ready: 0 };
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
