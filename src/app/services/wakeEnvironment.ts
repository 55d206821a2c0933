import { AppError, isAppError } from '../../core/errors';
import type { EnvironmentFacts } from '../../core/facts';
import type { Identity, ServiceStatus } from '../../core/model';
import type { Settings } from '../../core/settings';
import { startGate, type SettledStart, type StartPorts } from './startGate';
import { putCallerVariables } from './putCallerVariables';
import type { AwaitedService } from './settling';
import { starterOf } from './starterOf';
import type { Starter } from './starting';
import { waitReady, type Readiness } from './waitReady';
import type { Run, StartWait, UseCase } from '../run/run';
import { environmentLock, withPatientLock } from '../run/withLock';
import { environmentAt, factsOf, type EnvironmentAt, type SleepPorts } from './environmentAt';

export interface WakePorts extends SleepPorts, StartPorts {
  /** What services of this machine get of the environment of who calls (`core/variables/callerVariables`). */
  readonly callerVariables: Readonly<Record<string, string>>;
  readonly settings: () => Pick<Settings, 'create.readyTimeout' | 'create.steadyTime'> &
    ReturnType<StartPorts['settings']>;
}

export interface Woken {
  readonly namespace: string;
  /** Whether something of it slept. */
  readonly slept: boolean;
  readonly ready: boolean;
  readonly services: readonly ServiceStatus[];
}

/**
 * Gives each service of an environment that sleeps as many pods as it had, those that others wait for first. Done again it does what is
 * left; what is awake stays as it is. Resolves once all are ready or cannot become so, at the latest after the time that a create waits;
 * once all are told to start, anybody may change the environment meanwhile.
 *
 * @throws notFound, conflict
 */
export function wakeEnvironment(ports: WakePorts): UseCase<EnvironmentAt, Woken> {
  return async (at, run) => wakeKnown(ports, at, await environmentAt(ports, at, run.signal), run);
}

/** The same for who knows whose environment it is. What has become of it since, the cluster tells. */
export async function wakeKnown(
  ports: WakePorts,
  at: EnvironmentAt,
  identity: Identity,
  { signal, report }: Run,
): Promise<Woken> {
  const tell = (detail: string, waits?: StartWait): void => {
    const news = { step: 'wake', title: 'Wake the services', state: 'running' as const, detail };
    report({ ...news, finished: 0, total: 1, ...(waits ? { waits } : {}) });
  };
  const lock = environmentLock(identity.owner);
  const settled = await whenThereIsRoom(ports, at, identity, tell, signal);
  const onWait = (): void => {
    tell('somebody else works at the environment');
    // Who works there may wait for room itself, and would wait for this start to be over.
    void settled();
  };
  try {
    return await withPatientLock(ports.locks, lock, 'the environment is woken', signal, onWait, (letGo) =>
      wake({ ports, identity, tell, letGo, signal }),
    );
  } finally {
    await settled();
  }
}

/** Before the lock of the environment is taken: whoever wants to delete it, or to have it asleep after all, is not kept waiting. */
async function whenThereIsRoom(
  ports: WakePorts,
  { path }: EnvironmentAt,
  identity: Identity,
  tell: (line: string, waits: StartWait) => void,
  signal: AbortSignal,
): Promise<SettledStart> {
  const sleeps = async (within: AbortSignal): Promise<boolean> =>
    (await factsOf(ports.cluster, identity, within)).deployments.some(isAsleep);
  const [isDue, repository] = await Promise.all([sleeps(signal), ports.worktrees.repository(path, signal)]);
  if (!isDue) return async () => undefined;
  const { owner, names } = identity;
  /** What is deleted while it waits needs no room: under the lock that is said. */
  const isWanted = (within: AbortSignal): Promise<boolean> =>
    sleeps(within).catch((error: unknown) => {
      if (!isAppError(error, 'notFound') && !isAppError(error, 'conflict')) throw error;
      return false;
    });
  return startGate(ports, { repository, owner, namespace: names.namespace, isWanted }, tell, signal);
}

