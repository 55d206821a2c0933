import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RequestCounts } from '../../../../../packages/cluster/src/gateway/requestCounts';
import { History } from '../../../../../packages/cluster/src/history/history';
import { HistoryFiles } from '../../../../../packages/cluster/src/history/historyFiles';
import type { ContainerUse } from '../../../../../packages/cluster/src/metrics/podUsage';
import type { KubeObject } from '../../../../../packages/cluster/src/schema/kubeObject';
import type { ObjectEvent } from '../../../../../packages/cluster/src/store/eventLog';

const start = Date.parse('2026-01-01T12:30:00Z');
let folder: string;
let world: ReturnType<typeof makeWorld>;
const messages: string[] = [];

/** Objects, counters and clocks that a test changes. */
function makeWorld() {
  const kinds = new Map<string, KubeObject[]>();
  const listeners = new Set<(event: ObjectEvent) => void>();
  const counts = new RequestCounts();
  let uses: ContainerUse[] | Error = [];
  let ms = 0;
  const tell = (type: ObjectEvent['type'], object: KubeObject): void => {
    for (const listener of listeners) listener({ type, kind: object.kind, revision: 1, object });
  };
  return {
    ...{ counts, tell },
    put(...objects: KubeObject[]): void {
      for (const object of objects) {
        const rest = (kinds.get(object.kind) ?? []).filter(({ metadata }) => metadata.name !== object.metadata.name);
        kinds.set(object.kind, [...rest, object]);
        tell('ADDED', object);
      }
    },
    drop(kind: string, name: string): void {
      const object = kinds.get(kind)?.find(({ metadata }) => metadata.name === name);
      kinds.set(
        kind,
        (kinds.get(kind) ?? []).filter((one) => one !== object),
      );
      if (object) tell('DELETED', object);
    },
    use: (next: ContainerUse[] | Error): void => void (uses = next),
    /** Milliseconds. */
    pass: (by: number): void => void (ms += by),
    open: () =>
      new History({
        objects: {
          list: (kind) => ({ items: kinds.get(kind) ?? [], resourceVersion: '1' }),
          get: (kind, _, name) => kinds.get(kind)?.find(({ metadata }) => metadata.name === name),
          subscribe: (listener) => {
            listeners.add(listener);
            return () => listeners.delete(listener);
          },
        },
        requests: () => counts.all(),
        usage: { read: async () => (uses instanceof Error ? Promise.reject(uses) : uses) },
        files: new HistoryFiles(folder, (line) => messages.push(line)),
        log: (line) => messages.push(line),
        clock: () => ms,
        now: () => start + ms,
      }),
  };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-history-'));
  messages.length = 0;
  world = makeWorld();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const namespace = (name: string, uid: string): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Namespace' },
  metadata: { name, uid, creationTimestamp: new Date(start - 1000).toISOString() },
});
const pod = (service: string, restartCount = 0, phase = 'Running'): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Pod' },
  metadata: {
    namespace: 'shop',
    name: `${service}-1`,
    uid: `pod-${service}`,
    labels: { 'coppice.dev/service': service },
  },
  status: { phase, containerStatuses: [{ name: 'main', restartCount }] },
});
const release = (revision: string): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Secret', type: 'helm.sh/release.v1' },
  metadata: { namespace: 'shop', name: `sh.helm.release.v1.shop.v${revision}`, labels: { version: revision } },
});
const use = (service: string, cpuSeconds: number, memoryBytes: number): ContainerUse => ({
  ...{ podUid: `pod-${service}`, container: 'main', pid: 7, startedAt: start, cpuSeconds, memoryBytes },
});
const shop = namespace('shop', '11111111-aaaa');
const ask = (status: number, seconds = 0.02): void =>
  world.counts.add({ namespace: 'shop', service: 'web' }, 'GET', status, seconds);
const read = (history: History, step = 0) =>
  history.read('shop', { from: start - 3_600_000, to: start + 3_600_000, step });

it('tells for each interval what was asked, how it went, how long it took, and what was used', async () => {
  world.put(shop, pod('web'));
  const history = world.open();
  world.use([use('web', 1, 4096)]);
  ask(200);
  world.pass(15_000);
  await history.take();
  ask(404);
  ask(499);
  ask(500, 20);
  world.use([use('web', 4, 8192)]);
  world.pass(15_000);
  await history.take();
  const answer = await read(history);
  const durations = (...[fast, slow]: number[]) => [0, 0, fast, ...(slow ? [0, 0, 0, 0, 0, 0, 0, 0, slow] : [])];
  expect(answer?.samples).toEqual([
    {
      ...{ at: start + 15_000, seconds: 15 },
      services: [
        {
          ...{ name: 'web', cpuCores: 0.0667, memoryBytes: 4096, restarts: 0 },
          requests: { byClass: [0, 1, 0, 0, 0], durations: durations(1) },
        },
      ],
    },
    {
      ...{ at: start + 30_000, seconds: 15 },
      services: [
        {
          ...{ name: 'web', cpuCores: 0.2, memoryBytes: 8192, restarts: 0 },
          requests: { byClass: [0, 0, 0, 2, 1], durations: durations(2, 1) },
        },
      ],
    },
  ]);
  expect(answer?.bounds).toHaveLength(11);
  const [whole] = (await read(history, 7_200_000))?.samples ?? [];
  expect(whole).toMatchObject({ at: start + 30_000, seconds: 30 });
  expect(whole?.services[0]?.cpuCores).toBeCloseTo(4 / 30, 3);
  expect(whole?.services[0]).toMatchObject({ memoryBytes: 8192, requests: { byClass: [0, 1, 0, 2, 1] } });
  await history.close();
});

