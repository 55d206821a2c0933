import type { Dependencies, ServiceSpec } from '../../core/environmentFile';
import type { EnvironmentFacts, PodFacts } from '../../core/facts';
import { hasStarted } from '../../core/services/heldServices';
import type { Environment, ServiceStatus } from '../../core/model';
import { quotaRefusal } from '../../core/quotaRefusal';
import { startOrder, type StartOrder } from '../../core/services/startOrder';

/** States that time alone does not mend: waiting for longer would only make the person wait. */
const hopeless = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'StartError',
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'ErrImageNeverPull',
]);
/** The program ended by itself, and is started again after a pause. */
const ended = new Set(['CrashLoopBackOff', 'Completed']);

/**
 * A pod for which a quota has no room gets one when another ends, and the cluster tries again with pauses: once nothing ends
 * any more it has this long. Milliseconds.
 */
const roomMs = 10_000;
/** What has run for so long is no news of this release. More than clocks of two machines differ. Milliseconds. */
const longMs = 30_000;

/** A service that is waited for. */
export interface AwaitedService extends Pick<ServiceSpec, 'name' | 'port'> {
  readonly dependsOn?: Dependencies;
}

/** `held`: it waits for others before it is let start. */
type Verdict = 'ready' | 'unsteady' | 'hopeless' | 'refused' | 'wait' | 'held';

/** By name: `held` is one that waits for others, `wait` one that was let start just now, `hopeless` one that nobody lets start. */
export type Unstarted = ReadonlyMap<string, 'held' | 'wait' | 'hopeless'>;
const none: Unstarted = new Map();

/** Of a look. Milliseconds. */
interface Moment {
  /** Since the epoch: what the cluster has written down is compared with it. */
  readonly now: number;
  /** Of a clock that only goes on: what is seen here is counted by it. */
  readonly passed: number;
}

export interface Settled {
  /** Whether nothing is left to wait for. */
  readonly isSettled: boolean;
  readonly isReady: boolean;
  /** Those that do not get ready by waiting for longer. */
  readonly hopeless: readonly ServiceStatus[];
  /** Those that are held, and that nothing keeps back any more. */
  readonly startable: readonly string[];
  /** What is still waited for. */
  readonly awaited: Awaited;
  /** When to look again though nothing changed. Milliseconds; undefined: only when something does. */
  readonly lookInMs: number | undefined;
}

/** Services by name, those that are not ready and those that only have to go on running. */
export interface Awaited {
  readonly unready: readonly string[];
  readonly unsteady: readonly string[];
  /** How long each of the latter must run in all. Milliseconds. */
  readonly steadyMs: number;
}

/** Judges services look by look, each by itself: settled is an environment when every one of its services is. */
export class Settling {
  readonly #readySince = new Map<string, number>();
  /** Probed services that were ready once, and the ends of programs, by the number of the look that saw them first. */
  readonly #firstReady = new Map<string, number>();
  readonly #ends = new Map<string, { readonly pod: string; readonly look: number }>();
  #look = 0;
  #refusedSince: number | undefined;

  /** @param steadyMs how long a process must run before it counts as ready where nothing probes it */
  constructor(
    private readonly services: readonly AwaitedService[],
    private readonly steadyMs: number,
  ) {}

