import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PacedPush } from '../../../../../packages/cluster/src/engine/pacedPush';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'performance'] }));
afterEach(() => vi.useRealTimers());

/** A push that takes so long, and says when it began. */
function pushesOf(costMs: number): { paced: PacedPush; at: number[] } {
  const at: number[] = [];
  const push = async (): Promise<void> => {
    at.push(performance.now());
    await new Promise((resolve) => setTimeout(resolve, costMs));
  };
  return { paced: new PacedPush(push), at };
}

it('tells the first news in the next turn of the loop', async () => {
  const { paced, at } = pushesOf(1);
  paced.soon();
  await vi.advanceTimersByTimeAsync(1);
  expect(at).toHaveLength(1);
});

it('tells what comes in one turn together', async () => {
  const { paced, at } = pushesOf(1);
  for (let i = 0; i < 200; i++) paced.soon();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(at).toHaveLength(1);
});

it('takes no more than a small part of the time while news keeps coming, and tells the last', async () => {
  const { paced, at } = pushesOf(20);
  for (let i = 0; i < 1_000; i++) {
    paced.soon();
    await vi.advanceTimersByTimeAsync(2);
  }
  // A twenty-fifth of two seconds is four of them, and a quiet time was before.
  expect(at.length).toBeGreaterThan(3);
  expect(at.length).toBeLessThanOrEqual(6);
  const last = performance.now();
  paced.soon();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(at.at(-1)).toBeGreaterThanOrEqual(last);
});

it('makes nobody wait who has news of a few things after a quiet time, each after the other', async () => {
  const { paced, at } = pushesOf(1);
  const start = async (): Promise<number> => {
    const begin = performance.now();
    for (let i = 0; i < 10; i++) {
      paced.soon();
      await vi.advanceTimersByTimeAsync(2);
    }
    return at.filter((time) => time >= begin).length;
  };
  expect(await start()).toBe(10);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await start()).toBe(10);
});

it('waits a second at the longest, however long a push took', async () => {
  const { paced, at } = pushesOf(60_000);
  paced.soon();
  await vi.advanceTimersByTimeAsync(60_001);
  paced.soon();
  await vi.advanceTimersByTimeAsync(1_001);
  expect(at).toHaveLength(2);
});

it('goes on after a push that failed', async () => {
  let pushes = 0;
  const paced = new PacedPush(() => {
    pushes++;
    return Promise.reject(new Error('closed'));
  });
  paced.soon();
  await vi.advanceTimersByTimeAsync(10);
  paced.soon();
  await vi.advanceTimersByTimeAsync(10);
  expect(pushes).toBe(2);
});
