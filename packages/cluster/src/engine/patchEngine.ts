// webernetes exports none of what its controllers are made of, so it is taken from where it lies: test/unit/packages/cluster/engine holds that
// it still looks as it did when these patches were written.
import { Clock } from '@ngrok/webernetes';
import { TypedMaxOfRateLimiter } from '../../../../node_modules/@ngrok/webernetes/dist/client-go/util/workqueue/default-rate-limiters.js';
import { Typed } from '../../../../node_modules/@ngrok/webernetes/dist/client-go/util/workqueue/queue.js';
import { UndeltaStore } from '../../../../node_modules/@ngrok/webernetes/dist/client-go/tools/cache/undelta_store.js';
import { ResourceIndexer } from '../../../../node_modules/@ngrok/webernetes/dist/client-go/listers/generic-helpers.js';
import { PodWorkersImpl } from '../../../../node_modules/@ngrok/webernetes/dist/cluster/kubelet/pod-workers.js';
import { DeploymentController } from '../../../../node_modules/@ngrok/webernetes/dist/controller/deployment/deployment-controller.js';
import { engineTime } from './engineTime';
import { PacedPush } from './pacedPush';
import { plainCopy } from './plainCopy';
import { RetryLimit } from './retryLimit';
import { readValuesOnce } from './storedValues';
import { ToldPods, type CopyingStore } from './toldPods';
import { turnOfLoop } from './turnOfLoop';

/** A longer one ends after a millisecond in Node. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

let isPatched = false;

/** Mends webernetes for the whole process; to be called before a cluster is made. Calling it again does nothing. */
export function patchEngine(): void {
  if (isPatched) return;
  isPatched = true;
  pauseBetweenItems();
  limitRetries();
  leaveCompleteRolloutsAlone();
  goOnlyForwards();
  shortenTimers();
  letGoOfContexts();
  tellPodsTogether();
  listOneNamespace();
  copyQuickly();
}

/** A queue that always has an item would keep Node from everything else. */
function pauseBetweenItems(): void {
  const { get } = Typed.prototype;
  Typed.prototype.get = async function (this: Typed<unknown>) {
    await turnOfLoop();
    return get.call(this);
  };
}

/**
 * Kubernetes limits retries twice: for each item (which a success forgets), and for all together, at ten a second. webernetes left out
 * the second, without which a controller that asks again after a success does so every 5 ms. Here an item limits itself alone: some
 * that are stuck must not hold up a start of many.
 */
function limitRetries(): void {
  const limits = new WeakMap<object, RetryLimit>();
  const { when } = TypedMaxOfRateLimiter.prototype;
  TypedMaxOfRateLimiter.prototype.when = function (this: TypedMaxOfRateLimiter<unknown>, item) {
    const limit = limits.get(this) ?? new RetryLimit(() => performance.now());
    limits.set(this, limit);
    return Math.max(when.call(this, item), limit.take(item));
  };
}

interface Rollouts {
  requeueStuckDeployment(deployment: Deployment, newStatus: unknown): number;
}

interface Deployment {
  status?: { conditions?: { type: string; reason?: string }[] };
}

/**
 * The controller looks again at a rollout that may have missed its deadline. One that was complete cannot any more, whatever becomes of
 * its pods, so that it would be looked at for ever: every 5 ms, because each look is a success.
 */
function leaveCompleteRolloutsAlone(): void {
  const prototype = DeploymentController.prototype as unknown as Rollouts;
  const { requeueStuckDeployment } = prototype;
  prototype.requeueStuckDeployment = function (deployment, newStatus) {
    const progress = deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
    if (progress?.reason === 'NewReplicaSetAvailable') return -1;
    return requeueStuckDeployment.call(this, deployment, newStatus);
  };
}

interface Simulated {
  paused: boolean;
  simulatedNowMs: number;
  wallStartedAtMs: number;
}

/** What the kubelet and the controllers remember, they compare with what their clock says. */
function goOnlyForwards(): void {
  Clock.prototype.nowMs = function (this: Clock) {
    const { paused, simulatedNowMs, wallStartedAtMs } = this as unknown as Simulated;
    return paused ? simulatedNowMs : simulatedNowMs + (engineTime.now() - wallStartedAtMs);
  };
}

/** A deadline of a month must not become one of a millisecond, again and again. What waits for it looks whether it is due. */
function shortenTimers(): void {
  const { setTimeout, setInterval } = Clock.prototype;
  Clock.prototype.setTimeout = function (callback, delayMs) {
    return setTimeout.call(this, callback, Math.min(delayMs, LONGEST_TIMER_MS));
  };
  Clock.prototype.setInterval = function (callback, intervalMs) {
    return setInterval.call(this, callback, Math.min(intervalMs, LONGEST_TIMER_MS));
  };
}

