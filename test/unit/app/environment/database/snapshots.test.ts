import { describe, expect, it } from 'vitest';
import { resetDatabase, restoreSnapshot } from '../../../../../src/app/environment/database/replaceDatabase';
import { databaseLoss } from '../../../../../src/app/databases/databaseLoss';
import {
  deleteKeptSnapshot,
  deleteSnapshot,
  listKeptSnapshots,
  listSnapshots,
  takeSnapshot,
} from '../../../../../src/app/environment/database/snapshots';
import { environmentLock } from '../../../../../src/app/run/withLock';
import { AppError } from '../../../../../src/core/errors';
import { database as databaseSpec } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { crashAt, Crash } from '../../../../support/faults';
import type { CallHook } from '../../../../support/faultyPort';
import { namespace, run, Sleeper } from '../../../../support/sleeper';

const database = 'wt_x';

/** An environment with a database whose snapshots are asked for. */
async function begin(text?: string) {
  const sleeper = await Sleeper.create(text);
  const { world, at } = sleeper;
  const ports = (hook?: CallHook) => world.createPorts(hook);
  return {
    sleeper,
    world,
    at,
    ports,
    write: (rows: number) => void world.databases.written.set(database, [{ table: 'notes', rows }]),
    rows: () => world.databases.written.get(database)?.reduce((sum, each) => sum + each.rows, 0) ?? 0,
    names: async () => (await listSnapshots(ports())(at, run)).map(({ name }) => name),
    take: (name: string) => takeSnapshot(ports())({ ...at, name }, run),
    restore: (name: string, hook?: CallHook) => restoreSnapshot(ports(hook))({ ...at, name }, run),
    reset: (hook?: CallHook) => resetDatabase(ports(hook))(at, run),
  };
}
const onlyServices = (changes: readonly string[]): string[] => changes.map((each) => each.replace(`${namespace}/`, ''));

