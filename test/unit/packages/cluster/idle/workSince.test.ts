import { expect, it } from 'vitest';
import { WorkSince } from '../../../../../packages/cluster/src/idle/workSince';

const hour = 3_600_000;

it('is told of all the time between two looks, and of no other', async () => {
  let now = 0;
  let seconds = 10;
  let startedAt = 1;
  const work = new WorkSince(
    async () => [
      { podUid: 'a', container: 'c', pid: 5, startedAt, cpuSeconds: seconds, memoryBytes: 1 },
      { podUid: 'b', container: 'c', pid: 6, startedAt: 1, cpuSeconds: now, memoryBytes: 1 },
    ],
    () => now,
  );
  const look = (forMs = hour) => work.hasWorked('ns', new Set(['a']), forMs);
  expect(await look()).toBeUndefined();
  now += hour;
  seconds += 20;
  expect(await look()).toBe(false);
  now += hour;
  // Three minutes of a core in an hour, whatever it does now.
  seconds += 180;
  expect(await look()).toBe(true);
  now += 3 * hour;
  expect(await look()).toBeUndefined();
  now += hour;
  // Another process by the same number.
  [startedAt, seconds] = [2, 200];
  expect(await look()).toBe(true);
});
