import { describe, expect, it } from 'vitest';
import { forkDatabase } from '../../../../../src/app/environment/database/forkDatabase';
import { restoreSnapshot } from '../../../../../src/app/environment/database/replaceDatabase';
import { environmentLock } from '../../../../../src/app/run/withLock';
import { AppError } from '../../../../../src/core/errors';
import { crashAt, Crash } from '../../../../support/faults';
import type { CallHook } from '../../../../support/faultyPort';
import { run, Sleeper } from '../../../../support/sleeper';

/** An environment `x` whose database is to become a copy of that of `y`. */
async function begin() {
  const sleeper = await Sleeper.create();
  const { world, at } = sleeper;
  const { worktree, identity } = await world.createBranch('y');
  world.cluster.changes.length = 0;
  const rows = (name: string): number =>
    world.databases.written.get(`wt_${name}`)?.reduce((sum, each) => sum + each.rows, 0) ?? 0;
  const write = (name: string, count: number) =>
    void world.databases.written.set(`wt_${name}`, [{ table: 'notes', rows: count }]);
  write('x', 1);
  write('y', 7);
  return {
    ...{ sleeper, world, at, rows, write, identity, from: worktree.path },
    fork: (from = worktree.path, hook?: CallHook) => forkDatabase(world.createPorts(hook))({ ...at, from }, run),
    restore: () => restoreSnapshot(world.createPorts())({ ...at, name: 'before-fork' }, run),
  };
}

describe("a fork of another environment's database", () => {
  it('is what that has now; what it replaces is kept, and only the services of its own sleep meanwhile', async () => {
    const { fork, rows, restore, sleeper } = await begin();
    expect(await fork()).toMatchObject({
      source: 'wt_y',
      value: { kept: { name: 'before-fork', before: 'fork' } },
      woken: { slept: true, ready: true },
    });
    expect([rows('x'), rows('y')]).toEqual([7, 7]);
    const changes = sleeper.changes();
    expect(changes.filter((each) => each.startsWith('sleep '))).toHaveLength(3);
    expect(changes.every((each) => each.includes('worktree-x/'))).toBe(true);
    expect(await sleeper.health()).toBe('healthy');
    await restore();
    expect(rows('x')).toBe(1);
  });

  it('is refused before anything sleeps: of itself, of none, of what is another’s by now', async () => {
    const { fork, at, sleeper, world } = await begin();
    await expect(fork(at.path)).rejects.toMatchObject({ code: 'conflict' });
    await expect(fork('/code/repo')).rejects.toMatchObject({ code: 'notFound' });
    world.databases.held.set('wt_y', { kind: 'foreign' });
    await expect(fork()).rejects.toMatchObject({
      code: 'notFound',
      message: expect.stringContaining('wt_y') as string,
    });
    expect(sleeper.changes()).toEqual([]);
  });

  it('waits for nobody who works at either of them, and leaves services as they were', async () => {
    const { fork, identity, world, rows, sleeper } = await begin();
    const lock = await world.locks.acquire(environmentLock(identity.owner), 'it is updated');
    await expect(fork()).rejects.toMatchObject({ code: 'conflict' });
    // Its services were not put to sleep for nothing.
    expect(sleeper.changes()).toEqual([]);
    await lock.release();
    expect(rows('x')).toBe(1);
    expect(await sleeper.health()).toBe('healthy');
    world.databases.forkDatabase = () => Promise.reject(new AppError('failed', 'The disk is full.'));
    await expect(fork()).rejects.toMatchObject({ message: 'The disk is full.' });
    expect(await sleeper.health()).toBe('healthy');
    expect(await world.locks.isHeld(environmentLock(identity.owner))).toBe(false);
  });

  it('holds the other no longer than it copies, however long its services take to wake', async () => {
    const { fork, identity, world } = await begin();
    const held: Record<string, boolean> = {};
    const [copy, wake] = [world.databases.forkDatabase, world.workloads.wake];
    const look = async (when: string) => void (held[when] = await world.locks.isHeld(environmentLock(identity.owner)));
    world.databases.forkDatabase = async (...of) => {
      await look('copy');
      return copy.apply(world.databases, of);
    };
    world.workloads.wake = async (...of) => {
      await look('wake');
      return wake.apply(world.workloads, of);
    };
    await fork();
    expect(held).toEqual({ copy: true, wake: false });
  });

  it('cut off at any call, it is done by doing it again, and loses neither', async () => {
    let crashes = 0;
    for (let call = 0; ; call++) {
      const { fork, rows, restore, sleeper, world, from } = await begin();
      const crash = crashAt(call, 'after');
      try {
        await fork(from, crash);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        crashes++;
      }
      if (!crash.crashed) break;
      world.locks.abandonAll();
      await fork();
      expect([rows('x'), rows('y')]).toEqual([7, 7]);
      await restore();
      expect(rows('x')).toBe(1);
      await sleeper.wake();
      expect(await sleeper.health()).toBe('healthy');
    }
    expect(crashes).toBeGreaterThan(5);
  });
});
