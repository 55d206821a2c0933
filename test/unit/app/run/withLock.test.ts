import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withBriefLock } from '../../../../src/app/run/withLock';
import { AppError } from '../../../../src/core/errors';
import type { Locks } from '../../../../src/core/ports/host';

describe('a lock that is held for moments', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** @param holderAt who has it so many seconds later; undefined: nobody */
  const waited = async (
    holderAt: (seconds: number) => number | undefined,
    timeAt: (seconds: number) => number = () => 0,
  ): Promise<unknown> => {
    const start = Date.now();
    const locks: Pick<Locks, 'acquire'> = {
      acquire: async () => {
        const seconds = (Date.now() - start) / 1000;
        const pid = holderAt(seconds);
        if (pid !== undefined)
          throw new AppError('conflict', `Another process of Coppice (${pid}) is at work here.`, {
            cause: `held ${timeAt(seconds)}`,
          });
        return { release: async () => undefined };
      },
    };
    const { signal } = new AbortController();
    const result = withBriefLock(locks as Locks, 'key', 'names are being chosen', signal, async () => 'done').catch(
      (error: unknown) => error,
    );
    await vi.advanceTimersByTimeAsync(120_000);
    return result;
  };

  it('is waited for as long as it goes from one to the next', async () => {
    expect(await waited((seconds) => (seconds < 60 ? 100 + Math.floor(seconds / 4) : undefined))).toBe('done');
  });

  it('is waited for as long as one process has it again and again, as a window that makes many environments', async () => {
    const done = await waited(
      (seconds) => (seconds < 60 ? 100 : undefined),
      (seconds) => Math.floor(seconds / 4),
    );
    expect(done).toBe('done');
  });

  it('is not waited for behind one that keeps it', async () => {
    expect(await waited(() => 100)).toMatchObject({ code: 'conflict' });
  });

  it.each([-3_600_000, 86_400_000])('is waited for as long where the clock is put by %i ms meanwhile', async (ms) => {
    let tries = 0;
    const began = performance.now();
    const locks: Pick<Locks, 'acquire'> = {
      acquire: async () => {
        if (++tries === 10) vi.setSystemTime(Date.now() + ms);
        throw new AppError('conflict', 'Another process of Coppice (100) is at work here.', { cause: 'held' });
      },
    };
    const ended = withBriefLock(locks as Locks, 'key', 'x', new AbortController().signal, async () => 'done').catch(
      () => performance.now() - began,
    );
    await vi.advanceTimersByTimeAsync(120_000);
    const waitedMs = await ended;
    expect(waitedMs).toBeGreaterThanOrEqual(20_000);
    expect(waitedMs).toBeLessThan(21_000);
  });
});
