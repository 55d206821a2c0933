import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAppError } from '../../../src/core/errors';
import type { Locks } from '../../../src/core/ports/host';

export interface LocksHarness {
  readonly locks: Locks;
  /** All that hold something die without letting go. */
  killHolders(): Promise<void>;
  dispose(): Promise<void>;
}

/** What holds for every Locks: the one in memory, and the one of files. */
export function locksContract(title: string, makeHarness: () => Promise<LocksHarness>): void {
  describe(`Locks: ${title}`, () => {
    let harness: LocksHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(() => harness.dispose());

    it('refuses what is held, naming what the holder does, until it is let go of', async () => {
      const { locks } = harness;
      const held = await locks.acquire('a', 'x is being created');
      await expect(locks.acquire('a', 'x is being deleted')).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('x is being created') as string,
        remedy: { action: { kind: 'retry' } },
      });
      await held.release();
      await (await locks.acquire('a', 'again')).release();
    });

    it('tells each time that it is held from the next, also where one process does the same again', async () => {
      const { locks } = harness;
      const causeOf = (): Promise<unknown> => locks.acquire('a', 'x').catch((error: unknown) => (error as Error).cause);
      const causes: unknown[] = [];
      for (let time = 0; time < 2; time++) {
        const held = await locks.acquire('a', 'x');
        causes.push(await causeOf());
        expect(await causeOf()).toBe(causes.at(-1));
        await held.release();
      }
      expect(causes[0]).toBeDefined();
      expect(causes[1]).not.toBe(causes[0]);
    });

    it('tells any two keys apart', async () => {
      const { locks } = harness;
      const keys = ['', 'a', 'A', 'a ', 'a/b', 'a\\b', '../a', 'ü', 'a\0b', 'x'.repeat(5000), 'con'];
      const held = await Promise.all(keys.map((key) => locks.acquire(key, 'x')));
      for (const key of keys) await expect(locks.acquire(key, 'y')).rejects.toMatchObject({ code: 'conflict' });
      await Promise.all(held.map((lock) => lock.release()));
    });

    it('is had by one of many who ask at once', async () => {
      const { locks } = harness;
      const asked = await Promise.allSettled(Array.from({ length: 20 }, () => locks.acquire('a', 'x')));
      const had = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      expect(had).toHaveLength(1);
      expect(refused.every((error) => isAppError(error, 'conflict'))).toBe(true);
      await had[0]?.release();
    });

    it('takes over from the dead, who let go of nothing any more', async () => {
      const { locks } = harness;
      const dead = await locks.acquire('a', 'x');
      await harness.killHolders();
      const held = await locks.acquire('a', 'y');
      await dead.release();
      await expect(locks.acquire('a', 'z')).rejects.toMatchObject({ message: expect.stringContaining('y') as string });
      await held.release();
    });

    it('tells whether somebody who lives holds it, and takes nothing', async () => {
      const { locks } = harness;
      expect(await locks.isHeld('a')).toBe(false);
      const held = await locks.acquire('a', 'x');
      expect(await locks.isHeld('a')).toBe(true);
      expect(await locks.isHeld('b')).toBe(false);
      await held.release();
      expect(await locks.isHeld('a')).toBe(false);
      await locks.acquire('a', 'y');
      await harness.killHolders();
      expect(await locks.isHeld('a')).toBe(false);
      await (await locks.acquire('a', 'z')).release();
    });

    it('tells what its holder does, as long as that one lives', async () => {
      const { locks } = harness;
      expect(await locks.whatHolds('a')).toBeUndefined();
      const held = await locks.acquire('a', 'x waits, because "memory" is short');
      expect(await locks.whatHolds('a')).toBe('x waits, because "memory" is short');
      await held.release();
      expect(await locks.whatHolds('a')).toBeUndefined();
      await locks.acquire('a', 'y');
      await harness.killHolders();
      expect(await locks.whatHolds('a')).toBeUndefined();
    });

    it('is let go of once, however often that is said', async () => {
      const { locks } = harness;
      const first = await locks.acquire('a', 'x');
      await first.release();
      await locks.acquire('a', 'y');
      await first.release();
      await expect(locks.acquire('a', 'z')).rejects.toMatchObject({ code: 'conflict' });
    });
  });
}
