import { afterEach, beforeEach, expect, it } from 'vitest';
import { leastMemory } from '../../../../../packages/cluster/src/metrics/leastMemory';
import { openTestStore, type TestStore } from '../../../../support/objectStore';

let store: TestStore;
beforeEach(async () => void (store = await openTestStore()));
afterEach(() => store.close());

async function environment(name: string, repository: string | undefined, ...pods: string[]): Promise<void> {
  const labels = repository === undefined ? {} : { 'coppice.dev/repository': repository };
  await store.add({ kind: 'Namespace', metadata: { name, labels } as { name: string } });
  for (const uid of pods)
    await store.add({ kind: 'Pod', metadata: { name: uid, namespace: name, uid } as { name: string }, spec: {} });
}

it('is what the smallest environment of the repository uses that runs, all its containers together', async () => {
  await environment('asleep', 'mine');
  await environment('large', 'mine', 'large-1', 'large-2');
  await environment('small', 'mine', 'small-1', 'pending');
  await environment('theirs', 'theirs', 'theirs-1');
  await environment('none', undefined, 'none-1');
  const use = [
    { podUid: 'large-1', memoryBytes: 40 },
    { podUid: 'large-2', memoryBytes: 40 },
    { podUid: 'small-1', memoryBytes: 30 },
    { podUid: 'small-1', memoryBytes: 20 },
    { podUid: 'theirs-1', memoryBytes: 1 },
    { podUid: 'none-1', memoryBytes: 1 },
  ];
  const least = (namespace: string) => leastMemory(store.objects, { read: async () => use }, namespace);
  expect(await least('asleep')).toBe(50);
  // What it uses itself says nothing of what it needs besides.
  expect(await least('small')).toBe(80);
  expect([await least('theirs'), await least('none'), await least('gone')]).toEqual([undefined, undefined, undefined]);
});
