import { expect, it } from 'vitest';
import { machineRoom, type RoomParts } from '../../../../../packages/cluster/src/gateway/machineRoom';

const MB = 2 ** 20;

interface Machine {
  readonly free?: number;
  readonly total?: number;
  readonly need?: number | undefined;
  readonly load?: number;
  readonly limit?: number;
  readonly mostLoad?: number;
  readonly starting?: number;
}

async function why(machine: Machine): Promise<{ reason: string | undefined; isAsked: boolean }> {
  const { free, total = 8000, need, load = 0, limit = 500, mostLoad = 0, starting = 0 } = machine;
  let isAsked = false;
  const parts: RoomParts = {
    memory: async () => (free === undefined ? undefined : { free: free * MB, total: total * MB }),
    load: () => load,
    needOf: async () => {
      isAsked = true;
      return need === undefined ? undefined : need * MB;
    },
  };
  const limits = { freeMemory: limit * MB, load: mostLoad, waitMs: 0 };
  return { reason: (await machineRoom(parts, 'ns', limits, starting))?.reason, isAsked };
}

it.each<[string, Machine, string | undefined, boolean]>([
  ['there is as much as is to stay free', { free: 500 }, undefined, true],
  [
    'there is less',
    { free: 499 },
    '499 MiB of memory are free, while 500 MiB are to stay free (start.freeMemory)',
    false,
  ],
  [
    'there would be less with what it needs',
    { free: 700, need: 201 },
    '700 MiB of memory are free, while 500 MiB are to stay free (start.freeMemory) and what is started may need 201 MiB',
    true,
  ],
  ['there is enough with that, too', { free: 701, need: 201 }, undefined, true],
  [
    'others take theirs still',
    { free: 1100, need: 201, starting: 2 },
    '1100 MiB of memory are free, while 500 MiB are to stay free (start.freeMemory) and what is started may need 201 MiB',
    true,
  ],
  [
    'others take theirs still, of whom nobody knows how much',
    { free: 999, starting: 1 },
    '999 MiB of memory are free, while 500 MiB are to stay free (start.freeMemory)',
    true,
  ],
  ['there is so much that nobody asks', { free: 7400, starting: 3 }, undefined, false],
  ['the system does not tell', {}, undefined, false],
  ['nothing is to stay free', { free: 1, limit: 0 }, undefined, false],
  [
    'the load is high',
    { free: 4000, load: 2.26, mostLoad: 2 },
    'the load is 2.3 a processor, above 2 (start.load)',
    true,
  ],
  ['the load may be high', { free: 4000, load: 9 }, undefined, true],
])('where %s', async (_, machine, reason, isAsked) => {
  expect(await why(machine)).toEqual({ reason, isAsked });
});

it('has room by what is known where nobody can tell what is needed', async () => {
  const needOf = (): Promise<never> => Promise.reject(new Error('no /proc'));
  const memory = async () => ({ free: 600 * MB, total: 8000 * MB });
  expect(await machineRoom({ needOf, memory }, 'ns', { freeMemory: 500 * MB, load: 0, waitMs: 0 }, 0)).toBeUndefined();
});
