import { describe, expect, it } from 'vitest';
import { listDeleted } from '../../../../../src/app/environment/undo/listDeleted';
import { sweepTrash } from '../../../../../src/app/environment/undo/sweepTrash';
import { undoDelete } from '../../../../../src/app/environment/undo/undoDelete';
import { AppError } from '../../../../../src/core/errors';
import type { EnvironmentWorld } from '../../../../support/environmentWorld';
import { crashAt, recorder, type When } from '../../../../support/faults';
import type { CallHook } from '../../../../support/faultyPort';
import { path, worldWithX } from '../delete/deletes';

const { signal } = new AbortController();
const run = { signal, report: () => undefined };
const folder = '/code/repo';

const undo = async (world: EnvironmentWorld, hook?: CallHook) => {
  const [last] = await listDeleted(world.createPorts(), folder, signal);
  return undoDelete(world.createPorts(hook))({ folder, id: last?.id ?? 'none' }, run);
};

describe('undoDelete', () => {
  it('brings back worktree, branch and record, and the next create the environment under its names', async () => {
    const { world, worktree, identity } = await worldWithX();
    world.worktrees.writeFile(worktree, 'draft');
    const { undo: id } = await world.delete({ path, accepted: ['untracked'] });
    expect(id).toBeDefined();
    expect(await undo(world)).toMatchObject({ worktree: { path, branch: 'x' }, identity: { owner: identity.owner } });
    const back = await world.worktree('x');
    expect(back && (await world.identities.read(back))).toEqual(identity);
    expect(world.worktrees.folders.get(path)?.files).toContain('draft');
    expect(await world.cluster.listNamespaces()).toEqual([]);
    expect(world.locks.held).toEqual([]);
    const again = await world.create({ target: { kind: 'worktree', path } });
    expect(again).toMatchObject({ ready: true, database: 'wt_x', identity: { names: identity.names } });
    expect(await world.delete({ path, accepted: ['untracked'] })).toMatchObject({ branch: 'deleted' });
  });

  it('brings back the database with the next create, whatever becomes of that', async () => {
    const { world, identity } = await worldWithX();
    world.databases.written.set('wt_x', [{ table: 'notes', rows: 2 }]);
    await world.delete({ path, accepted: ['database'] });
    expect([world.databases.held.has('wt_x'), world.databases.kept.size]).toEqual([false, 1]);
    expect(await undo(world)).toMatchObject({ isDatabaseKept: true });
    const target = { kind: 'worktree', path } as const;
    world.releases.before = (method) => {
      if (method === 'install') throw new AppError('failed', 'The chart is broken.');
    };
    await expect(world.create({ target })).rejects.toThrow('The chart is broken.');
    expect(world.databases.held.get('wt_x')).toMatchObject({ owner: identity.owner });
    world.releases.before = () => undefined;
    expect(await world.create({ target })).toMatchObject({ ready: true, database: 'wt_x' });
    expect(world.databases.kept.size).toBe(0);
    // Who deletes the environment alone, or keeps nothing, wants a new one.
    await world.delete({ path, environmentOnly: true });
    world.settings = { ...world.settings, 'trash.hours': 0 };
    await world.create({ target });
    await world.delete({ path });
    expect([world.databases.held.has('wt_x'), world.databases.kept.size]).toEqual([false, 0]);
  });

  it('tells nothing of a database that cannot be asked, and does its own work', async () => {
    const { world } = await worldWithX();
    await world.delete({ path });
    world.databases.failure = new AppError('unreachable', 'PostgreSQL does not answer.');
    expect(await undo(world)).toMatchObject({ worktree: { path }, isDatabaseKept: undefined });
  });

  it('brings back the last of several of one branch, and any by its id', async () => {
    const { world } = await worldWithX();
    const { undo: first = '' } = await world.delete({ path });
    await world.createBranch('x');
    await world.delete({ path });
    await undo(world);
    await expect(undoDelete(world.createPorts())({ folder, id: first }, run)).rejects.toMatchObject({
      code: 'conflict',
    });
    await world.delete({ path });
    expect(await undoDelete(world.createPorts())({ folder, id: first }, run)).toMatchObject({ worktree: { path } });
  });

  it('refuses what is not in the trash, and does nothing while the branch has a create under way', async () => {
    const { world } = await worldWithX();
    await expect(undo(world)).rejects.toMatchObject({ code: 'notFound' });
    await world.delete({ path });
    const { id } = world.worktrees.repositoryInfo;
    const lock = await world.locks.acquire(`name ${id} refs/heads/x`, 'an environment for x is being created');
    await expect(undo(world)).rejects.toMatchObject({ code: 'conflict' });
    expect(await world.worktree('x')).toBeUndefined();
    await lock.release();
    await undo(world);
  });

  it('brings back files whose record cannot be read', async () => {
    const { world } = await worldWithX();
    const { undo: id = '' } = await world.delete({ path });
    const [deleted] = await world.worktrees.deleted();
    if (deleted) world.identities.damage({ ...deleted, isMain: false, locked: undefined, prunable: undefined });
    expect(await undoDelete(world.createPorts())({ folder, id }, run)).toMatchObject({
      worktree: { path },
      identity: undefined,
    });
  });

  it.each<When>(['before', 'after'])('cut off by a crash %s any call, is finished by the next', async (when) => {
    const { world: whole } = await worldWithX();
    const before = await whole.state();
    await whole.delete({ path });
    const hook = recorder();
    await undo(whole, hook);
    expect(hook.calls).toContain('worktrees.bringBack');
    for (const [number, call] of hook.calls.entries()) {
      const { world } = await worldWithX();
      await world.delete({ path });
      const crash = crashAt(number, when);
      await undo(world, crash).catch(() => undefined);
      expect(crash.crashed).toBe(true);
      world.locks.abandonAll();
      if (!(await world.worktree('x'))) await undo(world);
      const now = (await world.state()) as Record<string, unknown>;
      const { worktrees, branches } = before as Record<string, unknown>;
      expect(now, call).toMatchObject({ worktrees, branches });
      expect(now['begun'], call).toEqual([]);
    }
  });
});

