import { expect, it } from 'vitest';
import { restoreWithin } from '../../../../../packages/cluster/src/gateway/restoreWithin';
import type { KubeObject } from '../../../../../packages/cluster/src/schema/kubeObject';

const MB = 2 ** 20;
const limits = '512 0 600';

function environment(name: string, text: string | undefined, spec: object = { replicas: 2 }): KubeObject[] {
  const annotations = { kept: 'yes', ...(text === undefined ? {} : { 'coppice.dev/start-limits': text }) };
  const inside = { namespace: name, generation: 4 };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...inside, name: 'web', annotations: { own: '1' } },
      spec,
    },
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { ...inside, name: 'web-1' }, spec: { replicas: 2, x: 1 } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { ...inside, name: 's' } },
  ] as KubeObject[];
}

const used: Readonly<Record<string, number>> = { old: 1, middle: 2, recent: 3 };
const restore = (objects: KubeObject[], free: number | undefined) =>
  restoreWithin({ revision: 7, objects }, (name) => used[name] ?? 0, free);
const all = [...environment('old', limits), ...environment('recent', limits), ...environment('middle', limits)];

it.each([
  ['all fit', 3 * 512 * MB, ['recent', 'middle', 'old']],
  ['two fit', 3 * 512 * MB - 1, ['recent', 'middle']],
  ['one fits', 512 * MB, ['recent']],
  ['none fits', 512 * MB - 1, []],
  ['the system does not tell', undefined, ['recent', 'middle', 'old']],
])('brings back at once what was used last, where %s', (_, free, awake) => {
  const returning = restore(all, free);
  expect(returning.awake).toEqual(awake);
  expect(returning.snapshot.objects.map(({ kind, metadata }) => [kind, metadata.name])).toEqual(
    all.map(({ kind, metadata }) => [kind, metadata.name]),
  );
  const asleep = returning.snapshot.objects.filter(
    ({ metadata }) => metadata.annotations?.['coppice.dev/asleep'] !== undefined,
  );
  expect(asleep.map(({ metadata }) => metadata.namespace)).toEqual(
    ['old', 'recent', 'middle'].filter((name) => !awake.includes(name)),
  );
});

it('lets the others sleep as a sleep does, and marks them as waiting; nothing else of them changes', () => {
  const objects = environment('old', limits);
  const before = structuredClone(objects);
  const [namespace, deployment, replicaSet, secret] = restore(objects, 0).snapshot.objects;
  expect(objects).toEqual(before);
  expect(namespace?.metadata.annotations).toMatchObject({
    kept: 'yes',
    'coppice.dev/waits': 'waits to start, because the cluster has just started',
  });
  expect(deployment).toMatchObject({
    metadata: { generation: 5, annotations: { own: '1', 'coppice.dev/asleep': '2' } },
    spec: { replicas: 0 },
  });
  expect(replicaSet).toMatchObject({ spec: { replicas: 0, x: 1 } });
  expect(secret).toBe(objects[3]);
});

it('holds nothing back that says no limits, sleeps already, is stopped, or is held', () => {
  for (const objects of [
    environment('free', undefined),
    environment('free', '0 2 600'),
    environment('stopped', limits, { replicas: 0 }),
    environment('held', limits, { replicas: 1, paused: true }),
  ])
    expect(restore(objects, 0).snapshot.objects).toBe(objects);
  // What waits for nothing takes room all the same.
  const both = [...environment('free', undefined), ...environment('old', limits)];
  expect(restore(both, 2 * 512 * MB).awake).toEqual(['free', 'old']);
  expect(restore(both, 2 * 512 * MB - 1).awake).toEqual(['free']);
});
