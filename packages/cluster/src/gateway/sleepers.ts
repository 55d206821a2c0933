import { dependsOnAnnotation, startLimitsAnnotation, waitsAnnotation } from '../contract';
import { isReady } from '../network/backends';
import { recordAt, valueAt, type KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import { deploymentOf, formerPods, hasLabels, wakeUp } from './asleep';
import { isHopeless, serviceTrouble } from './serviceTrouble';
import { parseStartLimits, StartQueue, type QueueParts } from './startQueue';

/** Milliseconds. */
export interface SleepLimits {
  /** How long a request waits for what it woke. */
  hold: number;
  /** How long one service waits for another that it needs before it is started without. */
  order: number;
}

const LIMITS: SleepLimits = { hold: 120_000, order: 30_000 };

export interface Starts {
  /** Why this machine has no room for an environment; without it there always is. */
  readonly noRoom?: QueueParts['noRoom'];
  /** Namespaces that come back awake with the cluster: until they are ready they are on their way. */
  readonly returning?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly lastUsed?: (namespace: string) => number;
}

interface Subject {
  namespace: string;
  service: string;
}

interface Waiting extends Subject {
  /** Whether there is a pod to connect to. */
  isThere: () => boolean;
  limit: number;
  /** Ends it: the client has left. */
  signal: AbortSignal;
}

/**
 * Which environments sleep, and what has woken and was not ready since: whoever woke it. An environment wakes as a whole, once for all
 * requests, and in the order in which its services need each other. Nothing is asked for in turns: the store tells what changes.
 */
export class Sleepers {
  /** Deployments that sleep, by namespace. */
  private readonly asleep = new Map<string, Set<string>>();
  /** Those that woke and have had no ready pod since: until when they are waited for, by namespace. */
  private readonly starting = new Map<string, Map<string, number>>();
  /** Namespaces that are woken from here, each with the end of its services' patience with each other. */
  private readonly waking = new Map<string, NodeJS.Timeout>();
  private readonly writing = new Set<string>();
  private readonly lookers = new Map<string, Set<() => void>>();
  private readonly unsubscribe: () => void;
  private readonly queue: StartQueue;
  /** Why namespaces wait, as was told last, and how many times that is being written. */
  private readonly told = new Map<string, { reason: string | undefined; writing: number }>();
  /** Until when each of them counts, by a clock that only goes on, or has a pod that is ready. */
  private readonly returning = new Map<string, number>();

  constructor(
    private readonly objects: ObjectStore,
    private readonly log: (message: string) => void,
    private readonly limits: SleepLimits = LIMITS,
    { noRoom = () => Promise.resolve(undefined), returning = [], lastUsed = () => 0 }: Starts = {},
  ) {
    for (const name of returning) this.returning.set(name, performance.now() + limits.hold);
    this.queue = new StartQueue({
      noRoom,
      limitsOf: (namespace) => parseStartLimits(this.annotationOf(namespace, startLimitsAnnotation)),
      startingBut: (namespace) => this.startingBut(namespace),
      start: (namespace) => this.begin(namespace),
      tell: (namespace, reason) => this.tell(namespace, reason),
    });
    for (const deployment of objects.list('Deployment').items) this.onDeployment(deployment, true);
    this.unsubscribe = objects.subscribe(({ kind, type, object }) => {
      if (kind === 'Namespace') this.onNamespace(object.metadata.name, type !== 'DELETED');
      if (kind !== 'Deployment' && kind !== 'Pod') return;
      const { namespace = '' } = object.metadata;
      if (kind === 'Deployment') this.onDeployment(object, type !== 'DELETED');
      else if (type !== 'DELETED') this.onPod(namespace, object);
      if (this.waking.has(namespace)) this.proceed(namespace);
      for (const look of this.lookers.get(namespace) ?? []) look();
    });
    this.takeUp(lastUsed);
  }

  get hold(): number {
    return this.limits.hold;
  }

  close(): void {
    this.unsubscribe();
    this.queue.close();
    for (const timer of this.waking.values()) clearTimeout(timer);
  }

  /** Whether anything of an environment sleeps or is on its way: one look, for each request. */
  concerns(namespace: string): boolean {
    return this.asleep.has(namespace) || this.starting.has(namespace);
  }

  /** Starts what sleeps in a namespace, once this machine has room for it. Done already, or under way, it does nothing more. */
  wake(namespace: string): void {
    if (!this.asleep.has(namespace)) return;
    if (this.objects.get('Namespace', undefined, namespace)?.metadata.deletionTimestamp !== undefined) return;
    if (this.waking.has(namespace)) return this.proceed(namespace);
    if (!this.queue.has(namespace)) this.log(`gateway: a request wakes ${namespace}`);
    this.queue.ask(namespace);
  }

  /** "waits to start, because …"; undefined: it does not wait. */
  waits(namespace: string): string | undefined {
    return this.queue.reasonOf(namespace);
  }

  /** What waited when the last cluster ended, or has no room as this one starts: what was used last comes first. */
  private takeUp(lastUsed: (namespace: string) => number): void {
    const waiting = this.objects
      .list('Namespace')
      .items.filter(({ metadata }) => metadata.annotations?.[waitsAnnotation] !== undefined)
      .map(({ metadata }) => metadata.name);
    for (const name of waiting.sort((a, b) => lastUsed(b) - lastUsed(a))) {
      if (!this.asleep.has(name)) {
        this.tell(name, undefined);
        continue;
      }
      this.log(`gateway: ${name} sleeps until this machine has room for it: it was awake, or asked for, before`);
      this.told.set(name, { reason: this.annotationOf(name, waitsAnnotation), writing: 0 });
      this.queue.ask(name, true);
    }
  }

  private begin(namespace: string): void {
    if (!this.asleep.has(namespace)) return;
    clearTimeout(this.waking.get(namespace));
    const timer = setTimeout(() => this.wakeAll(namespace), this.limits.order);
    this.waking.set(namespace, timer);
    this.proceed(namespace);
  }

  /** Whether a service is being started after a sleep. */
  isComing({ namespace, service }: Subject): boolean {
    if (!this.concerns(namespace)) return false;
    const name = deploymentOf(this.objects, namespace, service)?.metadata.name;
    if (name === undefined) return false;
    if (this.asleep.get(namespace)?.has(name)) return this.waking.has(namespace) || this.queue.has(namespace);
    return (this.starting.get(namespace)?.get(name) ?? 0) > performance.now();
  }

  /** Resolves once a service is there, nobody waits for it any more, or it is known that it does not come. */
  arrival({ namespace, service, isThere, limit, signal }: Waiting): Promise<void> {
    return new Promise((resolve) => {
      const lookers = this.lookers.get(namespace) ?? new Set();
      this.lookers.set(namespace, lookers);
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        lookers.delete(look);
        if (lookers.size === 0) this.lookers.delete(namespace);
        resolve();
      };
      const look = (): void => {
        const isOver = !this.isComing({ namespace, service }) || this.isLost(namespace, service);
        if (isThere() || isOver) done();
      };
      const timer = setTimeout(done, limit);
      signal.addEventListener('abort', done, { once: true });
      lookers.add(look);
      look();
    });
  }

  private isLost(namespace: string, service: string): boolean {
    return isHopeless(serviceTrouble(this.objects, namespace, service));
  }

  private onDeployment(deployment: KubeObject, isThere: boolean): void {
    const { namespace = '', name } = deployment.metadata;
    const slept = this.asleep.get(namespace)?.has(name) ?? false;
    const sleeps = isThere && formerPods(deployment) !== undefined;
    // Somebody puts it to sleep while it is woken from here: the later one counts, until the next request.
    if (sleeps && !slept) this.stopWaking(namespace);
    if (sleeps) this.asleep.set(namespace, (this.asleep.get(namespace) ?? new Set()).add(name));
    else if (slept) remove(this.asleep, namespace, name);
    // Somebody else has woken it, or it is gone.
    if (!this.asleep.has(namespace)) this.queue.forget(namespace);
    if (sleeps || !isThere) return remove(this.starting, namespace, name);
    // One that is held back comes when somebody lets it.
    if (!slept || recordAt(deployment, 'spec')?.['paused'] === true) return;
    const pods = this.objects.list('Pod', namespace).items;
    if (pods.some((pod) => isReady(pod) && isPodOf(pod, deployment))) return;
    const starting = this.starting.get(namespace) ?? new Map<string, number>();
    this.starting.set(namespace, starting.set(name, performance.now() + this.limits.hold));
  }

  /** Whoever takes away that it waits, as who puts it to sleep does, means that it is not to start: until the next request. */
  private onNamespace(namespace: string, isThere: boolean): void {
    const told = this.told.get(namespace);
    if (!isThere) this.told.delete(namespace);
    if (!told || told.writing > 0 || told.reason === undefined) return;
    if (this.annotationOf(namespace, waitsAnnotation) === undefined) this.queue.forget(namespace);
  }

  private onPod(namespace: string, pod: KubeObject): void {
    if (!isReady(pod)) return;
    this.returning.delete(namespace);
    const starting = this.starting.get(namespace);
    if (!starting) return;
    for (const name of [...starting.keys()]) {
      const deployment = this.objects.get('Deployment', namespace, name);
      if (!deployment || isPodOf(pod, deployment)) remove(this.starting, namespace, name);
    }
  }

  private startingBut(namespace: string): number {
    const now = performance.now();
    const starting = [...this.starting].flatMap(([name, until]) =>
      [...until.values()].some((each) => each > now) ? name : [],
    );
    const returning = [...this.returning].flatMap(([name, until]) => (until > now ? name : []));
    return new Set([...this.waking.keys(), ...starting, ...returning].filter((name) => name !== namespace)).size;
  }

  private annotationOf(namespace: string, name: string): string | undefined {
    return this.objects.get('Namespace', undefined, namespace)?.metadata.annotations?.[name];
  }

  /** For all who look at it elsewhere; whoever waits here looks again. */
  private tell(namespace: string, reason: string | undefined): void {
    const told = this.told.get(namespace) ?? { reason, writing: 0 };
    this.told.set(namespace, Object.assign(told, { reason, writing: told.writing + 1 }));
    this.objects
      .modify('Namespace', undefined, namespace, ({ metadata }) => {
        const { [waitsAnnotation]: _, ...others } = metadata.annotations ?? {};
        metadata.annotations = reason === undefined ? others : { ...others, [waitsAnnotation]: reason };
      })
      .catch((error: unknown) => this.log(`gateway: ${namespace} is not told why it waits: ${String(error)}`))
      .finally(() => {
        told.writing--;
        this.onNamespace(namespace, this.objects.get('Namespace', undefined, namespace) !== undefined);
      });
    for (const look of this.lookers.get(namespace) ?? []) look();
  }

  private stopWaking(namespace: string): void {
    clearTimeout(this.waking.get(namespace));
    this.waking.delete(namespace);
  }

  /** Starts those that nothing keeps back any more. */
  private proceed(namespace: string): void {
    const names = this.asleep.get(namespace);
    if (!names) return this.stopWaking(namespace);
    for (const name of names) if (this.isDue(namespace, name)) this.start(namespace, name);
  }

  /** What runs to its end has done so before the sleep; what does not sleep is not waited for. */
  private isDue(namespace: string, name: string): boolean {
    const waits = this.objects.get('Deployment', namespace, name)?.metadata.annotations?.[dependsOnAnnotation] ?? '';
    return waits.split(',').every((each) => {
      const [other = '', condition] = each.split('=');
      if (this.asleep.get(namespace)?.has(other)) return false;
      return condition === 'started' || !this.starting.get(namespace)?.has(other);
    });
  }

  /** What one of them needs does not come: it may do without, or say itself what is wrong. */
  private wakeAll(namespace: string): void {
    for (const name of this.asleep.get(namespace) ?? []) this.start(namespace, name);
  }

  private start(namespace: string, name: string): void {
    const key = `${namespace}/${name}`;
    if (this.writing.has(key)) return;
    this.writing.add(key);
    this.objects
      .modify('Deployment', namespace, name, wakeUp)
      .catch((error: unknown) => this.log(`gateway: ${key} is not woken: ${String(error)}`))
      .finally(() => this.writing.delete(key));
  }
}

function isPodOf(pod: KubeObject, deployment: KubeObject): boolean {
  return hasLabels(pod.metadata.labels, valueAt(deployment, 'spec', 'selector', 'matchLabels'));
}

function remove(
  map: Map<string, { delete(name: string): boolean; readonly size: number }>,
  key: string,
  name: string,
): void {
  const names = map.get(key);
  names?.delete(name);
  if (names?.size === 0) map.delete(key);
}
