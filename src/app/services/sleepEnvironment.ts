import { traitsOf } from '../../core/clusterTraits';
import { AppError } from '../../core/errors';
import type { EnvironmentFacts, PodFacts } from '../../core/facts';
import { toEnvironment } from '../../core/services/health';
import type { Identity, ServiceStatus } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import { sleepOrder } from '../../core/services/sleepOrder';
import type { UseCase } from '../run/run';
import { environmentLock, withLock } from '../run/withLock';
import { environmentAt, factsOf, type EnvironmentAt, type SleepPorts } from './environmentAt';
import { podsGone } from './podsGone';
import { unkept } from './unkept';

export interface Slept {
  readonly namespace: string;
  /** Those that sleep now, also those that did before. */
  readonly asleep: readonly string[];
  /** Those that go on running: their data would go with their pods. */
  readonly awake: readonly string[];
  readonly services: readonly ServiceStatus[];
  /** Whether all that ran has ended; it is on its way otherwise. */
  readonly ended: boolean;
}

/** Longer than what a service is given to end by itself. Milliseconds. */
const endMs = 60_000;

/**
 * Ends what runs of an environment, until it wakes: all its data, addresses and names stay, and each service keeps how many pods it
 * had. Done again it does what is left. Resolves once all of it has ended.
 *
 * @throws notFound, conflict: somebody works at it, or something of it would be lost; invalidInput when nothing of it can sleep
 */
export function sleepEnvironment(ports: SleepPorts): UseCase<EnvironmentAt, Slept> {
  return async (at, { signal }) => {
    const identity = await environmentAt(ports, at, signal);
    return withLock(ports.locks, environmentLock(identity.owner), 'the environment is put to sleep', () =>
      sleepUnderLock(ports, identity, signal),
    );
  };
}

/** The same for who holds the environment's lock. @param known what was just read of it */
export async function sleepUnderLock(
  { cluster, workloads }: Pick<SleepPorts, 'cluster' | 'workloads'>,
  identity: Identity,
  signal: AbortSignal,
  known?: EnvironmentFacts,
): Promise<Slept> {
  const { owner, names } = identity;
  await refuseUnwakable(cluster);
  const facts = known ?? (await factsOf(cluster, identity, signal));
  refuseUnfinished(facts);
  const isContainers = traitsOf(cluster.identity).runsImages;
  const awake = new Set([...unkept(identity).keys(), ...(isContainers ? volatile(facts) : [])]);
  const sleepers = facts.deployments.filter(
    ({ service, once, desired, asleep }) =>
      service !== '' && !once && !awake.has(service) && (desired > 0 || asleep !== undefined),
  );
  if (sleepers.length === 0)
    throw new AppError('invalidInput', `Nothing of ${names.namespace} runs that could sleep.`, nothingSleeps(awake));
  for (const together of sleepOrder(sleepers))
    await allOver(together.map((service) => workloads.sleep(names.namespace, service, owner, signal)));
  const asleep = new Set(sleepers.map(({ service }) => service));
  const { isGone, last } = await end(cluster, identity, asleep, signal);
  const { services } = toEnvironment(last);
  return {
    namespace: names.namespace,
    asleep: services.map(({ name }) => name).filter((name) => asleep.has(name)),
    awake: facts.deployments
      .filter(({ service, desired }) => awake.has(service) && desired > 0)
      .map(({ service }) => service),
    services,
    ended: isGone,
  };
}

/** Rejects once none is on its way any more: whoever wakes what sleeps then comes after all of them. */
async function allOver(begun: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(begun)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/**
 * Waits until the pods of what was put to sleep have gone. What was watched may be older than the sleep: whether anybody has woken it
 * since is read.
 */
async function end(
  cluster: SleepPorts['cluster'],
  identity: Identity,
  asleep: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<{ isGone: boolean; last: EnvironmentFacts }> {
  const until = performance.now() + endMs;
  for (;;) {
    const { isGone } = await podsGone(cluster, identity, asleep, Math.max(0, until - performance.now()), signal);
    const last = await factsOf(cluster, identity, signal);
    const woken = last.deployments.filter(({ service, desired }) => asleep.has(service) && desired > 0);
    if (woken.length > 0) {
      const names = woken.map(({ service }) => `"${service}"`).join(', ');
      throw new AppError(
        'conflict',
        `Somebody has woken ${names} while it was put to sleep: a request to a URL of it, for example.`,
        { explanation: 'An environment that is being used stays awake. Try again once nobody asks it for anything.' },
      );
    }
    if (isGone || performance.now() >= until) return { isGone, last };
  }
}

/** A cluster of an older build would leave it asleep whoever asks for it. */
async function refuseUnwakable(cluster: Pick<Cluster, 'contractTrouble'>): Promise<void> {
  const outdated = await cluster.contractTrouble();
  if (outdated === undefined) return;
  throw new AppError('conflict', outdated, {
    explanation: 'In a terminal: coppice cluster stop && coppice cluster start',
    remedy: { title: 'Restart the Cluster', action: { kind: 'restartCluster' } },
  });
}

/** What runs to its end needs the others until it has ended. */
function refuseUnfinished({ deployments, pods }: EnvironmentFacts): void {
  const runs = deployments.find(
    ({ service, once }) =>
      once && pods.some((pod) => pod.service === service && !pod.isDeleting && !hasEnded(pod.phase)),
  );
  if (!runs) return;
  throw new AppError(
    'conflict',
    `"${runs.service}" has not ended yet, and needs the other services until it has ended: an environment sleeps after that.`,
  );
}

/** One that is about to run, or of which nobody knows, has not. */
function hasEnded(phase: PodFacts['phase']): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Services of whose data nobody knows whether they would outlive their pods: what is not known is not risked. */
function volatile({ deployments }: EnvironmentFacts): readonly string[] {
  return deployments
    .filter(({ isVolatile, once, desired }) => isVolatile && !once && desired > 0)
    .map(({ service }) => service);
}

function nothingSleeps(awake: ReadonlySet<string>): { explanation?: string } {
  if (awake.size === 0) return {};
  const names = [...awake].map((name) => `"${name}"`).join(', ');
  return { explanation: `What ${names} keeps would be lost with its pods: no volume holds it.` };
}
