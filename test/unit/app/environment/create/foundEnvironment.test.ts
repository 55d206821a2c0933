import { describe, expect, it } from 'vitest';
import type { CreateRequest } from '../../../../../src/app/environment/requests';
import type { CreateResult } from '../../../../../src/app/environment/requests';
import { planCreate } from '../../../../../src/app/environment/plan/planCreate';
import { crashAt, recorder } from '../../../../support/faults';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { EnvironmentWorld } from '../../../../support/environmentWorld';

const branch = { kind: 'branch', branch: 'x' } as const;

/** `git worktree remove --force`, or `rm -rf` and `git worktree prune`: nobody tells Coppice. */
async function forget(world: EnvironmentWorld, { worktree }: CreateResult, how: 'remove' | 'rm'): Promise<void> {
  const { repositoryInfo } = world.worktrees;
  if (how === 'remove') return world.worktrees.remove(repositoryInfo, worktree, ['untracked', 'unpushed']);
  world.worktrees.loseFolder(worktree);
  return world.worktrees.prune();
}

/** Ways to a new worktree of a branch that had one before. */
const again: readonly [string, (world: EnvironmentWorld) => Promise<CreateRequest['target']>][] = [
  ['asks for its branch', async () => branch],
  [
    'was added by hand in the same folder',
    async (world) => {
      const folder = '/code/repo.worktrees/x';
      await world.worktrees.add(world.worktrees.repositoryInfo, { kind: 'existing', branch: 'x', folder });
      return { kind: 'worktree', path: folder };
    },
  ],
  [
    'was added by hand in another folder',
    async (world) => {
      await world.worktrees.add(world.worktrees.repositoryInfo, { kind: 'existing', branch: 'x', folder: '/code/y' });
      return { kind: 'worktree', path: '/code/y' };
    },
  ],
];

describe.each(['remove', 'rm'] as const)('after git %s of a worktree', (how) => {
  describe.each(again)('a new one that %s', (_, prepare) => {
    const prepared = async () => {
      const world = new EnvironmentWorld();
      const old = await world.createBranch('x');
      await forget(world, old, how);
      const target = await prepare(world);
      return { world, old, target };
    };

    it('does not get the environment of the earlier one, and is told what is there', async () => {
      const { world, target } = await prepared();
      const before = await world.state();
      const found = { namespace: 'worktree-x', database: 'wt_x', folder: '/code/repo.worktrees/x' };
      await expect(world.create({ target })).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('worktree-x and the database wt_x'),
        found,
      });
      expect(await world.state()).toEqual(before);
      const plan = planCreate(world.createPorts())(
        { folder: '/code/repo', target },
        { signal: new AbortController().signal, report: () => undefined },
      );
      await expect(plan).rejects.toMatchObject({ code: 'conflict', found });
    });

    it('takes it over with its data when asked to', async () => {
      const { world, old, target } = await prepared();
      const data = world.databases.held.get('wt_x');
      const { identity, ready, worktree } = await world.create({ target, found: 'adopt' });
      expect(ready).toBe(true);
      expect(identity).toMatchObject({ names: { slug: 'x' }, owner: old.identity.owner, createdBranch: false });
      expect(world.databases.held.get('wt_x')).toBe(data);
      expect((await world.cluster.readNamespace('worktree-x'))?.annotations['folder']).toBe(worktree.path);
      // The branch was there before this worktree.
      expect(await world.delete({ path: worktree.path })).toMatchObject({ branch: 'kept' });
      expect(await world.cluster.listNamespaces()).toEqual([]);
    });

    it('deletes it first when asked to, and has an environment of its own', async () => {
      const { world, old, target } = await prepared();
      const data = world.databases.held.get('wt_x');
      world.databases.written.set('wt_x', [{ table: 'numbers', rows: 4 }]);
      const { identity } = await world.create({ target, found: 'fresh' });
      expect(identity.names.slug).toBe('x');
      expect(identity.owner.worktreeId).not.toBe(old.identity.owner.worktreeId);
      expect(world.databases.held.get('wt_x')).not.toBe(data);
      expect(await world.cluster.listNamespaces()).toHaveLength(1);
    });
  });
});

