import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BaseImage, Cluster, Clock, type ProcessContext, type V1Deployment, type V1Pod } from '@ngrok/webernetes';
import ts from 'typescript';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { metaNamespaceKeyFunc } from '../../../../../node_modules/@ngrok/webernetes/dist/client-go/tools/cache/store.js';
import {
  newNamespacedResourceIndexer,
  newResourceIndexer,
} from '../../../../../node_modules/@ngrok/webernetes/dist/client-go/listers/generic-helpers.js';
import { everything } from '../../../../../node_modules/@ngrok/webernetes/dist/apimachinery/pkg/labels/selector.js';
import { newUndeltaStore } from '../../../../../node_modules/@ngrok/webernetes/dist/client-go/tools/cache/undelta_store.js';
import { Typed } from '../../../../../node_modules/@ngrok/webernetes/dist/client-go/util/workqueue/queue.js';
import { BasicWorkQueue } from '../../../../../node_modules/@ngrok/webernetes/dist/cluster/kubelet/util/queue/work-queue.js';
import { PodWorkersImpl } from '../../../../../node_modules/@ngrok/webernetes/dist/cluster/kubelet/pod-workers.js';
import { background, withCancel } from '../../../../../node_modules/@ngrok/webernetes/dist/go/context.js';
import { DeploymentController } from '../../../../../node_modules/@ngrok/webernetes/dist/controller/deployment/deployment-controller.js';
import { until } from '../../../../support/until';
import { patchEngine } from '../../../../../packages/cluster/src/engine/patchEngine';

patchEngine();

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What is patched, and what the patches take for granted of the rest. A new version changes some: read it, mend, and take its value. */
const known: readonly [file: string, method: string, hash: string][] = [
  ['clock.js', 'Clock.nowMs', 'f3009e569e59'],
  ['clock.js', 'Clock.setTimeout', 'c80b3c0f9699'],
  ['clock.js', 'Clock.setInterval', '24db016b2771'],
  ['client-go/util/workqueue/queue.js', 'Typed.get', '1ce616c8e14b'],
  ['client-go/util/workqueue/queue.js', 'Typed.done', 'dc8e53670406'],
  ['client-go/util/workqueue/default-rate-limiters.js', 'TypedMaxOfRateLimiter.when', '8b3bb556fa5d'],
  ['client-go/util/workqueue/default-rate-limiters.js', 'TypedMaxOfRateLimiter.forget', '0360430aeae6'],
  ['controller/deployment/deployment-controller.js', 'DeploymentController.requeueStuckDeployment', 'a13e133e65c0'],
  ['controller/deployment/deployment-controller.js', 'DeploymentController.handleErr', '976fe4e85538'],
  ['controller/deployment/deployment-controller.js', 'DeploymentController.syncRolloutStatus', 'e53fe634a3df'],
  ['cluster/cluster.js', 'Cluster.pause', '9346ef5d066b'],
  ['cluster/kubelet/pod-workers.js', 'PodWorkersImpl.startPodSyncLocked', 'f9c266fff49f'],
  ['cluster/kubelet/pod-workers.js', 'PodWorkersImpl.removeTerminatedWorker', 'f6e1e4958ea5'],
  ['client-go/tools/cache/undelta_store.js', 'UndeltaStore.add', '0fe215d0505c'],
  ['client-go/tools/cache/undelta_store.js', 'UndeltaStore.update', '982ef2d28747'],
  ['client-go/tools/cache/undelta_store.js', 'UndeltaStore.delete', 'e3c6a1cda6d6'],
  ['client-go/tools/cache/undelta_store.js', 'UndeltaStore.replace', 'b06459c51cbc'],
  ['client-go/listers/generic-helpers.js', 'ResourceIndexer.list', '0e0bf84603c2'],
  ['cluster/etcd.js', 'FakeState.appendRevision', '7d4ede694591'],
  ['cluster/etcd.js', 'FakeState.applyPutAtRevision', '393801d27940'],
  ['cluster/etcd.js', 'FakeState.applyDeleteAtRevision', 'b2a647a852fe'],
  ['cluster/etcd.js', 'FakeState.compact', '4a2d46f3eeba'],
  ['collections.js', 'SortedMap.clearBefore', '28e2651e7d27'],
];

it.each(known)('%s has the %s that its patch was written for', (file, method, hash) => {
  expect(hashOf(file, method)).toBe(hash);
});