interface PodWorkers {
  startPodSyncLocked(parent: Context, podUid: string): { ctx: Context };
  removeTerminatedWorker(podUid: string, status: object, isOrphaned: boolean): boolean;
  podSyncStatuses: ReadonlyMap<string, object>;
}

interface Context {
  parent?: Context;
  removeChild?(child: Context): void;
}

/**
 * Every step of a pod's life has a context of its own, which the kubelet's holds until the kubelet ends. Kubernetes has one for all steps.
 * It is not cancelled here, because what a step began (the pod's probes) goes on with it: only who has it keeps it.
 */
function letGoOfContexts(): void {
  const prototype = PodWorkersImpl.prototype as unknown as PodWorkers;
  const { startPodSyncLocked, removeTerminatedWorker } = prototype;
  const contexts = new WeakMap<object, Context>();
  const letGo = (status: object): void => {
    const context = contexts.get(status);
    if (context) holderOf(context)?.removeChild?.(context);
    contexts.delete(status);
  };
  prototype.startPodSyncLocked = function (parent, podUid) {
    const answer = startPodSyncLocked.call(this, parent, podUid);
    const status = this.podSyncStatuses.get(podUid);
    if (!status || answer.ctx === parent) return answer;
    letGo(status);
    contexts.set(status, answer.ctx);
    return answer;
  };
  prototype.removeTerminatedWorker = function (podUid, status, isOrphaned) {
    const isRemoved = removeTerminatedWorker.call(this, podUid, status, isOrphaned);
    if (isRemoved) letGo(status);
    return isRemoved;
  };
}

interface KeyedStore extends CopyingStore {
  keyFunc(object: object): Promise<[key: string, error: Error | undefined]>;
}

/**
 * The kubelet is told all pods whenever one of them changes, copies them, and compares each with what it knows: a change in each of two
 * hundred is forty thousand comparisons in one turn of the event loop. What changes meanwhile is told together, and what did not change is
 * what was told before: the kubelet goes by what there is, and by the pods' ids, not by the way there. Kubernetes does the same for every
 * change, but not in the API server's own thread.
 */
function tellPodsTogether(): void {
  const all = new WeakMap<object, { pods: ToldPods; push: PacedPush }>();
  const toldOf = (store: UndeltaStore<object>): { pods: ToldPods; push: PacedPush } => {
    const known = all.get(store);
    if (known) return known;
    const pods = new ToldPods(store.store);
    const told = { pods, push: new PacedPush(async () => store.pushFunc(pods.list())) };
    all.set(store, told);
    return told;
  };
  for (const method of ['add', 'update', 'delete'] as const) {
    UndeltaStore.prototype[method] = async function (this: UndeltaStore<object>, pod: object) {
      const error = await this.store[method](pod);
      if (error) return error;
      const [key, none] = await (this.store as unknown as KeyedStore).keyFunc(pod);
      const { pods, push } = toldOf(this);
      pods.changed(none ? undefined : key);
      push.soon();
      return undefined;
    };
  }
  UndeltaStore.prototype.replace = async function (this: UndeltaStore<object>, list: object[], version: string) {
    const error = await this.store.replace(list, version);
    if (error) return error;
    // Nothing else has its turn between these: what is told from now on is of what there is now.
    const { pods } = toldOf(this);
    pods.changed(undefined);
    await this.pushFunc(pods.list());
    return undefined;
  };
}

interface Indexer extends CopyingStore {
  list(): object[];
}

/**
 * Whoever lists the objects of one namespace is given copies of those of all, and drops the others: with each look at one deployment the
 * replica sets of the whole cluster. Here they are chosen by their keys first.
 */
function listOneNamespace(): void {
  const { list } = ResourceIndexer.prototype;
  ResourceIndexer.prototype.list = function (this: ResourceIndexer<object>, selector) {
    const { indexer, namespace } = this as unknown as { indexer: Indexer; namespace: string };
    if (!namespace) return list.call(this, selector);
    const within = `${namespace}/`;
    const ofNamespace = (): object[] =>
      indexer
        .listKeys()
        .filter((key) => key.startsWith(within))
        .flatMap((key) => indexer.getByKey(key)[0] ?? []);
    return list.call({ indexer: { list: ofNamespace }, namespace } as unknown as ResourceIndexer<object>, selector);
  };
}

function holderOf(context: Context): Context | undefined {
  let holder = context.parent;
  while (holder && !holder.removeChild) holder = holder.parent;
  return holder;
}

/**
 * The engine copies whatever it hands out, several times a change, and does nothing else as often. The function is the process's own: only
 * the engine and the cluster, whose objects are plain, are in it.
 */
function copyQuickly(): void {
  const copyElse = structuredClone;
  const copy: typeof structuredClone = (value, options) =>
    options?.transfer ? copyElse(value, options) : plainCopy(value, copyElse);
  globalThis.structuredClone = copy;
  readValuesOnce(copyElse);
}
