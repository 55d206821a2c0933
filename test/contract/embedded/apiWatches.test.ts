import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { compactEtcd } from '../../../packages/cluster/src/engine/etcdKeys';
import { startTestApi, type TestApi } from '../../support/apiServer';
import { connect, type KubeConnection, type KubeWatch } from '../../support/kubeConnection';
import { until } from '../../support/until';

describe('watches of the embedded cluster', () => {
  let api: TestApi;
  let connection: KubeConnection;
  const open: KubeWatch[] = [];
  /** The listeners of the server itself. */
  let before: number;
  const path = '/api/v1/namespaces/default/configmaps';

  const watch = async (query: string): Promise<KubeWatch> => {
    const opened = await connection.watch(`${path}?watch=true${query}`);
    open.push(opened);
    return opened;
  };
  const create = (name: string): Promise<unknown> => connection.call('POST', path, { body: { metadata: { name } } });

  beforeAll(async () => {
    api = await startTestApi();
    connection = await connect(api.kubeconfig);
    before = api.objects.listenerCount;
  });

  afterEach(async () => {
    for (const one of open.splice(0)) one.close();
    await until(() => api.objects.listenerCount === before);
  });

  afterAll(async () => {
    connection.close();
    await api.close();
  });

  it('leaves no listener behind when 200 clients come and go', async () => {
    const watches = await Promise.all(Array.from({ length: 200 }, () => watch('')));
    expect(api.objects.listenerCount).toBe(before + 200);
    for (const one of watches) one.close();
    await until(() => api.objects.listenerCount === before);
  });

  it('leaves no listener behind when their time is over', async () => {
    const short = await watch(`&timeoutSeconds=1&resourceVersion=${api.objects.resourceVersion}`);
    expect(await short.next()).toBeUndefined();
    await until(() => api.objects.listenerCount === before);
  });

  it('ends a watch with a bookmark, and begins a streamed list with its objects and one', async () => {
    await create('bookmarked');
    const list = '&allowWatchBookmarks=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dbookmarked';
    const events = await watch(`${list}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`);
    expect(await events.next()).toMatchObject({ type: 'ADDED' });
    expect(await events.next()).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    expect(await events.next()).toEqual({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: api.objects.resourceVersion } },
    });
    expect(await events.next()).toBeUndefined();
  });

  it('goes on from a version without a gap, however often one object is written', async () => {
    const { resourceVersion } = api.objects;
    await create('busy');
    for (let count = 0; count < 20; count++) {
      const body = { data: { count: String(count) } };
      await connection.call('PATCH', `${path}/busy`, { body, type: 'application/merge-patch+json' });
    }
    const events = await watch(`&resourceVersion=${resourceVersion}`);
    expect(await events.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'busy' } } });
    for (let count = 0; count < 20; count++) {
      expect(await events.next()).toMatchObject({ type: 'MODIFIED', object: { data: { count: String(count) } } });
    }
  });

  it('cuts off a client that does not read', async () => {
    await create('flood');
    const stuck = await connection.unread(`${path}?watch=true&resourceVersion=${api.objects.resourceVersion}`);
    stuck.once('error', () => undefined);
    expect(api.objects.listenerCount).toBe(before + 1);
    let count = 0;
    await until(async () => {
      count += 1;
      const body = { data: { flood: `${count}${'x'.repeat(500_000)}` } };
      await connection.call('PATCH', `${path}/flood`, { body, type: 'application/merge-patch+json' });
      return api.objects.listenerCount === before;
    }, 25_000);
    stuck.destroy();
    await connection.call('DELETE', `${path}/flood`);
  });

  it('lets go of a log that nobody follows any more', async () => {
    const pods = '/api/v1/namespaces/default/pods';
    const body = { metadata: { name: 'followed' }, spec: { containers: [{ name: 'main', image: 'test/sleep:1.0' }] } };
    await connection.call('POST', pods, { body });
    const response = await connection.unread(`${pods}/followed/log?follow=true`);
    response.once('error', () => undefined);
    await until(() => api.followers() === 1);
    response.destroy();
    await until(() => api.followers() === 0);
    await connection.call('DELETE', `${pods}/followed?gracePeriodSeconds=0`);
  });

  it('keeps nothing of objects that are long gone', async () => {
    const { etcd } = api.cluster;
    const name = 'short-lived';
    for (let count = 0; count < 50; count++) {
      await api.objects.create({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `${name}-${count}`, namespace: 'default' },
      });
      await api.objects.remove('ConfigMap', 'default', `${name}-${count}`);
    }
    const { header } = await etcd.getAll().prefix('/registry/').limit(1).exec();
    expect(await compactEtcd(etcd, Number(header.revision))).toBeGreaterThanOrEqual(50);
    expect(await compactEtcd(etcd, Number(header.revision))).toBe(0);
    await create('after-compaction');
    expect((await connection.call('GET', `${path}/after-compaction`)).status).toBe(200);
  });

  it('keeps little of many writes', async () => {
    const { etcd } = api.cluster;
    const data = { text: 'x'.repeat(2_000) };
    for (let count = 0; count < 600; count++) {
      const metadata = { name: `replaced-${count}`, namespace: 'default' };
      await api.objects.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
      await api.objects.modify('ConfigMap', 'default', metadata.name, (object) => (object['immutable'] = true));
      await api.objects.remove('ConfigMap', 'default', metadata.name);
    }
    const slabs = new Set<ArrayBufferLike>();
    const state: { history: { items: unknown }; histories: { items: unknown } } = Reflect.get(etcd, 'stateRef');
    collectSlabs([state.history.items, state.histories.items], slabs);
    const bytes = [...slabs].reduce((sum, slab) => sum + slab.byteLength, 0);
    // The last few hundred writes, each once: kept in four copies, in slabs that Node shares out, they were 14 MB.
    expect(bytes).toBeLessThan(1_500_000);
  });

  it('refuses versions from before a restart with 410', async () => {
    const { resourceVersion } = api.objects;
    await create('survivor');
    const uid = api.objects.get('ConfigMap', 'default', 'survivor')?.metadata.uid;
    await api.objects.restore(api.objects.snapshot());
    expect(Number(api.objects.resourceVersion)).toBeGreaterThan(Number(resourceVersion) + 1000);
    expect(api.objects.get('ConfigMap', 'default', 'survivor')?.metadata.uid).toBe(uid);
    const events = await watch(`&resourceVersion=${resourceVersion}`);
    expect(await events.next()).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 },
    });
    expect(await events.next()).toBeUndefined();
    const list = await connection.call('GET', `${path}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`);
    expect([list.status, list.json.reason]).toEqual([410, 'Expired']);
    const later = await connection.call('GET', `${path}?resourceVersion=99999999`);
    expect([later.status, later.json.reason]).toEqual([504, 'Timeout']);
  });
});

/** The memory that is kept as long as the value is. */
function collectSlabs(value: unknown, into: Set<ArrayBufferLike>): void {
  if (Buffer.isBuffer(value)) into.add(value.buffer);
  else if (typeof value === 'object' && value !== null)
    for (const field of Object.values(value)) collectSlabs(field, into);
}