describe("snapshots of an environment's database", () => {
  it('say which commit its worktree had, and services go on meanwhile', async () => {
    const { world, at, take, names, sleeper, ports } = await begin();
    const { head } = (await world.worktree('x')) ?? {};
    expect(await take('one')).toMatchObject({ name: 'one', commit: head, before: undefined });
    expect(await names()).toEqual(['one']);
    expect(sleeper.changes()).toEqual([]);
    await deleteSnapshot(ports())({ ...at, name: 'one' }, run);
    expect(await names()).toEqual([]);
  });

  it('that are kept are no loss of a delete, and another environment is brought to them', async () => {
    const { world, at, ports, write, rows, names } = await begin();
    write(3);
    await takeSnapshot(ports())({ ...at, name: 'lasting', keep: true }, run);
    await takeSnapshot(ports())({ ...at, name: 'passing' }, run);
    const held = world.databases.held.get(database);
    if (held?.kind !== 'environment') throw new Error('it has a database');
    const { owner } = held;
    const signal = new AbortController().signal;
    const told = await databaseLoss(world.databases, { ...owner, database }, signal);
    expect(told?.losses[0]?.examples.at(-1)).toBe('1 snapshot: passing');

    const stranger = { ...owner, worktreeId: 'ffffffffffff' };
    const gone = { database: 'wt_gone', role: 'wt_gone', owner: stranger };
    const template = [...world.databases.held].find(([, each]) => each.kind === 'template')?.[0] ?? '';
    await world.databases.clone({ ...gone, template });
    world.databases.written.set('wt_gone', [{ table: 'notes', rows: 7 }]);
    await world.databases.takeSnapshot({ ...gone, name: 'theirs', commit: undefined, keep: true });
    await world.databases.takeSnapshot({ ...gone, name: 'lasting', commit: undefined, keep: true });
    await world.databases.drop(gone);
    expect((await names()).toSorted()).toEqual(['lasting', 'passing', 'snap_ffffffffffff_lasting', 'theirs']);
    await restoreSnapshot(ports())({ ...at, name: 'theirs' }, run);
    expect(rows()).toBe(7);
    await restoreSnapshot(ports())({ ...at, name: 'lasting' }, run);
    expect(rows()).toBe(3);
    const none = restoreSnapshot(ports())({ ...at, name: 'none' }, run);
    await expect(none).rejects.toMatchObject({ message: expect.stringContaining('theirs') as unknown });

    const inRepository = { folder: at.folder };
    expect((await listKeptSnapshots(ports())(inRepository, run)).map(({ name }) => name)).toHaveLength(3);
    const name = 'snap_ffffffffffff_lasting';
    await expect(deleteKeptSnapshot(ports())({ ...inRepository, name: 'lasting' }, run)).rejects.toMatchObject({
      code: 'conflict',
    });
    for (const each of [name, 'theirs', 'lasting'])
      await deleteKeptSnapshot(ports())({ ...inRepository, name: each }, run);
    expect(await listKeptSnapshots(ports())(inRepository, run)).toEqual([]);
  });

  it('are brought back while services sleep, which wake afterwards', async () => {
    const { write, rows, take, restore, names, sleeper } = await begin();
    write(3);
    await take('three');
    write(5);
    expect(await restore('three')).toMatchObject({
      value: { kept: { name: 'before-restore' } },
      woken: { slept: true, ready: true },
    });
    expect(rows()).toBe(3);
    expect((await names()).sort()).toEqual(['before-restore', 'three']);
    const changes = onlyServices(sleeper.changes());
    expect(changes).toHaveLength(6);
    expect(changes.slice(0, 3).every((each) => each.startsWith('sleep '))).toBe(true);
    expect(await sleeper.health()).toBe('healthy');
  });

  it('leave asleep what slept', async () => {
    const { take, restore, reset, sleeper } = await begin();
    await take('one');
    await sleeper.sleep();
    sleeper.changes();
    expect((await restore('one')).woken).toBeUndefined();
    expect((await reset()).woken).toBeUndefined();
    expect(sleeper.changes()).toEqual([]);
    expect(await sleeper.health()).toBe('asleep');
  });

  it('a reset has the rows of the template as it is to be now, and builds that where it is older', async () => {
    const { write, rows, reset, restore, world } = await begin();
    write(4);
    const before = world.commands.runs.length;
    expect(await reset()).toMatchObject({ template: 'fibonacci_template', value: { kept: { name: 'before-reset' } } });
    expect(world.commands.runs).toHaveLength(before);
    expect(rows()).toBe(0);
    world.environmentFiles.inputs.set('/code/repo', 'one more migration');
    await reset();
    expect(world.commands.runs.length).toBeGreaterThan(before);
    await restore('before-reset');
    expect(rows()).toBe(4);
  });

  it("a reset brings the worktree's own migrations while services sleep, and says what became of them", async () => {
    const { reset, restore, world, at, sleeper } = await begin();
    const { inputs } = world.environmentFiles;
    inputs.set('/code/repo', 'ours');
    inputs.set(at.path, 'ours and mine');
    const states: unknown[] = [];
    const isOwn = (cwd: string): boolean => cwd === at.path;
    world.commands.onRun = async ({ cwd, env }) => {
      if (isOwn(cwd)) states.push([env['DATABASE_NAME'], await sleeper.health()]);
    };
    expect(await reset()).toMatchObject({ unmigrated: undefined, woken: { ready: true } });
    expect(states).toEqual([[database, 'asleep']]);
    // One that fails: the reset is done all the same, and so it is told.
    world.commands.onRun = ({ cwd }) => {
      if (isOwn(cwd)) throw new AppError('failed', 'no such type');
    };
    const { unmigrated, value, woken } = await reset();
    expect(unmigrated).toMatch(
      /^database\.migrate: no such type\n.*\$ node migrate\.js\n[^]*"coppice database migrate"/,
    );
    expect([value.kept.before, woken?.ready]).toEqual(['reset', true]);
    // And where nobody can even begin with it.
    world.cluster.readSecret = () => Promise.reject(new AppError('unreachable', 'The cluster is away.'));
    expect((await reset()).unmigrated).toMatch(/not in it\. The cluster is away\. Once/);
    await restore('before-reset');
  });

  it('are refused before anything sleeps', async () => {
    const { restore, reset, take, at, world, sleeper } = await begin();
    await expect(restore('none')).rejects.toMatchObject({
      code: 'notFound',
      message: expect.stringContaining('none') as string,
    });
    await expect(take("a'b")).rejects.toMatchObject({ code: 'invalidInput' });
    const worktree = await world.worktree('x');
    const identity = worktree && (await world.identities.read(worktree));
    if (!identity) throw new Error('no identity');
    const lock = await world.locks.acquire(environmentLock(identity.owner), 'it is updated');
    await expect(take('one')).rejects.toMatchObject({ code: 'conflict' });
    await expect(reset()).rejects.toMatchObject({ code: 'conflict' });
    await lock.release();
    world.approvals.approvesAll = false;
    world.edited.set(
      at.path,
      environmentFileText(['a'], { template: 'other', migrate: ['node', 'x.js'], seed: undefined }),
    );
    await expect(reset()).rejects.toMatchObject({ code: 'unapproved' });
    expect(sleeper.changes()).toEqual([]);
    await expect(
      takeSnapshot(world.createPorts())({ folder: '/code/repo', path: '/code/repo', name: 'x' }, run),
    ).rejects.toMatchObject({
      code: 'notFound',
    });
  });

  it('what ran is woken where it fails, and what failed is told', async () => {
    const { take, restore, sleeper, world } = await begin();
    await take('one');
    world.databases.restoreSnapshot = () => Promise.reject(new AppError('failed', 'The disk is full.'));
    await expect(restore('one')).rejects.toMatchObject({ code: 'failed', message: 'The disk is full.' });
    expect(await sleeper.health()).toBe('healthy');
  });

  it('one service that cannot be woken then keeps no other asleep', async () => {
    const { take, ports, sleeper, world, at } = await begin();
    await take('one');
    world.databases.restoreSnapshot = () => Promise.reject(new AppError('failed', 'The disk is full.'));
    let isFirst = true;
    const before = (call: string): void => {
      if (call !== 'workloads.wake' || !isFirst) return;
      isFirst = false;
      throw new AppError('unreachable', 'Injected fault.');
    };
    const failing = ports({ before, after: () => undefined });
    await expect(restoreSnapshot(failing)({ ...at, name: 'one' }, run)).rejects.toMatchObject({
      message: 'The disk is full.',
    });
    const pods = Object.values(await sleeper.pods());
    expect(pods.filter((each) => each === '0 (1)')).toHaveLength(1);
    expect(pods.filter((each) => each === '1').length).toBeGreaterThan(1);
  });

  it.each([
    ['that fails', () => new AppError('denied', 'You may not.'), 'You may not.'],
    ['that is cancelled', () => new DOMException('', 'AbortError'), 'It was cancelled.'],
  ])('after a wake %s it is told what was done all the same', async (_, error, problem) => {
    const { write, rows, take, restore, sleeper } = await begin();
    write(3);
    await take('three');
    write(5);
    let isDone = false;
    const hook: CallHook = {
      before: (call) => {
        if (isDone && call.startsWith('cluster.')) throw error();
      },
      after: (call) => void (isDone ||= call === 'databases.restoreSnapshot'),
    };
    expect(await restore('three', hook)).toMatchObject({
      value: { kept: { name: 'before-restore' }, dropped: [] },
      woken: { ready: false, services: [], problem },
    });
    expect(rows()).toBe(3);
    await sleeper.wake();
    expect(await sleeper.health()).toBe('healthy');
  });

  it('cut off at any call, it is done by doing it again, and a wake brings back the services', async () => {
    let crashes = 0;
    for (let call = 0; ; call++) {
      const { write, rows, take, restore, names, sleeper } = await begin();
      write(3);
      await take('three');
      write(5);
      const crash = crashAt(call, 'after');
      try {
        await restore('three', crash);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        crashes++;
      }
      if (!crash.crashed) break;
      sleeper.world.locks.abandonAll();
      await restore('three');
      expect(rows()).toBe(3);
      expect(await names()).toEqual(expect.arrayContaining(['before-restore', 'three']));
      await restore('before-restore');
      expect(rows()).toBe(5);
      await sleeper.wake();
      expect(await sleeper.health()).toBe('healthy');
    }
    expect(crashes).toBeGreaterThan(5);
  });

  it('a reset asks no more of git and the cluster than it has to know anew', async () => {
    const { reset } = await begin();
    const calls = new Map<string, number>();
    await reset({ before: (call) => calls.set(call, (calls.get(call) ?? 0) + 1), after: () => undefined });
    const asked = (call: string): number => calls.get(call) ?? 0;
    expect(asked('worktrees.list')).toBe(1);
    // Under its lock; once all sleep; whether they are to wait for room; under the lock again.
    expect(asked('cluster.read')).toBe(4);
    expect(asked('databases.resetDatabase')).toBe(1);
    expect(asked('databases.ages')).toBe(1);
    expect(asked('commands.run')).toBe(0);
  });

  it('a reset reads what the branch says of its migrations while services fall asleep, and once', async () => {
    const { reset } = await begin(environmentFileText(['frontend'], { ...databaseSpec, migrate: ['node', 'm.js'] }));
    const calls: string[] = [];
    await reset({ before: (call) => void calls.push(`${call} begins`), after: (call) => void calls.push(call) });
    const at = (call: string): number => calls.indexOf(call);
    expect(calls.filter((call) => call === 'files.list')).toHaveLength(1);
    expect(at('locks.acquire')).toBeLessThan(at('files.list begins'));
    expect(at('files.list begins')).toBeLessThan(at('databases.resetDatabase'));
    expect(at('databases.resetDatabase')).toBeLessThan(at('databases.ages begins'));
    expect(at('databases.resetDatabase')).toBeLessThan(at('tables.read begins'));
  });

  it('go with their environment, by name', async () => {
    const { take, reset, world, at, write } = await begin();
    await take('one');
    write(2);
    await reset();
    const remove = () => world.delete({ path: at.path, accepted: [] });
    await expect(remove()).rejects.toMatchObject({
      code: 'conflict',
      losses: [{ kind: 'database', count: 1, examples: ['2 snapshots: before-reset, one'] }],
    });
  });
});
