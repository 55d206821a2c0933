import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Sleepers } from '../../../../../packages/cluster/src/gateway/sleepers';
import { isLook, isOfItsOwnAccord, readsPages } from '../../../../../packages/cluster/src/gateway/whoAsks';
import { recordAt } from '../../../../../packages/cluster/src/schema/kubeObject';
import { openTestStore, type TestStore } from '../../../../support/objectStore';
import { until } from '../../../../support/until';

let store: TestStore;
let sleepers: Sleepers;
const lines: string[] = [];
const namespace = 'ns';
const signal = new AbortController().signal;

beforeEach(async () => {
  store = await openTestStore();
  lines.length = 0;
});
afterEach(async () => {
  sleepers.close();
  await store.close();
});

const open = (limits = { hold: 60_000, order: 60_000 }): void => {
  sleepers = new Sleepers(store.objects, (line) => lines.push(line), limits);
};

async function service(name: string, asleep: string | undefined, more: { dependsOn?: string; spec?: object } = {}) {
  const labels = { app: name };
  const annotations = {
    ...(asleep === undefined ? {} : { 'coppice.dev/asleep': asleep }),
    ...(more.dependsOn === undefined ? {} : { 'coppice.dev/depends-on': more.dependsOn }),
  };
  await store.add({
    ...{ kind: 'Service', metadata: { name, namespace } },
    spec: { selector: labels, ports: [{ port: 80 }] },
  });
  await store.add({
    kind: 'Deployment',
    metadata: { name, namespace, annotations, generation: 4 } as { name: string },
    spec: {
      replicas: asleep === undefined ? 1 : 0,
      ...{ selector: { matchLabels: labels }, template: { metadata: { labels } } },
      ...more.spec,
    },
  });
}

const readyPod = (name: string) =>
  store.add({
    ...{ kind: 'Pod', metadata: { name: `${name}-1`, namespace, labels: { app: name } } as { name: string }, spec: {} },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });

const replicasOf = (name: string) => recordAt(store.objects.get('Deployment', namespace, name), 'spec')?.['replicas'];