describe('what is found under a name', () => {
  it('is a database alone as well, when its namespace went with the cluster', async () => {
    const world = new EnvironmentWorld();
    const old = await world.createBranch('x');
    await world.cluster.deleteNamespace('worktree-x', old.identity.owner);
    await forget(world, old, 'remove');
    const found = { namespace: undefined, database: 'wt_x', folder: undefined };
    await expect(world.createBranch('x')).rejects.toMatchObject({ code: 'conflict', found });
    const { identity } = await world.create({ target: branch, found: 'fresh' });
    expect(identity).toMatchObject({ names: { slug: 'x' }, parts: { database: { database: 'wt_x' } } });
    expect(world.databases.held.get('wt_x')).toMatchObject({ owner: { worktreeId: identity.owner.worktreeId } });
  });

  it("is no database that is taken over where its name is another environment's by now: it would be a new and empty one", async () => {
    const world = new EnvironmentWorld();
    const old = await world.createBranch('x');
    const { owner } = old.identity;
    await world.cluster.deleteNamespace('worktree-x', owner);
    await forget(world, old, 'remove');
    world.cluster.addForeignNamespace('worktree-x', { repositoryId: 'ffffffffffff', worktreeId: 'eeeeeeeeeeee' });
    const data = world.databases.held.get('wt_x');
    const before = await world.state();
    await expect(world.create({ target: branch, found: 'adopt' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/the database wt_x, cannot be taken over: the name x is another environment's/),
    });
    expect(await world.state()).toEqual(before);
    expect(world.databases.held.get('wt_x')).toBe(data);
    await world.cluster.deleteNamespace('worktree-x', { repositoryId: 'ffffffffffff', worktreeId: 'eeeeeeeeeeee' });
    const { identity } = await world.create({ target: branch, found: 'adopt' });
    expect(identity).toMatchObject({ owner, parts: { database: { database: 'wt_x' } } });
    expect(world.databases.held.get('wt_x')).toBe(data);
  });

  it('is not deleted as a database alone where another create has taken it over in that moment', async () => {
    const world = new EnvironmentWorld();
    const old = await world.createBranch('x');
    await world.cluster.deleteNamespace('worktree-x', old.identity.owner);
    await forget(world, old, 'remove');
    const { owner } = old.identity;
    let isTaken = false;
    const hook = {
      before: () => undefined,
      after(call: string) {
        if (call !== 'databases.owner' || isTaken) return;
        isTaken = true;
        void world.cluster.claimNamespace({ name: 'worktree-x-1', owner, annotations: {} });
      },
    };
    await expect(world.create({ target: branch, found: 'fresh' }, { hook })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(world.databases.held.get('wt_x')).toMatchObject({ owner });
  });

  it('is not what belongs to a worktree that lives: its branch was renamed', async () => {
    const world = new EnvironmentWorld();
    const { worktree, identity } = await world.createBranch('y');
    await world.identities.write(worktree, { ...identity, ref: 'refs/heads/x' });
    await world.cluster.claimNamespace({
      name: 'worktree-y',
      owner: identity.owner,
      annotations: { ref: 'refs/heads/x' },
    });
    expect((await world.createBranch('x')).identity.names.slug).toBe('x');
  });

  it("is nobody's business while it is being deleted", async () => {
    const world = new EnvironmentWorld();
    await forget(world, await world.createBranch('x'), 'remove');
    world.cluster.setTerminating('worktree-x');
    await expect(world.create({ target: branch, found: 'fresh' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('is being deleted'),
    });
  });

  it('asks for nothing where nothing is there', async () => {
    for (const found of ['adopt', 'fresh'] as const) {
      const world = new EnvironmentWorld();
      expect((await world.create({ target: branch, found })).identity).toMatchObject({
        names: { slug: 'x' },
        createdBranch: true,
      });
    }
  });

  it('once taken over is gone on with by the same request, when that was cut off', async () => {
    const target = branch;
    const reference = new EnvironmentWorld();
    await forget(reference, await reference.createBranch('x'), 'remove');
    const hook = recorder();
    await reference.create({ target, found: 'adopt' }, { hook });
    for (const [number, call] of hook.calls.entries()) {
      const world = new EnvironmentWorld();
      const old = await world.createBranch('x');
      await forget(world, old, 'remove');
      await world.create({ target, found: 'adopt' }, { hook: crashAt(number, 'after') }).catch(() => undefined);
      world.locks.abandonAll();
      const isDone = (await world.worktree('x')) && (await world.state());
      if (JSON.stringify(isDone) === JSON.stringify(await reference.state())) continue;
      const { identity } = await world.create({ target, found: 'adopt' });
      expect([call, identity.owner.worktreeId]).toEqual([call, old.identity.owner.worktreeId]);
      expect(await world.state()).toEqual(await reference.state());
    }
  });
});

describe('a record that is damaged', () => {
  it('is the trouble of its own worktree only', async () => {
    const world = new EnvironmentWorld();
    const { worktree } = await world.createBranch('x');
    await world.createBranch('z');
    world.identities.damage(worktree);
    expect((await world.createBranch('y')).ready).toBe(true);
    expect((await world.create({ target: { kind: 'worktree', path: '/code/repo.worktrees/z' } })).ready).toBe(true);
    await expect(world.create({ target: { kind: 'worktree', path: worktree.path } })).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('cannot be understood'),
    });
  });

  it('may be what claims an environment that is found: nothing is taken or deleted then', async () => {
    const world = new EnvironmentWorld();
    const { worktree } = await world.createBranch('y');
    const old = await world.createBranch('x');
    await forget(world, old, 'remove');
    world.identities.damage(worktree);
    for (const found of [undefined, 'adopt', 'fresh'] as const) {
      await expect(world.create({ target: branch, ...(found ? { found } : {}) })).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(`may belong to the worktree ${worktree.path}, whose record cannot be read`),
      });
    }
    expect(world.databases.held.has('wt_x')).toBe(true);
  });
});

it('is told with what it used that keeps data, before anybody starts anew', async () => {
  const world = new EnvironmentWorld();
  const uses = [
    { name: 'cache', tool: 'redis' },
    { name: 'mail', tool: 'mailpit' },
  ] as const;
  world.commit(environmentFileText(['web'], undefined, { uses }));
  const old = await world.createBranch('x');
  await forget(world, old, 'rm');
  await expect(world.createBranch('x')).rejects.toMatchObject({
    message: expect.stringMatching(/left its environment: worktree-x and data of cache \(Redis\)\. /) as unknown,
    found: { data: ['cache (Redis)'] },
  });
  await world.create({ target: branch, found: 'fresh' });
  expect([...world.uses.folders.keys()].some((each) => each.includes(old.identity.owner.worktreeId))).toBe(false);
});
