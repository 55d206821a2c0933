import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NewsPace } from '../../../../src/app/snapshot/newsPace';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('reads news at once where somebody looks, else the first of them, and then seldom', () => {
  let isSeen = true;
  let reads = 0;
  const pace = new NewsPace(
    () => isSeen,
    () => reads++,
  );
  for (let index = 0; index < 3; index++) pace.hear();
  expect(reads).toBe(3);
  isSeen = false;
  pace.hear();
  vi.advanceTimersByTime(1);
  expect(reads).toBe(4);
  for (let index = 0; index < 100; index++) {
    pace.hear();
    vi.advanceTimersByTime(100);
  }
  expect(reads).toBe(6);
  pace.hear();
  pace.dispose();
  vi.advanceTimersByTime(60_000);
  expect(reads).toBe(6);
});

it('waits no longer where the clock was put back', () => {
  let reads = 0;
  const pace = new NewsPace(
    () => false,
    () => reads++,
  );
  pace.hear();
  vi.advanceTimersByTime(1);
  vi.setSystemTime(Date.now() - 3_600_000);
  pace.hear();
  vi.advanceTimersByTime(5_000);
  expect(reads).toBe(2);
  pace.dispose();
});