function hashOf(file: string, method: string): string | undefined {
  const path = join(import.meta.dirname, '../../../../../node_modules/@ngrok/webernetes/dist', file);
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const [className, name] = method.split('.');
  for (const statement of source.statements) {
    if (!ts.isClassDeclaration(statement) || statement.name?.text !== className) continue;
    const member = statement.members.find((each) => each.name?.getText(source) === name);
    return member && createHash('sha256').update(member.getText(source)).digest('hex').slice(0, 12);
  }
  return undefined;
}

it('lets what waits in the kubelet’s queue wait no longer where the machine’s clock is put back', async () => {
  const clock = new Clock();
  const queue = new BasicWorkQueue(clock);
  queue.enqueue('pod', 20);
  const before = clock.nowMs();
  const put = Date.now.bind(Date);
  const clocks = vi.spyOn(Date, 'now').mockImplementation(() => put() - 3600_000);
  try {
    expect(clock.nowMs()).toBeGreaterThanOrEqual(before);
    expect(await until(() => queue.getWork()[0])).toBe('pod');
  } finally {
    clocks.mockRestore();
  }
});

it('tells the kubelet the pods that changed together at once, and as they are in the end', async () => {
  const told: string[][] = [];
  const store = newUndeltaStore<V1Pod>(
    (pods) => void told.push(pods.map(({ metadata }) => metadata?.name ?? '')),
    metaNamespaceKeyFunc,
  );
  for (let i = 0; i < 200; i++) await store.add({ metadata: { name: `pod-${i}` } });
  for (let i = 0; i < 199; i++) await store.delete({ metadata: { name: `pod-${i}` } });
  while (told.at(-1)?.length !== 1) await turn();
  expect(told.length).toBeLessThan(40);
  expect(told.at(-1)).toEqual(['pod-199']);
});

it('tells the kubelet pods as they are after all were replaced, though one of them alone changes next', async () => {
  const told: (V1Pod['status'] | undefined)[][] = [];
  const store = newUndeltaStore<V1Pod>(
    (pods) => void told.push(pods.map(({ status }) => status)),
    metaNamespaceKeyFunc,
  );
  const pod = (name: string, phase: string): V1Pod => ({ metadata: { name }, status: { phase } });
  await store.add(pod('a', 'Pending'));
  await store.add(pod('b', 'Pending'));
  while (told.at(-1)?.length !== 2) await turn();
  // A push that is due meanwhile still tells what was.
  await Promise.all([store.update(pod('b', 'Failed')), store.replace([pod('a', 'Running'), pod('b', 'Running')], '2')]);
  const before = told.length;
  await store.update(pod('b', 'Succeeded'));
  while (told.length === before) await turn();
  expect(told.at(-1)).toEqual([{ phase: 'Running' }, { phase: 'Succeeded' }]);
});

it('copies the objects of the namespace that is listed, and no others', () => {
  const copied: string[] = [];
  const names = ['a/one', 'a/two', 'ab/one', 'b/one'];
  const objectOf = (key: string): V1Deployment => {
    copied.push(key);
    const [namespace = '', name = ''] = key.split('/');
    return { metadata: { namespace, name, labels: { app: name } } };
  };
  const indexer = {
    list: () => names.map(objectOf),
    listKeys: () => names,
    getByKey: (key: string) => [objectOf(key), true, undefined],
  };
  const everywhere = newResourceIndexer(indexer as unknown as Parameters<typeof newResourceIndexer>[0], 'deployment');
  const within = newNamespacedResourceIndexer(everywhere, 'a');
  const listed = (objects: object[]): string[] =>
    (objects as V1Deployment[]).map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);
  expect(listed(within.list(everything())[0])).toEqual(['a/one', 'a/two']);
  expect(copied).toEqual(['a/one', 'a/two']);
  expect(listed(everywhere.list(everything())[0])).toEqual(names);
});

describe('a work queue that is never empty', () => {
  it('leaves Node time for its timers and its sockets', async () => {
    const queue = new Typed<string>();
    queue.add('one');
    let isOver = false;
    setTimeout(() => (isOver = true), 20);
    let rounds = 0;
    // Without pauses this ends by the count, and the timer has not had its turn.
    while (!isOver && rounds < 1_000_000) {
      const [item] = await queue.get();
      if (item === undefined) throw new Error('the queue is empty');
      queue.add(item);
      queue.done(item);
      rounds++;
    }
    expect(isOver).toBe(true);
  });
});

