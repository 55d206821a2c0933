import { expect, it } from 'vitest';
import { isBusy } from '../../../../../packages/cluster/src/idle/isBusy';
import type { PodMetrics } from '../../../../../packages/cluster/src/http/usageSource';

const pod = (namespace: string, ...cores: number[]): PodMetrics => ({
  ...{ namespace, name: `p${cores.join()}`, labels: {}, at: 1, windowMs: 1000 },
  containers: cores.map((cpuCores) => ({ name: 'c', cpuCores, memoryBytes: 1 })),
});
const usage = { pods: async () => [pod('a', 0.1), pod('a', 0.1, 0.1), pod('b', 0.2), pod('c', 9)] };

it.each([
  ['a', true],
  ['b', false],
  ['none', false],
])('of all pods of %s: %s', async (namespace, busy) => expect(await isBusy(usage, namespace)).toBe(busy));

it('is not said where it is not known', async () => {
  const error = new Error('no such file');
  await expect(isBusy({ pods: () => Promise.reject(error) }, 'a')).rejects.toThrow(error);
});
