import { beforeEach, describe, expect, it } from 'vitest';
import { undoDelete } from '../../../../src/app/environment/undo/undoDelete';
import { emptyTrash } from '../../../../src/app/trash/emptyTrash';
import { listTrash, type TrashList } from '../../../../src/app/trash/listTrash';
import type { TrashPorts } from '../../../../src/app/trash/trashPorts';
import { goesText } from '../../../../src/app/trash/trashText';
import { AppError } from '../../../../src/core/errors';
import type { Identity } from '../../../../src/core/model';
import { EnvironmentWorld } from '../../../support/environmentWorld';
import { crashAt, recorder, type When } from '../../../support/faults';
import { FakeTrash } from '../../../support/fakes/fakeTrash';
import { hooked, type CallHook } from '../../../support/faultyPort';

const { signal } = new AbortController();
const run = { signal, report: () => undefined };
const folder = '/code/repo';
const path = '/code/repo.worktrees/x';
const hourMs = 3600_000;

interface Deleted {
  readonly world: EnvironmentWorld;
  readonly trash: FakeTrash;
  readonly identity: Identity;
  readonly id: string;
}

async function deletedX(): Promise<Deleted> {
  const world = new EnvironmentWorld();
  const { identity } = await world.createBranch('x');
  const { undo: id = '' } = await world.delete({ path });
  return { world, trash: new FakeTrash(world.worktrees), identity, id };
}

function portsOf({ world, trash }: Pick<Deleted, 'world' | 'trash'>, hook?: CallHook): TrashPorts {
  const ports = world.createPorts(hook);
  const openDatabases = async (): Promise<typeof ports.databases> => ports.databases;
  return { ...ports, openDatabases, trash: hook ? hooked('trash', trash, hook) : trash };
}

const list = (deleted: Deleted): Promise<TrashList> => listTrash(portsOf(deleted))({ folder }, run);
const empty = (deleted: Deleted, change: { readonly skipDatabases?: boolean } = {}, hook?: CallHook) =>
  emptyTrash(portsOf(deleted, hook))({ folder, ids: [deleted.id], ...change }, run);

describe('the trash', () => {
  let deleted: Deleted;
  beforeEach(async () => {
    deleted = await deletedX();
  });

  it('is told with what each takes, its database, and until when, by the longer of what was said and the setting', async () => {
    const { rows, databasesUnknown } = await list(deleted);
    expect(databasesUnknown).toBeUndefined();
    expect(rows).toMatchObject([
      {
        deleted: { path, branch: 'x' },
        size: { bytes: 2048 },
        database: { database: 'wt_x', owner: deleted.identity.owner, repository: folder },
        stays: undefined,
      },
    ]);
    const [row] = rows;
    const deletedAt = row?.deleted?.deletedAt ?? 0;
    expect(row?.until).toBe(deletedAt + 24 * hourMs);
    expect(row && goesText(row)).toBe(`x: the files of ${path} (2.0 KiB), the database wt_x, 1 B`);
    const database = row?.database;
    if (!database || database === 'unknown') throw new Error('it has one');
    expect(goesText({ ...row, database: { ...database, snapshots: ['a', 'before-reset'] } })).toMatch(
      /the database wt_x, 1 B and 2 snapshots of it: a, before-reset$/,
    );
    deleted.world.settings = { ...deleted.world.settings, 'trash.hours': 48 };
    expect((await list(deleted)).rows[0]?.until).toBe(deletedAt + 48 * hourMs);
  });

  it('says that nobody can tell of a database where the server does not answer, and tells the rest', async () => {
    deleted.world.databases.failure = new AppError('unreachable', 'PostgreSQL does not answer.');
    expect(await list(deleted)).toMatchObject({
      rows: [{ deleted: { branch: 'x' }, database: 'unknown' }],
      databasesUnknown: 'PostgreSQL does not answer',
    });
    const filesOnly = await listTrash(portsOf(deleted))({ folder, filesOnly: true }, run);
    expect(filesOnly).toMatchObject({ rows: [{ deleted: { branch: 'x' } }], databasesUnknown: undefined });
  });

  it('goes for good with its database, and nothing else does', async () => {
    const { world, id } = deleted;
    await world.createBranch('y');
    const { undo: other } = await world.delete({ path: '/code/repo.worktrees/y' });
    expect(await empty(deleted)).toMatchObject({ outcomes: [{ kind: 'removed', id }], left: [] });
    expect((await list(deleted)).rows).toMatchObject([{ id: other, database: { database: 'wt_y' } }]);
    expect([...world.databases.kept.values()].map(({ role }) => role)).toEqual(['wt_y']);
    expect(world.locks.held).toEqual([]);
    await expect(undoDelete(world.createPorts())({ folder, id }, run)).rejects.toMatchObject({ code: 'notFound' });
    expect(await empty(deleted)).toMatchObject({ outcomes: [{ kind: 'kept', error: { code: 'notFound' } }] });
  });

  it('leaves its database where that is asked for', async () => {
    await empty(deleted, { skipDatabases: true });
    expect(deleted.world.databases.kept.size).toBe(1);
    expect((await list(deleted)).rows).toEqual([]);
  });

  it('changes nothing of an entry that stays, or whose database server does not answer', async () => {
    const { world, trash, id } = deleted;
    trash.stays.set(id, 'something is mounted at /mnt');
    expect(await empty(deleted)).toMatchObject({
      outcomes: [{ kind: 'kept', error: { message: expect.stringContaining('mounted at /mnt') as string } }],
    });
    trash.stays.clear();
    world.databases.failure = new AppError('unreachable', 'PostgreSQL does not answer.');
    expect(await empty(deleted)).toMatchObject({ outcomes: [{ kind: 'kept', error: { code: 'unreachable' } }] });
    world.databases.failure = undefined;
    expect((await list(deleted)).rows).toMatchObject([{ id, database: { database: 'wt_x' } }]);
  });

  it('loses whole against an undo that is at it', async () => {
    const { world, identity, id } = deleted;
    const { repositoryId, worktreeId } = identity.owner;
    const lock = await world.locks.acquire(`create ${repositoryId} ${worktreeId}`, 'x is being brought back');
    expect(await empty(deleted)).toMatchObject({ outcomes: [{ kind: 'kept', error: { code: 'conflict' } }] });
    await lock.release();
    expect(await undoDelete(world.createPorts())({ folder, id }, run)).toMatchObject({ isDatabaseKept: true });
    // It was listed before that: what is back is not touched.
    expect(await empty(deleted)).toMatchObject({ outcomes: [{ kind: 'kept', error: { code: 'notFound' } }] });
    expect(world.databases.kept.size).toBe(1);
    expect(await world.worktree('x')).toBeDefined();
  });

  it.each<When>(['before', 'after'])('cut off by a crash %s any call, is finished by the next', async (when) => {
    const calls = recorder();
    await empty(deleted, {}, calls);
    expect(calls.calls).toContain('databases.dropKept');
    expect(calls.calls.indexOf('databases.dropKept')).toBeLessThan(calls.calls.indexOf('trash.remove'));
    for (const [number, call] of calls.calls.entries()) {
      const cut = await deletedX();
      const crash = crashAt(number, when);
      await empty(cut, {}, crash).catch(() => undefined);
      cut.world.locks.abandonAll();
      await empty(cut);
      expect((await list(cut)).rows, call).toEqual([]);
      expect([cut.world.databases.kept.size, cut.trash.givenUp], call).toEqual([0, []]);
    }
  });
});
