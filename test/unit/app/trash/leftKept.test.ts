import { beforeEach, describe, expect, it } from 'vitest';
import { undoDelete } from '../../../../src/app/environment/undo/undoDelete';
import { dropSpareDatabase, findSpareDatabase, type DatabasePorts } from '../../../../src/app/trash/dropKeptDatabase';
import { leftKept, type LeftKept } from '../../../../src/app/trash/leftKept';
import { leftKeptView } from '../../../../src/app/trash/leftKeptView';
import { AppError } from '../../../../src/core/errors';
import type { Identity } from '../../../../src/core/model';
import { EnvironmentWorld } from '../../../support/environmentWorld';
import { FakeTrash } from '../../../support/fakes/fakeTrash';

const { signal } = new AbortController();
const run = { signal, report: () => undefined };
const folder = '/code/repo';
const path = '/code/repo.worktrees/x';

let world: EnvironmentWorld;
let trash: FakeTrash;
let identity: Identity;
let id: string;
beforeEach(async () => {
  world = new EnvironmentWorld();
  trash = new FakeTrash(world.worktrees);
  ({ identity } = await world.createBranch('x'));
  ({ undo: id = '' } = await world.delete({ path }));
});

const left = ({ from = folder, isOwnServer = true }: { from?: string; isOwnServer?: boolean } = {}): Promise<
  LeftKept[]
> =>
  leftKept(
    { ...world.createPorts(), trash, isOwnServer, kept: (within) => world.databases.listKept(within) },
    from === '' ? undefined : from,
    signal,
  );
const forget = async (): Promise<void> => void world.worktrees.giveUp(id);

describe('databases that no undo leads to any more', () => {
  it('are those whose worktree is in no trash, wherever it is asked', async () => {
    expect(await left()).toEqual([]);
    expect(await left({ from: '' })).toEqual([]);
    await forget();
    for (const from of [folder, ''])
      expect(await left({ from })).toMatchObject([{ database: { database: 'wt_x', repository: folder } }]);
  });

  it('are those of worktrees that are back, until their create, where an undo asked them to stay', async () => {
    await undoDelete(world.createPorts())({ folder, id }, run);
    expect(await left()).toMatchObject([
      { database: { database: 'wt_x', until: undefined }, worktree: { branch: 'x' } },
    ]);
    await world.create({ target: { kind: 'worktree', path } });
    expect(await left()).toEqual([]);
  });

  it('are none that a delete keeps which is under way: its worktree says that it is its own, and it has an end', async () => {
    const { owner } = identity;
    await undoDelete(world.createPorts())({ folder, id }, run);
    const kept = world.databases.kept.get(owner.worktreeId);
    if (kept) world.databases.kept.set(owner.worktreeId, { ...kept, until: Date.now() + 1000 });
    expect(await left()).toEqual([]);
  });

  it('are those of a repository that is gone, where the server serves this machine alone', async () => {
    const kept = world.databases.kept.get(identity.owner.worktreeId);
    const gone = { repositoryId: 'ffffffffffff', worktreeId: 'f'.repeat(12) };
    if (kept) world.databases.kept.set(gone.worktreeId, { ...kept, owner: gone, repository: '/code/gone' });
    world.worktrees.repository = async (place: string) => {
      if (place === folder) return world.worktrees.repositoryInfo;
      throw new AppError('notFound', `There is no ${place}.`);
    };
    const [absent] = await left();
    expect(absent).toMatchObject({ database: { owner: gone, repository: '/code/gone' }, isRepositoryAbsent: true });
    // It may be on a disk that comes back.
    const told = absent && leftKeptView(absent);
    expect(told?.why).toContain('/code/gone: that repository is not there now.');
    expect(told?.why).not.toContain('no undo leads to it');
    expect(told?.drops).toContain('Where the repository is gone for good');
    expect(await left({ isOwnServer: false })).toEqual([]);
    // An earlier version wrote nothing of where it was: it may be anywhere.
    if (kept) world.databases.kept.set(gone.worktreeId, { ...kept, owner: gone, repository: undefined });
    expect(await left()).toEqual([]);
  });

  it('are none while an entry of the trash cannot be read, as one that a newer version wrote: it may be theirs', async () => {
    const ports = world.createPorts();
    const read: typeof ports.identities.read = (worktree) =>
      worktree.path === path ? Promise.reject(new AppError('failed', 'A newer one.')) : ports.identities.read(worktree);
    const unreadable = { ...ports.identities, read };
    const asked = {
      ...ports,
      identities: unreadable,
      trash,
      isOwnServer: true,
      kept: () => world.databases.listKept(),
    };
    expect(await leftKept(asked, folder, signal)).toEqual([]);
  });

  it('are none of a repository that cannot be read now', async () => {
    await forget();
    world.worktrees.repository = async () => {
      throw new AppError('denied', 'It may not be read.');
    };
    expect(await left()).toEqual([]);
  });
});

describe('a database by its name', () => {
  const databasePorts = (): DatabasePorts => ({ locks: world.locks, openDatabases: async () => world.databases });
  const find = (name: string) => findSpareDatabase(databasePorts())({ folder, name }, run);
  const drop = async (name: string) => dropSpareDatabase(databasePorts())({ folder, spare: await find(name) }, run);

  it('is found and dropped by the name that it had, and the one that it has', async () => {
    const [kept] = (await world.databases.listKept()) ?? [];
    expect(await find('wt_x')).toEqual({ kind: 'kept', kept });
    expect(await find(kept?.name ?? '')).toEqual({ kind: 'kept', kept });
    await expect(find('wt_y')).rejects.toMatchObject({
      code: 'notFound',
      message: expect.stringContaining('wt_x') as string,
    });
    await drop('wt_x');
    expect(world.databases.kept.size).toBe(0);
    expect(world.locks.held).toEqual([]);
  });

  it('is what a cut off drop has left', async () => {
    world.databases.invalid.add('wt_broken');
    await drop('wt_broken');
    expect(world.databases.invalid.size).toBe(0);
  });

  it('is not guessed where several had it, and stays while something is under way with its environment', async () => {
    const { owner } = identity;
    const spare = await find('wt_x');
    const lock = await world.locks.acquire(
      `create ${owner.repositoryId} ${owner.worktreeId}`,
      'x is being brought back',
    );
    await expect(dropSpareDatabase(databasePorts())({ folder, spare }, run)).rejects.toMatchObject({
      code: 'conflict',
    });
    await lock.release();
    await world.createBranch('x');
    await world.delete({ path });
    await expect(find('wt_x')).rejects.toMatchObject({ code: 'conflict' });
    expect(world.databases.kept.size).toBe(2);
  });
});