describe('what waited when the last cluster ended', () => {
  const waits = (name: string) =>
    store.objects.get('Namespace', undefined, name)?.metadata.annotations?.['coppice.dev/waits'];
  const space = (name: string, annotations: Readonly<Record<string, string>> = {}) =>
    store.add({ kind: 'Namespace', metadata: { name, annotations } as { name: string } });

  it('is taken up, and what does not sleep any more waits for nothing', async () => {
    await space(namespace, { 'coppice.dev/waits': 'x', other: 'y' });
    await space('awake', { 'coppice.dev/waits': 'x' });
    await service('web', '2');
    open();
    await until(() => replicasOf('web') === 2);
    await until(() => waits(namespace) === undefined && waits('awake') === undefined);
    expect(store.objects.get('Namespace', undefined, namespace)?.metadata.annotations).toEqual({ other: 'y' });
  });

  it('is not started where somebody takes that away, as a sleep does, until the next request', async () => {
    const limits = { 'coppice.dev/start-limits': '1 0 600' };
    await space(namespace, { 'coppice.dev/waits': 'x', ...limits });
    await service('web', '2');
    let isTight = true;
    const noRoom = async () => (isTight ? ({ kind: 'memory', reason: 'memory is short' } as const) : undefined);
    sleepers = new Sleepers(store.objects, (line) => lines.push(line), undefined, { noRoom });
    expect(lines).toEqual([expect.stringContaining('gateway: ns sleeps until this machine has room for it')]);
    const annotate = (annotations: Readonly<Record<string, string>>) =>
      store.objects.modify(
        'Namespace',
        undefined,
        namespace,
        ({ metadata }) => void (metadata.annotations = annotations),
      );
    await until(() => waits(namespace) === 'waits to start, because memory is short');
    // What else is changed of it takes nothing away.
    await annotate({ 'coppice.dev/waits': 'waits to start, because memory is short', other: 'y', ...limits });
    expect(sleepers.isComing({ namespace, service: 'web' })).toBe(true);
    const waiting = sleepers.arrival({ namespace, service: 'web', isThere: () => false, limit: 60_000, signal });
    await annotate(limits);
    await waiting;
    expect([sleepers.isComing({ namespace, service: 'web' }), sleepers.waits(namespace)]).toEqual([false, undefined]);
    isTight = false;
    sleepers.wake(namespace);
    await until(() => replicasOf('web') === 2);
  });

  it('waits for those that come back awake until they are ready', async () => {
    await space(namespace, { 'coppice.dev/waits': 'x', 'coppice.dev/start-limits': '1 0 600' });
    await space('back');
    await service('web', '2');
    const rooms: number[] = [];
    const noRoom = async (_: string, __: unknown, others: number) => void rooms.push(others);
    sleepers = new Sleepers(store.objects, () => undefined, undefined, { noRoom, returning: ['back'] });
    await until(() => sleepers.waits(namespace) !== undefined);
    expect([replicasOf('web'), sleepers.isComing({ namespace, service: 'web' })]).toEqual([0, true]);
    await store.add({
      ...{ kind: 'Pod', metadata: { name: 'p', namespace: 'back' }, spec: {} },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
    await until(() => replicasOf('web') === 2);
    expect(rooms).toEqual([0]);
    await until(() => waits(namespace) === undefined);
  });
});

describe('waking', () => {
  it('is one change: as many pods as there were, and no mark any more', async () => {
    await service('web', '3');
    open();
    expect([sleepers.concerns(namespace), sleepers.concerns('other')]).toEqual([true, false]);
    sleepers.wake(namespace);
    sleepers.wake(namespace);
    await until(() => replicasOf('web') === 3);
    const { metadata } = store.objects.get('Deployment', namespace, 'web') ?? {};
    expect(metadata).toMatchObject({ annotations: {}, generation: 5 });
    expect(lines).toEqual(['gateway: a request wakes ns']);
    expect(sleepers.isComing({ namespace, service: 'web' })).toBe(true);
    await readyPod('web');
    expect(sleepers.isComing({ namespace, service: 'web' })).toBe(false);
    expect(sleepers.concerns(namespace)).toBe(false);
  });

  it.each([
    ['no number', 'yes', {}],
    ['pods in spite of it', '2', { replicas: 1 }],
    ['nothing kept', '', {}],
  ])('is nothing to a deployment with %s', async (_, asleep, spec) => {
    await service('web', asleep, { spec });
    open();
    expect(sleepers.concerns(namespace)).toBe(false);
    sleepers.wake(namespace);
    expect(lines).toEqual([]);
  });

  it('keeps the order in which services need each other', async () => {
    await service('web', '1', { dependsOn: 'api=started' });
    await service('api', '1', { dependsOn: 'db=healthy,migrate=completed' });
    await service('db', '1');
    open();
    sleepers.wake(namespace);
    await until(() => replicasOf('db') === 1);
    expect([replicasOf('api'), replicasOf('web')]).toEqual([0, 0]);
    await readyPod('db');
    await until(() => replicasOf('api') === 1 && replicasOf('web') === 1);
  });

  it('does without what does not come in time', async () => {
    await service('api', '1', { dependsOn: 'db=healthy' });
    await service('db', '1');
    open({ hold: 60_000, order: 20 });
    sleepers.wake(namespace);
    await until(() => replicasOf('api') === 1);
  });

  it('ends where somebody puts it to sleep again, until the next request', async () => {
    await service('api', '1', { dependsOn: 'db=healthy' });
    await service('db', '1');
    open({ hold: 60_000, order: 60_000 });
    sleepers.wake(namespace);
    await until(() => replicasOf('db') === 1);
    const waiting = sleepers.arrival({ namespace, service: 'api', isThere: () => false, limit: 60_000, signal });
    await store.objects.modify('Deployment', namespace, 'db', (object) => {
      object.metadata.annotations = { 'coppice.dev/asleep': '1' };
      object['spec'] = { ...recordAt(object, 'spec'), replicas: 0 };
    });
    // Whoever waited for it is told so, and any other news starts nothing.
    await waiting;
    await readyPod('other');
    await store.objects.modify('Deployment', namespace, 'api', (object) => {
      object['status'] = { observedGeneration: 4 };
    });
    expect([replicasOf('db'), replicasOf('api')]).toEqual([0, 0]);
    sleepers.wake(namespace);
    await until(() => replicasOf('db') === 1);
  });

  it('leaves alone what is being deleted', async () => {
    await service('web', '1');
    await store.add({ kind: 'Namespace', metadata: { name: namespace, deletionTimestamp: 'now' } as { name: string } });
    open();
    sleepers.wake(namespace);
    expect(lines).toEqual([]);
    expect(replicasOf('web')).toBe(0);
  });
});

describe('a request waits', () => {
  const arrival = (isThere: () => boolean, limit = 60_000, by = signal) =>
    sleepers.arrival({ namespace, service: 'web', isThere, limit, signal: by });

  it('until there is a pod, and for none that sleeps on', async () => {
    await service('web', '1');
    open();
    await arrival(() => false);
    sleepers.wake(namespace);
    let isThere = false;
    const arrived = vi.fn();
    const waiting = arrival(() => isThere).then(arrived);
    await until(() => replicasOf('web') === 1);
    expect(arrived).not.toHaveBeenCalled();
    isThere = true;
    await readyPod('web');
    await waiting;
  });

  it('until its time is up, its client has left, or the service is gone', async () => {
    await service('web', '1');
    open();
    sleepers.wake(namespace);
    await arrival(() => false, 5);
    const left = new AbortController();
    const waiting = arrival(() => false, 60_000, left.signal);
    left.abort();
    await waiting;
    const last = arrival(() => false);
    await until(() => replicasOf('web') === 1);
    await store.objects.remove('Deployment', namespace, 'web');
    await last;
    expect(sleepers.concerns(namespace)).toBe(false);
  });
});

it.each([
  [{ method: 'GET', headers: { accept: 'text/html' } }, true, false],
  [{ method: 'POST', headers: { accept: 'text/html' } }, false, false],
  [{ method: 'GET', headers: { accept: '*/*' } }, false, false],
  [{ method: 'GET', headers: {} }, false, false],
  [{ method: 'GET', headers: { accept: 'text/event-stream' } }, false, true],
  [{ method: 'GET', headers: { accept: 'text/x-vite-ping' } }, false, true],
  [{ method: 'GET', headers: { upgrade: 'websocket' } }, false, true],
])('%j: shows pages %s, sent by itself %s', (request, shows, byItself) => {
  const asked = request as Parameters<typeof readsPages>[0];
  expect([readsPages(asked), isOfItsOwnAccord(asked)]).toEqual([shows, byItself]);
  expect(isLook(asked)).toBe(false);
});