it('of an environment that sleeps nothing is written, so that there is a gap', async () => {
  world.put(shop, pod('web'));
  const history = world.open();
  world.pass(15_000);
  await history.take();
  world.drop('Pod', 'web-1');
  // A migration that has ended does not run.
  world.put(pod('migrate', 0, 'Succeeded'));
  for (let each = 0; each < 10; each++) {
    world.pass(15_000);
    await history.take();
  }
  world.put(pod('web'));
  ask(200);
  world.pass(15_000);
  await history.take();
  const samples = (await read(history))?.samples ?? [];
  expect(samples.map(({ at, seconds }) => [at - start, seconds])).toEqual([
    [15_000, 15],
    [180_000, 15],
  ]);
  await history.close();
});

it('whoever asks hears of what was till just now, and of the end of the cluster its next one', async () => {
  world.put(shop, pod('web'));
  const history = world.open();
  ask(500);
  world.pass(3_000);
  const byClass = async (of: History) =>
    (await read(of))?.samples.map(({ services }) => services[0]?.requests?.byClass);
  expect(await byClass(history)).toEqual([[0, 0, 0, 0, 1]]);
  ask(200);
  world.pass(1_000);
  expect(await byClass(history)).toHaveLength(1);
  await history.close();
  const next = world.open();
  expect(await byClass(next)).toEqual([
    [0, 0, 0, 0, 1],
    [0, 1, 0, 0, 0],
  ]);
  await next.close();
});

it('marks updates, restarts and the beginning, and takes no restart of an earlier time for news', async () => {
  world.put(shop, pod('web', 4));
  const history = world.open();
  world.put(release('1'), release('not a number'));
  world.pass(15_000);
  await history.take();
  world.put(pod('web', 6), pod('late', 1));
  world.pass(15_000);
  await history.take();
  // Pods that others took the place of begin with none.
  world.put(pod('web', 0));
  world.pass(15_000);
  await history.take();
  expect((await read(history))?.marks).toEqual([
    { at: start - 1000, kind: 'created' },
    { at: start, kind: 'update', revision: 1 },
    { at: start + 30_000, kind: 'restart', service: 'web', count: 2 },
    { at: start + 30_000, kind: 'restart', service: 'late', count: 1 },
  ]);
  await history.close();
});

it('tells of all environments at once, and of those that were there nothing at all', async () => {
  world.put(shop, pod('web'), namespace('empty', '22222222-bbbb'), namespace('gone', '33333333-cccc'));
  const history = world.open();
  ask(200);
  world.pass(15_000);
  await history.take();
  world.drop('Namespace', 'gone');
  const range = { from: start - 3_600_000, to: start + 3_600_000, step: 60_000 };
  const { bounds, environments } = await history.readAll(range);
  const one = await history.read('shop', range);
  expect(environments).toEqual({ shop: one?.samples });
  expect(bounds).toEqual(one?.bounds);
  expect(environments['shop']?.[0]?.services[0]?.requests?.byClass[1]).toBe(1);
  expect((await history.readAll({ ...range, to: start })).environments).toEqual({});
  await history.close();
});

it('goes with its namespace; one of the same name begins with nothing', async () => {
  world.put(shop, pod('web'));
  const history = world.open();
  world.pass(15_000);
  await history.take();
  world.drop('Pod', 'web-1');
  world.drop('Namespace', 'shop');
  expect(await read(history)).toBeUndefined();
  world.put(namespace('shop', '22222222-bbbb'));
  expect((await read(history))?.samples).toEqual([]);
  await history.close();
  expect(await readdir(folder)).toEqual([]);
});

it('keeps what is known where the system does not tell what processes use, and counters that began anew', async () => {
  world.put(shop, pod('web'));
  const history = world.open();
  world.use(new Error('no ps'));
  ask(200);
  ask(200);
  world.pass(15_000);
  await history.take();
  world.counts.forget('shop', 'web');
  ask(200);
  world.pass(15_000);
  await history.take();
  const services = (await read(history))?.samples.flatMap((sample) => sample.services) ?? [];
  expect(services.map(({ requests }) => requests?.byClass[1])).toEqual([2, 1]);
  for (const service of services) expect(service).not.toHaveProperty('cpuCores');
  expect(messages).toEqual(['the history of environments: Error: no ps']);
  await history.close();
});

it('of very many services it writes less often, evenly, and still all that happened', async () => {
  world.put(shop, ...Array.from({ length: 60 }, (_, index) => pod(`service-number-${index}`)), pod('web'));
  const history = world.open();
  for (let each = 0; each < 60; each++) {
    ask(200);
    world.pass(15_000);
    await history.take();
  }
  const samples = (await read(history))?.samples ?? [];
  expect(samples.length).toBeGreaterThan(10);
  expect(samples.length).toBeLessThan(40);
  const asked = samples.map(({ services }) => services.find(({ name }) => name === 'web')?.requests?.byClass[1] ?? 0);
  // The first interval is the first one; the last one ends when somebody asks.
  expect(new Set(asked.slice(1, -1)).size).toBe(1);
  for (const [index, { seconds }] of samples.entries()) expect(asked[index]).toBe(seconds / 15);
  await history.close();
});

it('looks for no hours that have not come, however late the end of what is asked for', async () => {
  world.put(shop, pod('web'));
  const history = world.open();
  const asked = vi.spyOn(HistoryFiles.prototype, 'read');
  await history.read('shop', { from: start - 3_600_000, to: 8.64e15, step: 0 });
  expect(asked.mock.calls.map(([, , to]) => to - start)).toEqual([3_600_000]);
  asked.mockRestore();
  await history.close();
});