describe('sweepTrash', () => {
  it('leaves it to the next while something is brought back, and asks for as long as the setting says', async () => {
    const { world } = await worldWithX();
    const swept: number[] = [];
    world.worktrees.sweep = async (_repository?: unknown, keepMs?: number) => void swept.push(keepMs ?? 0);
    const { id } = world.worktrees.repositoryInfo;
    const lock = await world.locks.acquire(`trash ${id}`, 'x is being brought back');
    await sweepTrash(world.createPorts())({ folder }, run);
    expect(swept).toEqual([]);
    await lock.release();
    await sweepTrash(world.createPorts())({ folder }, run);
    expect(swept).toEqual([24 * 3600_000]);
    expect(world.locks.held).toEqual([]);
  });

  it('takes templates of used services that nobody has begun with for a month, and what is not there whole', async () => {
    const { world } = await worldWithX();
    const removed: string[] = [];
    const ports = world.createPorts();
    const day = 24 * 3600_000;
    const usedTemplates: typeof ports.usedTemplates = Object.assign(Object.create(ports.usedTemplates), {
      list: async () => [
        { id: 'a-db.mysql-0000000000000001', usedAt: ports.clock.now() - 31 * day },
        { id: 'a-db.mysql-0000000000000002', usedAt: ports.clock.now() - 29 * day },
        { id: 'a-db.mysql-0000000000000003', usedAt: ports.clock.now() },
      ],
      has: async (id: string) => !id.endsWith('3'),
      remove: async (id: string) => void removed.push(id),
    });
    await sweepTrash({ ...ports, usedTemplates })({ folder }, run);
    expect(removed.sort()).toEqual(['a-db.mysql-0000000000000001', 'a-db.mysql-0000000000000003']);
  });
});