  /** @param unstarted services of which nothing that counts runs yet */
  look(environment: Environment, facts: EnvironmentFacts, at: Moment, unstarted: Unstarted = none): Settled {
    this.#look++;
    const { passed } = at;
    const steady = new Map(this.services.map((service) => [service.name, this.#steady(service, facts, at)]));
    const known = this.services.map((service) => ({
      service,
      status: environment.services.find(({ name }) => name === service.name),
    }));
    for (const { service, status } of known)
      if (isAsked(service, facts) && status?.health === 'healthy' && !this.#firstReady.has(service.name))
        this.#firstReady.set(service.name, this.#look);
    const seen = known.map(({ service, status }) => ({
      service,
      status,
      verdict: unstarted.get(service.name) ?? this.#judge(status, facts, steady.get(service.name)?.inMs ?? 0),
    }));
    const { start, blocked } = orderOf(seen, facts, unstarted);
    const judged = seen.map(({ service, status, verdict }) => ({
      name: service.name,
      status,
      verdict: blocked.has(service.name) ? ('hopeless' as const) : verdict,
    }));
    const has = (verdict: Verdict): boolean => judged.some((one) => one.verdict === verdict);
    const isDeleting = facts.pods.some((pod) => pod.isDeleting);
    const isMoving = has('wait') || has('unsteady') || start.length > 0;
    const isRefused = has('refused') && !isMoving && !isDeleting;
    this.#refusedSince = isRefused ? (this.#refusedSince ?? passed) : undefined;
    const roomIn = this.#refusedSince === undefined ? 0 : Math.max(0, this.#refusedSince + roomMs - passed);
    const pauses = [...[...steady.values()].map(({ inMs }) => inMs), roomIn].filter((pause) => pause > 0);
    const isOpen = isMoving || (has('refused') ? !isRefused || roomIn > 0 : has('held'));
    const named = (...verdicts: readonly Verdict[]): string[] =>
      judged.filter(({ verdict }) => verdicts.includes(verdict)).map(({ name }) => name);
    const unsteady = named('unsteady');
    return {
      isSettled: !isOpen,
      isReady: judged.every(({ verdict }) => verdict === 'ready'),
      hopeless: judged.flatMap(({ status, verdict }) => (verdict === 'hopeless' && status ? [status] : [])),
      startable: start,
      awaited: {
        unready: named('wait', 'refused', 'held'),
        unsteady,
        steadyMs: Math.max(0, ...unsteady.map((name) => steady.get(name)?.ofMs ?? 0)),
      },
      lookInMs: pauses.length === 0 ? undefined : Math.min(...pauses),
    };
  }

  #judge(status: ServiceStatus | undefined, facts: EnvironmentFacts, steadyIn: number): Verdict {
    if (status === undefined) return 'wait';
    if (status.health === 'stopped' || status.health === 'asleep') return 'ready';
    if (isOnce(status.name, facts)) return judgeRun(status, facts);
    if (status.health === 'healthy') {
      if (!isOfThisRelease(status.name, facts)) return 'wait';
      return steadyIn > 0 ? 'unsteady' : 'ready';
    }
    if (quotaRefusal(status.reason ?? '') !== undefined) return 'refused';
    if (!isRolledOut(status, facts)) return 'wait';
    const state = status.state.replace(/^Init:/, '');
    if (hopeless.has(state)) return 'hopeless';
    return ended.has(state) && this.#isConclusive(status, facts) ? 'hopeless' : 'wait';
  }

  /**
   * What ended before another service of its environment listened may have ended for that: it is given one more start. Only
   * one, since the pauses before them grow.
   */
  #isConclusive({ name }: ServiceStatus, facts: EnvironmentFacts): boolean {
    const [pod] = livingPods(name, facts).filter((one) => !one.isReady);
    if (!pod || pod.restarts > 0) return true;
    const known = this.#ends.get(name);
    const end = known?.pod === pod.name ? known : { pod: pod.name, look: this.#look };
    this.#ends.set(name, end);
    return [...this.#firstReady].every(([other, look]) => other === name || look <= end.look);
  }

  /** How long the youngest pod of a service that nothing probes must still run to be believed, and in all. Milliseconds. */
  #steady(
    service: AwaitedService,
    facts: EnvironmentFacts,
    { now, passed }: Moment,
  ): { readonly inMs: number; readonly ofMs: number } {
    let longest = { inMs: 0, ofMs: 0 };
    if (isAsked(service, facts)) return longest;
    for (const pod of livingPods(service.name, facts)) {
      const key = `${pod.name} ${pod.restarts}`;
      if (!pod.isReady) this.#readySince.delete(key);
      const startedAt = pod.container?.startedAt ?? (pod.restarts === 0 ? pod.createdAt : now);
      if (!pod.isReady || now - startedAt > longMs) continue;
      const since = this.#readySince.get(key) ?? passed;
      this.#readySince.set(key, since);
      // Whatever ended once has to prove more.
      const ofMs = this.steadyMs * (pod.restarts > 0 ? 2 : 1);
      const inMs = since + ofMs - passed;
      if (inMs > longest.inMs) longest = { inMs, ofMs };
    }
    return longest;
  }
}

/** Whether the cluster asks it itself, and does not only see that it runs. */
function isAsked({ name, port }: AwaitedService, facts: EnvironmentFacts): boolean {
  return port !== undefined || livingPods(name, facts).some((pod) => pod.isProbed);
}

/** Of a service that runs to its end. */
function judgeRun({ name, health, state }: ServiceStatus, facts: EnvironmentFacts): Verdict {
  if (health === 'healthy') return 'ready';
  const hasFailed = livingPods(name, facts)[0]?.phase === 'Failed';
  return hasFailed || hopeless.has(state.replace(/^Init:/, '')) ? 'hopeless' : 'wait';
}

function isOnce(name: string, { deployments }: EnvironmentFacts): boolean {
  return deployments.some(({ service, once }) => service === name && once === true);
}

function orderOf(
  services: readonly { readonly service: AwaitedService; readonly verdict: Verdict }[],
  facts: EnvironmentFacts,
  unstarted: Unstarted,
): StartOrder {
  return startOrder(
    services.map(({ service: { name, dependsOn = {} }, verdict }) => ({
      ...{ name, dependsOn },
      isHeld: verdict === 'held',
      isStarted: !unstarted.has(name) && isCurrent(name, facts) && livingPods(name, facts).some(hasStarted),
      verdict: verdict === 'ready' || verdict === 'hopeless' ? verdict : 'open',
    })),
  );
}

/** The newest first. */
function livingPods(service: string, { pods }: EnvironmentFacts): PodFacts[] {
  return pods
    .filter((pod) => pod.service === service && !pod.isDeleting)
    .sort((one, other) => other.createdAt - one.createdAt);
}

/** Until then the pods that are seen may be those of the release before; a broken one that has ready successors is on its way out. */
function isRolledOut({ name, desired }: ServiceStatus, facts: EnvironmentFacts): boolean {
  const living = livingPods(name, facts);
  const troubled = living.find(({ isReady }) => !isReady)?.createdAt ?? Number.NEGATIVE_INFINITY;
  const successors = living.filter(({ isReady, createdAt }) => isReady && createdAt > troubled).length;
  const isReplaced = desired > 0 && successors >= desired;
  return isCurrent(name, facts) && !isReplaced;
}

/**
 * Whether the deployment's own count says that what is ready is new: the pods that are seen may still be those of the release before,
 * where news of pods come later than news of deployments.
 */
function isOfThisRelease(name: string, { deployments }: EnvironmentFacts): boolean {
  const deployment = deployments.find(({ service }) => service === name);
  return deployment === undefined || ((deployment.old ?? 0) === 0 && deployment.ready >= deployment.desired);
}

/** Whether what its deployment says now has come to its pods. Those of a service that runs to its end are of no deployment. */
function isCurrent(name: string, { deployments }: EnvironmentFacts): boolean {
  const deployment = deployments.find(({ service }) => service === name);
  if (!deployment) return false;
  return deployment.once === true || (deployment.isObserved && deployment.updated >= deployment.desired);
}
