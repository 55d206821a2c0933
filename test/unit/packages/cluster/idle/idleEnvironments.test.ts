import { afterEach, beforeEach, expect, it } from 'vitest';
import { Visits } from '../../../../../packages/cluster/src/gateway/visits';
import { IdleEnvironments, type IdleParts } from '../../../../../packages/cluster/src/idle/idleEnvironments';
import { openTestStore, type TestStore } from '../../../../support/objectStore';
import { until } from '../../../../support/until';

let store: TestStore;
let idle: IdleEnvironments | undefined;
let visits: Visits;
/** Namespaces that were to be put to sleep, by their folder's name. */
const asked: string[] = [];
const lines: string[] = [];

beforeEach(async () => {
  store = await openTestStore();
  visits = new Visits();
  asked.length = 0;
  lines.length = 0;
});
afterEach(async () => {
  idle?.close();
  await store.close();
});

async function environment(name: string, after: string | undefined, replicas = 1): Promise<void> {
  const annotations = {
    'coppice.dev/folder': `/w/${name}`,
    ...(after === undefined ? {} : { 'coppice.dev/sleep-after': after }),
  };
  await store.add({ kind: 'Namespace', metadata: { name, annotations } as { name: string } });
  await store.add({
    ...{ kind: 'Deployment', metadata: { name: 'web', namespace: name, generation: 1 } as { name: string } },
    spec: { replicas },
  });
}

function open(change: Partial<IdleParts> = {}): void {
  idle = new IdleEnvironments({
    ...{ objects: store.objects, visits, log: (line: string) => lines.push(line) },
    isWorkedIn: async () => false,
    putToSleep: async (folder) => {
      asked.push(folder.slice(3));
      await scale(folder.slice(3), 0);
      return undefined;
    },
    ...change,
  });
}

const scale = (namespace: string, replicas: number) =>
  store.objects.modify('Deployment', namespace, 'web', (object) => {
    object['spec'] = { replicas };
    object.metadata.generation = (object.metadata.generation ?? 0) + 1;
  });

it('puts to sleep what nobody has used for as long as it says, once, and what came to be so later', async () => {
  await environment('idle', '1');
  await environment('never', '0');
  await environment('unsaid', undefined);
  await environment('wrong', '-1');
  await environment('stopped', '1', 0);
  open();
  await until(() => asked.length > 0);
  await environment('later', '1');
  await until(() => asked.length > 1);
  expect(asked).toEqual(['idle', 'later']);
  expect(lines).toEqual(['idle sleeps: nobody has used it', 'later sleeps: nobody has used it']);
  await scale('idle', 1);
  await until(() => asked.length > 2);
  expect(asked[2]).toBe('idle');
});

it('leaves awake what is visited, worked in or changed, and what nobody can tell of', async () => {
  for (const name of ['visited', 'worked', 'unknown', 'changed', 'refused', 'idle']) await environment(name, '1');
  const end = visits.begin('visited');
  const looked: string[] = [];
  open({
    isWorkedIn: async (folder) => {
      looked.push(folder.slice(3));
      return folder === '/w/worked' ? true : folder === '/w/unknown' ? undefined : false;
    },
    putToSleep: async (folder, unusedMs) => {
      asked.push(folder.slice(3));
      expect(unusedMs).toBeGreaterThanOrEqual(999);
      if (folder === '/w/refused') throw new Error('somebody works at it');
      if (folder === '/w/changed') return 200;
      await scale(folder.slice(3), 0);
      return undefined;
    },
  });
  await until(() => asked.includes('changed') && asked.includes('refused') && asked.includes('idle'));
  expect(asked).not.toContain('visited');
  expect(lines).toContain('refused stays awake: somebody works at it');
  end();
  // Each is looked at again, no sooner than it can be idle.
  await until(() => asked.includes('visited') && asked.filter((name) => name === 'changed').length > 1);
  expect(asked.filter((name) => name === 'worked' || name === 'unknown')).toEqual([]);
  expect(asked.filter((name) => name === 'idle')).toHaveLength(1);
  expect(looked).not.toContain('never');
});

it('asks nobody while it is used again and again, nor once it is gone or being deleted', async () => {
  await environment('busy', '1');
  await environment('gone', '1');
  open();
  await store.objects.remove('Deployment', 'gone', 'web');
  await store.objects.remove('Namespace', undefined, 'gone');
  await environment('idle', '1');
  const until2 = performance.now() + 1600;
  while (performance.now() < until2) {
    visits.begin('busy')();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(asked).toEqual(['idle']);
});

it('counts what is under way, by namespace', () => {
  let now = 5;
  const seen = new Visits({ now: () => now });
  expect([seen.isOpen('a'), seen.last('a')]).toEqual([false, undefined]);
  const ends = [seen.begin('a'), seen.begin('a')];
  now = 9;
  ends[0]?.();
  ends[0]?.();
  expect([seen.isOpen('a'), seen.isOpen('b'), seen.last('a')]).toEqual([true, false, 9]);
  ends[1]?.();
  expect(seen.isOpen('a')).toBe(false);
  seen.forget('a');
  expect(seen.last('a')).toBeUndefined();
});
