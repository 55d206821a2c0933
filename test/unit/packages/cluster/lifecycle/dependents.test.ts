import { afterEach, beforeEach, expect, it } from 'vitest';
import { collectDependents } from '../../../../../packages/cluster/src/lifecycle/dependents';
import { openTestStore, type TestStore } from '../../../../support/objectStore';
import { until } from '../../../../support/until';

let store: TestStore;
let stop: () => void;
const errors: unknown[] = [];
beforeEach(async () => {
  errors.length = 0;
  store = await openTestStore();
  stop = collectDependents(store.objects, (error) => errors.push(error));
});
afterEach(async () => {
  stop();
  await store.close();
});

const namespace = 'ns';
const owner = (kind: string, name: string, uid: string) => ({ apiVersion: 'v1', kind, name, uid });
const owned = (name: string, ...owners: readonly object[]) =>
  store.add({ kind: 'Secret', metadata: { name, namespace, ownerReferences: owners } as { name: string } });
const ownersOf = (name: string): string[] | undefined =>
  store.objects.get('Secret', namespace, name)?.metadata.ownerReferences?.map((each) => each.name);

it('what has several owners goes with the last of them, wherever that is', async () => {
  const first = await store.add({ kind: 'ConfigMap', metadata: { name: 'first', namespace } });
  const role = await store.add({ kind: 'ClusterRole', metadata: { name: 'role' } });
  const ofFirst = owner('ConfigMap', 'first', first.metadata.uid ?? '');
  await owned('alone', ofFirst);
  await owned('of-another', ofFirst, owner('Secret', 'gone', 'nobody'));
  await owned('of-the-cluster', ofFirst, owner('ClusterRole', 'role', role.metadata.uid ?? ''));
  await owned('of-what-is-not-known', ofFirst, owner('Widget', 'a', 'one'));
  await store.objects.remove('ConfigMap', namespace, 'first');
  await until(() => store.objects.get('Secret', namespace, 'alone') === undefined, 3000);
  await until(() => store.objects.get('Secret', namespace, 'of-another') === undefined, 3000);
  for (const [name, other] of [
    ['of-the-cluster', 'role'],
    ['of-what-is-not-known', 'a'],
  ] as const) {
    await until(() => ownersOf(name)?.length !== 2, 3000);
    expect(ownersOf(name)).toEqual([other]);
  }
  expect(errors).toEqual([]);
});
