import { describe, expect, it } from 'vitest';
import { forkDatabase } from '../../../../../src/app/environment/database/forkDatabase';
import { listDatabases } from '../../../../../src/app/environment/database/listDatabases';
import { protectDatabase } from '../../../../../src/app/environment/database/protectDatabase';
import { resetDatabase, restoreSnapshot } from '../../../../../src/app/environment/database/replaceDatabase';
import { takeSnapshot } from '../../../../../src/app/environment/database/snapshots';
import { lookAtDelete } from '../../../../../src/app/environment/delete/lookAtDelete';
import { deleteOrphan } from '../../../../../src/app/environment/delete/deleteOrphan';
import { environmentLock } from '../../../../../src/app/run/withLock';
import { run, Sleeper } from '../../../../support/sleeper';

const refused = {
  code: 'conflict',
  message: 'The database wt_x is protected: "coppice database unprotect" takes that away.',
};

async function begin() {
  const sleeper = await Sleeper.create();
  const { world, at } = sleeper;
  const { worktree: other } = await world.createBranch('y');
  world.cluster.changes.length = 0;
  return {
    ...{ sleeper, world, at, other },
    protect: (isProtected = true, of: { path: string } | { database: string } = { path: at.path }) =>
      protectDatabase(world.createPorts())({ folder: '/code/repo', of, isProtected }, run),
  };
}

describe('a protected database', () => {
  it('keeps its environment from being deleted, whatever is accepted, before anything of it goes', async () => {
    const { world, at, protect } = await begin();
    await protect();
    const before = await world.state();
    const accepted = ['database', 'changes', 'untracked', 'unpushed', 'ignored'] as never[];
    await expect(world.delete({ path: at.path, accepted })).rejects.toMatchObject(refused);
    await expect(world.delete({ path: at.path, accepted, environmentOnly: true })).rejects.toMatchObject(refused);
    const look = await lookAtDelete(world.createPorts())({ folder: '/code/repo' }, run);
    const { refusal, losses } = await look({ path: at.path }, run.signal);
    expect([refusal?.message, losses]).toEqual([refused.message, []]);
    expect(await world.state()).toEqual(before);
    await protect(false);
    expect(await world.delete({ path: at.path, accepted: ['database'] as never[] })).toMatchObject({
      environment: 'deleted',
    });
  });

  it('is neither reset, restored nor made a fork, and no service sleeps for that', async () => {
    const { world, at, protect, sleeper, other } = await begin();
    await takeSnapshot(world.createPorts())({ ...at, name: 'one' }, run);
    await protect();
    const ports = world.createPorts();
    await expect(resetDatabase(ports)(at, run)).rejects.toMatchObject(refused);
    await expect(restoreSnapshot(ports)({ ...at, name: 'one' }, run)).rejects.toMatchObject(refused);
    await expect(forkDatabase(ports)({ ...at, from: other.path }, run)).rejects.toMatchObject(refused);
    expect(sleeper.changes()).toEqual([]);
    // Of others it can be the source.
    await forkDatabase(ports)({ folder: at.folder, path: other.path, from: at.path }, run);
    await protect(false);
    expect(await resetDatabase(ports)(at, run)).toMatchObject({ template: 'fibonacci_template' });
  });

  it('is said so by its worktree or by its name, and by nobody who works at it', async () => {
    const { world, protect, at, other } = await begin();
    const list = async () =>
      (await listDatabases(world.createPorts())({ folder: '/code/repo' }, run)).map(({ name, of, isProtected }) => [
        ...[name, of, isProtected],
      ]);
    expect(await list()).toEqual([
      ['fibonacci_template', undefined, false],
      ['wt_x', 'x', false],
      ['wt_y', 'y', false],
    ]);
    expect(await protect(true, { database: 'wt_y' })).toEqual({ database: 'wt_y' });
    expect(await list()).toContainEqual(['wt_y', 'y', true]);
    await expect(world.delete({ path: other.path, accepted: [] })).rejects.toMatchObject({ code: 'conflict' });
    for (const database of ['fibonacci_template', 'postgres', "wt_y'; --"])
      await expect(protect(true, { database })).rejects.toMatchObject({
        code: 'notFound',
        message: expect.stringContaining('There are: wt_x, wt_y.') as string,
      });
    await expect(protect(true, { path: '/code/repo' })).rejects.toMatchObject({ code: 'notFound' });
    const worktree = await world.worktree('x');
    const identity = worktree && (await world.identities.read(worktree));
    if (!identity) throw new Error('no identity');
    const lock = await world.locks.acquire(environmentLock(identity.owner), 'it is updated');
    await expect(protect(true, { path: at.path })).rejects.toMatchObject({ code: 'conflict' });
    await lock.release();
  });

  it('of an environment that no worktree claims is let go by its name', async () => {
    const { world, protect, at } = await begin();
    await protect();
    const worktree = await world.worktree('x');
    if (!worktree) throw new Error('no worktree');
    const identity = await world.identities.read(worktree);
    await world.identities.remove(worktree);
    const orphan = {
      folder: '/code/repo',
      namespace: identity?.names.namespace ?? '',
      accepted: ['database'] as never[],
    };
    await expect(deleteOrphan(world.createPorts())(orphan, run)).rejects.toMatchObject(refused);
    await protect(false, { database: 'wt_x' });
    await deleteOrphan(world.createPorts())(orphan, run);
    expect(world.databases.held.has('wt_x')).toBe(false);
    expect(at.path).toContain('x');
  });
});