describe('a timer of more than 24 days', () => {
  it('does not end at once', async () => {
    const clock = new Clock();
    const ended: string[] = [];
    clock.setTimeout(() => ended.push('timeout'), 2 ** 31);
    clock.setInterval(() => ended.push('interval'), 2 ** 31);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await turn();
    clock.clear();
    expect(ended).toEqual([]);
  });
});

describe("a pod's steps", () => {
  it('leave nothing with the kubelet, and are not cancelled while it runs', () => {
    const [kubelet] = withCancel(background());
    const children: unknown = Reflect.get(kubelet, 'children');
    if (!(children instanceof Set)) throw new Error('the context does not hold its children');
    const status = { startedAt: new Date(), finished: true, pendingUpdate: {} };
    const workers: Workers = Object.assign(Object.create(PodWorkersImpl.prototype), {
      podSyncStatuses: new Map([['uid', status]]),
      podUpdates: new Map(),
      clock: new Clock(),
    });
    const steps = Array.from({ length: 5 }, () => {
      status.pendingUpdate = { updateType: 'sync', pod: { metadata: { uid: 'uid' } } };
      return workers.startPodSyncLocked(kubelet, 'uid').ctx;
    });
    expect(children.size).toBe(1);
    expect(steps.map((each) => each.err())).toEqual(steps.map(() => undefined));
    expect(workers.removeTerminatedWorker('uid', status, true)).toBe(true);
    expect(children.size).toBe(0);
  });
});

interface Workers {
  startPodSyncLocked(parent: object, podUid: string): { ctx: { err(): unknown } };
  removeTerminatedWorker(podUid: string, status: object, isOrphaned: boolean): boolean;
}

/** Ready for a minute of the cluster's clock, and then it ends again and again. */
class Flaky extends BaseImage {
  static readonly imageName = 'test/flaky';
  static readonly imageVersion = '1';
  readonly defaultCommand = ['flaky'];
  private static runs = 0;

  override async exec(ctx: ProcessContext): Promise<number> {
    await new Promise<void>((resolve) => ctx.setTimeout(() => resolve(), Flaky.runs++ < COUNT ? 60_000 : 1));
    return 1;
  }
}

const COUNT = 5;

describe('a rollout that was complete, of pods that are not ready any more', () => {
  let cluster: Cluster | undefined;
  afterEach(() => cluster?.close());

  it('is not looked at for ever once its deadline has passed', { timeout: 60_000 }, async () => {
    const one = (cluster = new Cluster({ nodes: 1 }));
    one.registerImage(Flaky);
    one.clock.pause();
    /** In steps that no timer of a controller is shorter than. */
    const pass = async (ms: number, step: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += step) {
        one.clock.step(step);
        await turn();
      }
    };
    const init = one.init();
    await pass(5_000, 100);
    await init;
    for (let i = 0; i < COUNT; i++) {
      await one.api.appsv1.createNamespacedDeployment({ namespace: 'default', body: flaky(`flaky-${i}`) });
    }
    await pass(50_000, 100);
    const complete = await deployments(one);
    expect(complete.map(({ status }) => status?.availableReplicas)).toEqual(Array.from({ length: COUNT }, () => 1));
    await pass(30_000, 100);
    expect((await deployments(one)).map(({ status }) => status?.availableReplicas ?? 0)).toEqual(
      Array.from({ length: COUNT }, () => 0),
    );

    let looks = 0;
    const { syncDeployment } = DeploymentController.prototype;
    DeploymentController.prototype.syncDeployment = function (ctx, key) {
      looks++;
      return syncDeployment.call(this, ctx, key);
    };
    try {
      await pass(20_000, 5);
    } finally {
      DeploymentController.prototype.syncDeployment = syncDeployment;
    }
    // Each that ends and starts again is looked at some times; unbounded they would be looked at 20,000 times.
    expect(looks).toBeLessThan(COUNT * 40);
  });
});

function flaky(name: string): V1Deployment {
  const labels = { app: name };
  return {
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 1,
      progressDeadlineSeconds: 5,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'test/flaky:1' }] } },
    },
  };
}

async function deployments(cluster: Cluster): Promise<V1Deployment[]> {
  return (await cluster.api.appsv1.listNamespacedDeployment({ namespace: 'default' })).items;
}
