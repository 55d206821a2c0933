import type { ServiceSpec } from '../../core/environmentFile';
import type { EnvironmentFacts, PodFacts } from '../../core/facts';
import type { Environment, ServiceStatus } from '../../core/model';
import { quotaRefusal } from '../../core/quotaRefusal';

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

/** A service that is waited for. One without a port is probed by nothing. */
export type AwaitedService = Pick<ServiceSpec, 'name' | 'port'>;

type Verdict = 'ready' | 'unsteady' | 'hopeless' | 'refused' | 'wait';

export interface Settled {
  /** Whether nothing is left to wait for. */
  readonly isSettled: boolean;
  readonly isReady: boolean;
  /** Those that do not get ready by waiting for longer. */
  readonly hopeless: readonly ServiceStatus[];
  /** When to look again though nothing changed. Milliseconds; undefined: only when something does. */
  readonly lookInMs: number | undefined;
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

  look(environment: Environment, facts: EnvironmentFacts, now: number): Settled {
    this.#look++;
    const steadyIn = new Map(this.services.map((service) => [service.name, this.#steadyIn(service, facts, now)]));
    const known = this.services.map((service) => ({
      service,
      status: environment.services.find(({ name }) => name === service.name),
    }));
    for (const { service, status } of known)
      if (service.port !== undefined && status?.health === 'healthy' && !this.#firstReady.has(service.name))
        this.#firstReady.set(service.name, this.#look);
    const judged = known.map(({ service, status }) => ({
      status,
      verdict: this.#judge(status, facts, steadyIn.get(service.name) ?? 0),
    }));
    const has = (verdict: Verdict): boolean => judged.some((one) => one.verdict === verdict);
    const isDeleting = facts.pods.some((pod) => pod.isDeleting);
    const isRefused = has('refused') && !has('wait') && !has('unsteady') && !isDeleting;
    this.#refusedSince = isRefused ? (this.#refusedSince ?? now) : undefined;
    const roomIn = this.#refusedSince === undefined ? 0 : Math.max(0, this.#refusedSince + roomMs - now);
    const pauses = [...steadyIn.values(), roomIn].filter((pause) => pause > 0);
    const isOpen = has('wait') || has('unsteady') || (has('refused') && (!isRefused || roomIn > 0));
    return {
      isSettled: !isOpen,
      isReady: judged.every(({ verdict }) => verdict === 'ready'),
      hopeless: judged.flatMap(({ status, verdict }) => (verdict === 'hopeless' && status ? [status] : [])),
      lookInMs: pauses.length === 0 ? undefined : Math.min(...pauses),
    };
  }

  #judge(status: ServiceStatus | undefined, facts: EnvironmentFacts, steadyIn: number): Verdict {
    if (status === undefined) return 'wait';
    if (status.health === 'stopped') return 'ready';
    if (status.health === 'healthy') return steadyIn > 0 ? 'unsteady' : 'ready';
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

  /** How long the youngest pod of a service that nothing probes must still run to be believed. */
  #steadyIn({ name: service, port }: AwaitedService, facts: EnvironmentFacts, now: number): number {
    if (port !== undefined) return 0;
    let longest = 0;
    for (const pod of livingPods(service, facts)) {
      const key = `${pod.name} ${pod.restarts}`;
      if (!pod.isReady) this.#readySince.delete(key);
      const startedAt = pod.container?.startedAt ?? (pod.restarts === 0 ? pod.createdAt : now);
      if (!pod.isReady || now - startedAt > longMs) continue;
      const since = this.#readySince.get(key) ?? now;
      this.#readySince.set(key, since);
      // Whatever ended once has to prove more.
      longest = Math.max(longest, since + this.steadyMs * (pod.restarts > 0 ? 2 : 1) - now);
    }
    return longest;
  }
}

/** The newest first. */
function livingPods(service: string, { pods }: EnvironmentFacts): PodFacts[] {
  return pods
    .filter((pod) => pod.service === service && !pod.isDeleting)
    .sort((one, other) => other.createdAt - one.createdAt);
}

/** Until then the pods that are seen may be those of the release before; a broken one that has ready successors is on its way out. */
function isRolledOut({ name, desired }: ServiceStatus, facts: EnvironmentFacts): boolean {
  const deployment = facts.deployments.find(({ service }) => service === name);
  const living = livingPods(name, facts);
  const troubled = living.find(({ isReady }) => !isReady)?.createdAt ?? Number.NEGATIVE_INFINITY;
  const successors = living.filter(({ isReady, createdAt }) => isReady && createdAt > troubled).length;
  const isReplaced = desired > 0 && successors >= desired;
  return deployment !== undefined && deployment.isObserved && deployment.updated >= desired && !isReplaced;
}