interface Waking {
  readonly ports: WakePorts;
  readonly identity: Identity;
  readonly tell: (line: string) => void;
  /** Lets go of the lock of the environment, under which it begins. */
  readonly letGo: () => Promise<void>;
  readonly signal: AbortSignal;
}

async function wake(waking: Waking): Promise<Woken> {
  const { ports, identity, letGo, signal } = waking;
  const { cluster, workloads } = ports;
  const { owner, names } = identity;
  const { namespace } = names;
  const before = await factsOf(cluster, identity, signal);
  const slept = before.deployments.some(isAsleep);
  if (slept) await putCallerVariables(cluster, { namespace, owner }, ports.callerVariables, signal);
  else await letGo();
  const { hasLetGo, ...first } = await round(waking, before);
  const isAsleepAgain = hasLetGo && first.services.some(({ health }) => health === 'asleep');
  if (isAsleepAgain) throw new AppError('conflict', `Somebody has put ${namespace} to sleep again while it was woken.`);
  if (!slept || hasLetGo) return { namespace, slept, ready: first.ready, services: first.services };
  const left = (await factsOf(cluster, identity, signal)).deployments.filter(isAsleep);
  // What they wait for does not come: before they slept they have run all the same, or have waited as they do now.
  for (const { service } of left) await workloads.wake(namespace, service, owner, signal);
  const { ready, services } = left.length === 0 ? first : await round(waking, await factsOf(cluster, identity, signal));
  return { namespace, slept, ready, services };
}

/** Wakes in order, and waits for all services. */
async function round(
  { ports, identity, tell, letGo, signal }: Waking,
  { deployments, pods }: EnvironmentFacts,
): Promise<Readiness & { readonly hasLetGo: boolean }> {
  const { cluster, workloads, settings } = ports;
  const { owner, names } = identity;
  const { namespace } = names;
  const sleeping = new Set(deployments.filter(isAsleep).map(({ service }) => service));
  const services = await Promise.all(
    deployments
      .filter(({ service }) => service !== '')
      .map(async ({ service: name, dependsOn = {}, isHeld }): Promise<AwaitedService> => {
        const [port] = await workloads.ports(namespace, name, signal);
        // It was let start once: only in which order they come is still to be kept.
        const waits = Object.entries(dependsOn).filter(([other]) => isHeld || sleeping.has(other));
        return { name, port, dependsOn: Object.fromEntries(waits) };
      }),
  );
  const unrun = deployments.filter(
    ({ service, once }) => once && !pods.some((pod) => pod.service === service && !pod.isDeleting),
  );
  const { 'create.readyTimeout': readySeconds, 'create.steadyTime': steadySeconds } = settings();
  const again = new Set(unrun.map(({ service }) => service));
  const held = deployments.filter(({ once, isHeld, asleep }) => !once && isHeld && asleep === undefined);
  const toBegin = new Set([...sleeping, ...again, ...held.map(({ service }) => service)]);
  /** After the last of them nothing is changed any more. */
  const begun = async <T>(service: string, done: Promise<T>): Promise<T> => {
    const value = await done;
    toBegin.delete(service);
    if (toBegin.size === 0) await letGo();
    return value;
  };
  const starting = starterOf(workloads, { namespace, owner, again }, signal);
  const starter: Starter = {
    again,
    // One that sleeps is woken after that.
    release: (service) =>
      sleeping.has(service) ? starting.release(service) : begun(service, starting.release(service)),
    runOnce: (service) => begun(service, starting.runOnce(service)),
    wake: (service) => begun(service, workloads.wake(namespace, service, owner, signal)),
  };
  const options = { timeoutMs: readySeconds * 1000, steadyMs: steadySeconds * 1000, tell };
  const readiness = await waitReady(
    cluster,
    { repositoryId: owner.repositoryId, namespace },
    services,
    sleeping.size > 0 ? { ...options, starter } : options,
    signal,
  );
  return { ...readiness, hasLetGo: sleeping.size > 0 && toBegin.size === 0 };
}

function isAsleep({ asleep }: EnvironmentFacts['deployments'][number]): boolean {
  return asleep !== undefined;
}
