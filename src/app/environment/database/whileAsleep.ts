import type { EnvironmentFacts } from '../../../core/facts';
import type { Identity } from '../../../core/model';
import { environmentAt, environmentIn, factsOf, type EnvironmentAt } from '../../services/environmentAt';
import { sleepUnderLock } from '../../services/sleepEnvironment';
import { wakeKnown, type WakePorts, type Woken } from '../../services/wakeEnvironment';
import { isAbort, isAppError } from '../../../core/errors';
import type { Run } from '../../run/run';
import { environmentLock, withLock } from '../../run/withLock';
import type { FoundWorktree } from '../../worktrees/worktreeAt';

export interface AfterSleep<T> {
  readonly value: T;
  /**
   * How the services took it; undefined: none ran that could be put to sleep. With a `problem`, a sentence, they could not be woken, and
   * sleep on or are on their way: what was to be done is done all the same.
   */
  readonly woken: (Woken & { readonly problem?: string }) | undefined;
}

interface AsleepWork<T> {
  readonly found?: Pick<FoundWorktree, 'identity'> | undefined;
  readonly look: () => Promise<void>;
  readonly work: (asleep: () => Promise<void>) => Promise<T>;
}

/**
 * Does something with an environment, alone, while its services sleep. What ran is woken afterwards, also where it fails; cut off, the
 * environment sleeps until it is woken or somebody asks for it. One that sleeps as a whole goes on sleeping.
 *
 * @param what is going on, for whoever finds the environment locked
 * @param found the worktree, by who has looked for it just now
 * @param look what may refuse before anything sleeps
 * @param work begins while they fall asleep: what needs them to sleep waits for `asleep`, which rejects where they cannot
 * @throws notFound; conflict: somebody works at it, or something has not run to its end yet
 */
export async function whileAsleep<T>(
  ports: WakePorts,
  at: EnvironmentAt,
  what: string,
  run: Run,
  { found, look, work }: AsleepWork<T>,
): Promise<AfterSleep<T>> {
  const { signal } = run;
  const identity = found ? environmentIn(ports, at.path, found) : await environmentAt(ports, at, signal);
  const ran = new Set<string>();
  let value: T;
  try {
    value = await withLock(ports.locks, environmentLock(identity.owner), what, async () => {
      await look();
      const facts = await factsOf(ports.cluster, identity, signal);
      for (const service of awake(facts)) ran.add(service);
      const sleeping = ran.size > 0 ? sleep(ports, identity, facts, signal) : Promise.resolve();
      // That they cannot is told by who waits for it.
      void sleeping.catch(() => undefined);
      try {
        return await work(() => sleeping);
      } finally {
        // None that is on its way is woken before it is there.
        await sleeping.catch(() => undefined);
      }
    });
  } catch (error) {
    // Told is what failed, and not how the services took it; nobody waits for them who wants it to end.
    await wakeAll(ports, identity, ran);
    throw error;
  }
  if (ran.size === 0) return { value, woken: undefined };
  try {
    return { value, woken: await wakeKnown(ports, at, identity, run) };
  } catch (error) {
    // What is done now is not undone by it, and has to be told.
    if (!isAppError(error) && !isAbort(error)) throw error;
    const problem = isAppError(error) ? error.message : 'It was cancelled.';
    const { namespace } = identity.names;
    return { value, woken: { namespace, slept: true, ready: false, services: [], problem } };
  }
}

function awake({ deployments }: EnvironmentFacts): string[] {
  return deployments
    .filter(({ service, once, desired, asleep }) => service !== '' && !once && desired > 0 && asleep === undefined)
    .map(({ service }) => service);
}

async function sleep(
  ports: WakePorts,
  identity: Identity,
  facts: EnvironmentFacts,
  signal: AbortSignal,
): Promise<void> {
  try {
    await sleepUnderLock(ports, identity, signal, facts);
  } catch (error) {
    // What keeps data nowhere but in its pods goes on, and only loses its connections.
    if (!isAppError(error, 'invalidInput')) throw error;
  }
}

/** Each by itself: one that cannot be woken keeps no other asleep. Never rejects. */
async function wakeAll({ workloads }: WakePorts, { names, owner }: Identity, ran: ReadonlySet<string>): Promise<void> {
  for (const service of ran) await workloads.wake(names.namespace, service, owner).catch(() => undefined);
}
