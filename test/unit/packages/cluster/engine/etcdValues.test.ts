import { Cluster } from '@ngrok/webernetes';
import { afterEach, describe, expect, it } from 'vitest';
import { compactEtcd } from '../../../../../packages/cluster/src/engine/etcdKeys';
import { keepValuesOnce } from '../../../../../packages/cluster/src/engine/etcdValues';

interface Slot {
  items: [unknown, unknown][];
}

describe("webernetes' etcd", () => {
  let cluster: Cluster | undefined;
  afterEach(() => cluster?.close());

  const open = (): Cluster['etcd'] => {
    cluster = new Cluster({ nodes: 1 });
    expect(keepValuesOnce(cluster.etcd)).toBe(true);
    return cluster.etcd;
  };
  const state = (etcd: Cluster['etcd']): { history: Slot; histories: Slot } => Reflect.get(etcd, 'stateRef');

  it('keeps a value once, and in memory that nothing else keeps', async () => {
    const etcd = open();
    for (const text of ['one', 'two', 'three']) await etcd.put('/registry/a').value(text);
    await etcd.delete().key('/registry/a');
    const buffers = new Set<Buffer>();
    collect([state(etcd).history.items, state(etcd).histories.items], buffers);
    const kept = [...buffers].map(String).sort();
    // The keys are of four writes.
    expect(kept).toEqual([...Array.from({ length: 4 }, () => '/registry/a'), 'one', 'three', 'two']);
    for (const buffer of buffers) expect(buffer.buffer.byteLength).toBe(buffer.length);
  });

  it('tells what was before, and what is', async () => {
    const etcd = open();
    const told: unknown[] = [];
    const watcher = await etcd.watch().prefix('/registry/').withPreviousKV().create();
    watcher.on('put', (pair, before) => told.push([String(pair.value), before && String(before.value)]));
    watcher.on('delete', (pair, before) => told.push(['gone', String(pair.key), before && String(before.value)]));
    await etcd.put('/registry/a').value('one');
    await etcd.put('/registry/a').value('two');
    expect(await etcd.get('/registry/a').string()).toBe('two');
    await etcd.delete().key('/registry/a');
    await etcd.put('/registry/a').value('three');
    await watcher.cancel();
    expect(told.map((each) => JSON.stringify(each))).toEqual([
      '["one",null]',
      '["two","one"]',
      '["gone","/registry/a","two"]',
      '["three",null]',
    ]);
  });

  it('forgets every event up to the revision that it is told', async () => {
    const etcd = open();
    for (let i = 0; i < 20; i++) await etcd.put('/registry/a').value(String(i));
    const { header } = await etcd.getAll().prefix('/registry/').limit(1).exec();
    const revision = Number(header.revision) - 5;
    await compactEtcd(etcd, revision);
    expect(state(etcd).history.items.map(([of]) => of)).toEqual([1, 2, 3, 4, 5].map((i) => revision + i));
  });
});

function collect(value: unknown, into: Set<Buffer>): void {
  if (Buffer.isBuffer(value)) into.add(value);
  else if (typeof value === 'object' && value !== null) for (const field of Object.values(value)) collect(field, into);
}
