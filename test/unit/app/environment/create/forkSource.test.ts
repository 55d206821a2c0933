import { describe, expect, it } from 'vitest';
import { environmentLock } from '../../../../../src/app/run/withLock';
import type { CreateRequest } from '../../../../../src/app/environment/requests';
import { crashAt, recorder } from '../../../../support/faults';
import { EnvironmentWorld, type How } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';

/** A repository with an environment `first`, to whose database something was written. */
async function begin() {
  const world = new EnvironmentWorld();
  const { worktree, identity } = await world.createBranch('first');
  world.databases.written.set('wt_first', [{ table: 'notes', rows: 7 }]);
  const databaseFrom = worktree.path;
  return {
    ...{ world, databaseFrom, identity },
    fork: (change: Partial<CreateRequest> = {}, how?: How) =>
      world.create({ target: { kind: 'branch', branch: 'second' }, databaseFrom, ...change }, how),
    rows: () => world.databases.written.get('wt_second')?.map((each) => each.rows),
  };
}

describe('an environment whose database is made from another’s', () => {
  it('has what the other has now', async () => {
    const { fork, rows, world } = await begin();
    const details: string[] = [];
    const report = ({ step, detail }: { step: string; detail?: string | undefined }) => {
      if (step === 'database' && detail !== undefined) details.push(detail);
    };
    expect(await fork({}, { report })).toMatchObject({ database: 'wt_second', ready: true });
    expect(rows()).toEqual([7]);
    expect(details.at(-1)).toBe('wt_second, a copy of what wt_first has now');
    // The other environment's is its own.
    world.databases.written.set('wt_first', []);
    expect(rows()).toEqual([7]);
  });

  it('is refused before anything is made', async () => {
    const { fork, world, identity, databaseFrom } = await begin();
    await world.createBranch('third');
    const before = await world.state();
    for (const [change, code] of [
      [{ databaseFrom: '/nowhere' }, 'notFound'],
      [{ databaseFrom: '/code/repo' }, 'notFound'],
      [{ found: 'adopt' }, 'invalidInput'],
      [{ target: { kind: 'worktree', path: databaseFrom } }, 'conflict'],
    ] as const)
      await expect(fork(change)).rejects.toMatchObject({ code });
    const third = await world.worktree('third');
    const existing = { target: { kind: 'worktree', path: third?.path ?? '' } } as const;
    await expect(fork(existing)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('coppice database fork first') as string,
    });
    world.commit(environmentFileText(['a']));
    await expect(fork()).rejects.toMatchObject({
      code: 'invalidInput',
      message: expect.stringContaining('first') as string,
    });
    expect(await world.state()).toEqual(before);
    expect(identity.names.slug).toBe('first');
  });

  it('is taken back where somebody works at the other, or that is another’s by now', async () => {
    const { fork, world, identity } = await begin();
    const before = await world.state();
    const lock = await world.locks.acquire(environmentLock(identity.owner), 'it is migrated');
    await expect(fork()).rejects.toMatchObject({ code: 'conflict' });
    await lock.release();
    expect(await world.state()).toEqual(before);
    const held = world.databases.held.get('wt_first');
    if (!held) throw new Error('no database');
    world.databases.held.set('wt_first', { kind: 'foreign' });
    await expect(fork()).rejects.toMatchObject({ code: 'conflict' });
    world.databases.held.set('wt_first', held);
    expect(await world.state()).toEqual(before);
  });

  it('is none of what an earlier try that was cut off has made otherwise', async () => {
    const { fork, rows, world } = await begin();
    const { calls, ...hook } = recorder();
    await (await begin()).world.createBranch('second', { hook });
    const clone = calls.findIndex((call) => call.startsWith('databases.clone'));
    const cutOff = crashAt(clone, 'after');
    await expect(world.createBranch('second', { hook: cutOff })).rejects.toThrow();
    expect([cutOff.crashed, world.databases.held.has('wt_second')]).toEqual([true, true]);
    world.locks.abandonAll();
    const before = await world.state();
    await expect(fork()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('coppice database fork first') as string,
    });
    expect(await world.state()).toEqual(before);
    // What it says can be done.
    await world.createBranch('second');
    expect(rows()).toBeUndefined();
  });

  it('cut off at any call, the same request finishes it', async () => {
    let crashes = 0;
    for (let call = 0; ; call += 5) {
      const { fork, rows, world } = await begin();
      const crash = crashAt(call, 'after');
      try {
        await fork({}, { hook: crash });
      } catch (error) {
        if (!crash.crashed) throw error;
        crashes++;
      }
      if (!crash.crashed) break;
      world.locks.abandonAll();
      await fork().catch((error: unknown) => {
        // All of it had been done.
        expect(error).toMatchObject({ code: 'conflict' });
      });
      expect(rows()).toEqual([7]);
      expect(world.databases.written.get('wt_first')).toEqual([{ table: 'notes', rows: 7 }]);
    }
    expect(crashes).toBeGreaterThan(5);
  });
});
