import { isAppError } from '../../core/errors';
import type { DeploymentFacts, EnvironmentFacts } from '../../core/facts';
import type { Unstarted } from './settling';

/** Lets services start that a chart holds until what they wait for is there. */
export interface Starter {
  /** Those that run to their end and are to run now, whether or not they have before. */
  readonly again: ReadonlySet<string>;
  release(service: string): Promise<void>;
  /** Where what sleeps is to wake: in the order in which services are let start. */
  wake?(service: string): Promise<void>;
  /** @returns the run, as the facts of its pod name it */
  runOnce(service: string): Promise<string>;
}

/** Until the next try: what was in the way may be over by then. Milliseconds. */
const pauseMs = 2000;
/** With the pauses between them as long as a pod waits for room in a quota. */
const tries = 6;

interface Begun {
  /** What ran before, of a service that runs to its end: any other run is the one that was asked for, or a newer one. */
  readonly before: ReadonlySet<string | undefined>;
  state: 'asked' | 'begun' | 'failed';
  failures: number;
  /** One that slept was seen awake: whoever puts it to sleep after that has the last word. */
  wasAwake?: true;
  /** Why it is not tried any more. */
  problem?: string;
}

export interface StartingHeard {
  readonly onBegun: () => void;
  /** What is startable may be another by now. */
  readonly onChanged: () => void;
  /** It is not tried any more. */
  readonly onLeft: (service: string, problem: string) => void;
  /** What is no failure of a start: cancelled, or a mistake. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Which services of an environment were let start, and whether that is to be seen yet: what ran before is no news of them. One that
 * cannot be let start is tried again, and left then: an environment is not worth less for it, and may have a database.
 */
export class Starting {
  readonly #begun = new Map<string, Begun>();
  /** Those that were unstarted at the last look. */
  #open: ReadonlySet<string> = new Set();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(
    private readonly starter: Starter | undefined,
    private readonly heard: StartingHeard,
  ) {}

  unstarted({ deployments, pods }: EnvironmentFacts): Unstarted {
    const unstarted = new Map<string, 'held' | 'wait' | 'hopeless'>();
    for (const { service, once, isHeld, asleep } of deployments) {
      const runs = pods.filter((pod) => pod.service === service && !pod.isDeleting).map(({ run }) => run);
      const begun = this.#begun.get(service);
      if (begun && asleep === undefined) begun.wasAwake = true;
      const isDue = once
        ? (this.starter?.again.has(service) ?? runs.length === 0)
        : asleep === undefined
          ? isHeld === true
          : this.starter?.wake !== undefined && begun?.wasAwake !== true;
      // Whoever restarts it meanwhile takes the place of the run that was begun here.
      const isSeen = begun !== undefined && begun.state !== 'asked' && runs.some((run) => !begun.before.has(run));
      if (!isDue || (once && isSeen)) continue;
      const isLeft = !this.starter || begun?.problem !== undefined;
      unstarted.set(service, isLeft ? 'hopeless' : begun ? 'wait' : 'held');
    }
    this.#open = new Set(unstarted.keys());
    return unstarted;
  }

  /** Once only, as long as it does not fail. */
  start(service: string, { deployments, pods }: EnvironmentFacts): void {
    if (!this.starter || this.#begun.has(service)) return;
    const before = new Set(pods.filter((pod) => pod.service === service).map(({ run }) => run));
    this.#begun.set(service, { before, state: 'asked', failures: 0 });
    const deployment = deployments.find((one) => one.service === service);
    this.#ask(service, deployment ? howOf(deployment) : 'release');
  }

  /** Why a service was not let start; undefined: it was, or is not known yet. */
  problemOf(service: string): string | undefined {
    return this.#begun.get(service)?.problem;
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #ask(service: string, how: How): void {
    const begun = this.#begun.get(service);
    if (!this.starter || !begun) return;
    started(this.starter, service, how).then(
      () => {
        begun.state = 'begun';
        this.heard.onBegun();
      },
      (error: unknown) => {
        if (!isAppError(error) || error.code === 'bug') return this.heard.onFailed(error);
        begun.state = 'failed';
        begun.failures++;
        if (begun.failures < tries) return this.#later(() => this.#again(service, how));
        begun.problem = `cannot be started: ${error.message.replace(/\.$/, '')}`;
        this.heard.onLeft(service, begun.problem);
        this.heard.onChanged();
      },
    );
  }

  /** Unless somebody else has started it meanwhile. */
  #again(service: string, how: How): void {
    if (this.#open.has(service)) this.#ask(service, how);
  }

  #later(work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, pauseMs);
    this.#timers.add(timer);
  }
}

/** `wakeHeld`: it was held when it was put to sleep, and nothing has let it start since. */
type How = 'release' | 'runOnce' | 'wake' | 'wakeHeld';

function howOf({ once, asleep, isHeld }: DeploymentFacts): How {
  if (once) return 'runOnce';
  if (asleep === undefined) return 'release';
  return isHeld ? 'wakeHeld' : 'wake';
}

async function started(starter: Starter, service: string, how: How): Promise<void> {
  if (how === 'runOnce') await starter.runOnce(service);
  // Whoever is cut off between the two finds it asleep, and wakes it.
  if (how === 'release' || how === 'wakeHeld') await starter.release(service);
  if (how === 'wake' || how === 'wakeHeld') await starter.wake?.(service);
}
