import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { lookWhenAsked, type Looking } from '../../../../../packages/cluster/src/engine/lookWhenAsked';
import { until } from '../../../../support/until';

/** A kubelet whose pods are seen by a look at them alone if they are in `withProcesses`, else by a look at all. */
function aKubelet(withProcesses: readonly string[], known: readonly string[] = []) {
  const looks: string[] = [];
  const waiting = new Map<string, () => void>();
  const see = (id: string): void => {
    waiting.get(id)?.();
    waiting.delete(id);
  };
  const kubelet = {
    pleg: {
      update: () => undefined,
      requestRelist: (_id: string): void => undefined,
      relist: async () => {
        looks.push('all');
        await turn();
        for (const id of [...waiting.keys()]) see(id);
      },
      relistPod: async (id: string) => {
        looks.push(id);
        await turn();
        if (withProcesses.includes(id)) see(id);
      },
    },
    podCache: {
      getNewerThan: (_ctx: unknown, id: string) =>
        known.includes(id) ? Promise.resolve() : new Promise<void>((resolve) => void waiting.set(id, resolve)),
    },
  };
  lookWhenAsked(kubelet as unknown as Looking);
  const ask = (id: string): Promise<unknown> => kubelet.podCache.getNewerThan({}, id);
  return { ask, looks, request: (id: string): void => kubelet.pleg.requestRelist(id) };
}

it('looks at the pod that is asked for, and at no other', async () => {
  const { ask, looks } = aKubelet(['a', 'b']);
  await Promise.all([ask('a'), ask('b')]);
  await turn();
  await turn();
  expect(looks).toEqual(['a', 'b']);
});

it('looks at all where a pod has no processes, once for all who wait', async () => {
  const { ask, looks } = aKubelet([]);
  await Promise.all([ask('a'), ask('b'), ask('c')]);
  expect(looks.slice(0, 3)).toEqual(['a', 'b', 'c']);
  // Who asks while a look is under way needs another one.
  await until(() => looks.filter((each) => each === 'all').length > 0);
  expect(looks.filter((each) => each === 'all').length).toBeLessThanOrEqual(2);
});

it('looks at nothing where what was seen before is new enough', async () => {
  const { ask, looks } = aKubelet([], ['a']);
  await ask('a');
  await turn();
  await turn();
  expect(looks).toEqual([]);
});

it('looks at each pod that has changed, however many do at once, and again where one changes meanwhile', async () => {
  const { request, looks } = aKubelet([]);
  const pods = Array.from({ length: 500 }, (_, index) => `pod-${index}`);
  for (const each of [...pods, ...pods]) request(each);
  await until(() => looks.includes('pod-300'));
  request('pod-1');
  await until(() => looks.length === pods.length + 1 || looks.filter((each) => each === 'pod-1').length === 2);
  await turn();
  await turn();
  expect(new Set(looks)).toEqual(new Set(pods));
  // The first was being looked at already when it was asked for again.
  expect(looks.length).toBeLessThanOrEqual(pods.length + 2);
});
