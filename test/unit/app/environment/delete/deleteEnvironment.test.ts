import { describe, expect, it } from 'vitest';
import { isAbort, toAppError, type Loss } from '../../../../../src/core/errors';
import type { Identity, Worktree } from '../../../../../src/core/model';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { crashAt, faultAt, outageAt, recorder, type When } from '../../../../support/faults';
import { finishBranch, path, refuses, stranger, worldWithX } from './deletes';

describe('deleteEnvironment', () => {
  it('deletes environment, worktree and the branch that Coppice made', async () => {
    const { world } = await worldWithX();
    expect(await world.delete({ path })).toEqual({
      environment: 'deleted',
      worktree: 'deleted',
      branch: 'deleted',
      undo: 'kept-1',
    });
    expect(await world.state()).toEqual(await new EnvironmentWorld().state());
    expect(world.locks.held).toEqual([]);
  });

  it('keeps a branch that was there before', async () => {
    const world = new EnvironmentWorld();
    world.worktrees.makeBranch('x');
    const before = await world.state();
    await world.createBranch('x');
    expect(await world.delete({ path })).toMatchObject({ worktree: 'deleted', branch: 'kept' });
    expect(await world.state()).toEqual(before);
  });

  it('deletes the environment alone when asked to', async () => {
    const { world, worktree } = await worldWithX();
    world.worktrees.writeFile(worktree, 'precious');
    expect(await world.delete({ path, environmentOnly: true })).toEqual({
      environment: 'deleted',
      worktree: 'kept',
      branch: 'none',
    });
    expect(await world.cluster.listNamespaces()).toEqual([]);
    expect(await world.identities.read(worktree)).toBeUndefined();
    expect(await world.worktree('x')).toBeDefined();
    await refuses(world, { environmentOnly: true }, { code: 'notFound' });
    const again = await world.create({ target: { kind: 'worktree', path } });
    expect(again.ready).toBe(true);
  });

  it('never deletes the main worktree, only its environment', async () => {
    const world = new EnvironmentWorld();
    const before = await world.state();
    await world.createBranch('main');
    expect(await world.delete({ path: '/code/repo' })).toMatchObject({ environment: 'deleted', worktree: 'kept' });
    expect(await world.state()).toEqual(before);
    await refuses(world, { path: '/code/repo' }, { code: 'notFound' });
  });

  it('deletes a worktree that has no environment, without starting anything', async () => {
    const world = new EnvironmentWorld();
    const { repositoryInfo } = world.worktrees;
    await world.worktrees.add(repositoryInfo, { kind: 'new', branch: 'x', base: 'main', folder: path });
    world.cluster.setStopped();
    expect(await world.delete({ path })).toEqual({
      environment: 'none',
      worktree: 'deleted',
      branch: 'kept',
      undo: 'kept-1',
    });
    expect(await world.cluster.probe()).toBeUndefined();
  });

  describe('losses', () => {
    const kinds: [Loss['kind'], (world: EnvironmentWorld, worktree: Worktree) => void, RegExp][] = [
      [
        'untracked',
        (world, worktree) => world.worktrees.writeFile(worktree, 'notes'),
        /would lose 1 untracked file\.$/,
      ],
      ['unpushed', (world, worktree) => world.worktrees.commit(worktree, 'work'), /would lose 1 unpushed commit\.$/],
      ['locked', (world, worktree) => world.worktrees.lock(worktree, 'mine'), /the lock\.$/],
    ];
    it.each(kinds)('of the kind %s are refused until accepted by that name', async (kind, lose, message) => {
      const { world, worktree } = await worldWithX();
      lose(world, worktree);
      const others = kinds.map(([other]) => other).filter((other) => other !== kind);
      await refuses(
        world,
        { accepted: others },
        { code: 'conflict', message: expect.stringMatching(message), losses: [expect.objectContaining({ kind })] },
      );
      expect(await world.delete({ path, accepted: [kind] })).toMatchObject({ worktree: 'deleted', branch: 'deleted' });
    });

    it('are told all at once, each with examples', async () => {
      const { world, worktree } = await worldWithX();
      for (const [, lose] of kinds) lose(world, worktree);
      await refuses(
        world,
        {},
        {
          message: expect.stringMatching(/untracked file, 1 unpushed commit, the lock/),
          explanation: expect.stringMatching(/untracked: notes\nunpushed: work\nlocked: mine/),
        },
      );
    });

    it('are none where the branch is kept with its commits', async () => {
      const { world, worktree } = await worldWithX();
      const head = world.worktrees.commit(worktree, 'work');
      expect(await world.delete({ path, keepBranch: true })).toMatchObject({ worktree: 'deleted', branch: 'kept' });
      const branches = await world.worktrees.branches(world.worktrees.repositoryInfo);
      expect(branches.find(({ name }) => name === 'x')?.commit).toBe(head);
    });

    it('that appear during the delete keep the worktree', async () => {
      const { world, worktree } = await worldWithX();
      world.releases.onUninstall = () => world.worktrees.writeFile(worktree, 'last words');
      await expect(world.delete({ path })).rejects.toMatchObject({ code: 'conflict' });
      expect(world.worktrees.folders.get(path)?.files).toContain('last words');
      expect(await world.delete({ path, accepted: ['untracked'] })).toMatchObject({ worktree: 'deleted' });
    });
  });

  describe('refuses', () => {
    it('a folder that is no worktree', async () => {
      const { world } = await worldWithX();
      await refuses(world, { path: '/code/nowhere' }, { code: 'notFound' });
    });

    it('a record that cannot be read', async () => {
      const { world, worktree } = await worldWithX();
      world.identities.damage(worktree);
      await expect(world.delete({ path })).rejects.toMatchObject({ code: 'failed' });
      expect(await world.cluster.listNamespaces()).toHaveLength(1);
    });

    it("another repository's record", async () => {
      const { world, worktree, identity } = await worldWithX();
      await world.identities.write(worktree, {
        ...identity,
        owner: { ...identity.owner, repositoryId: 'ffffffffffff' },
      });
      await expect(world.delete({ path })).rejects.toMatchObject({ code: 'conflict' });
      expect(await world.cluster.readNamespace(identity.names.namespace)).toBeDefined();
    });

    it('a namespace of somebody else', async () => {
      const { world, worktree, identity } = await worldWithX();
      world.cluster.addForeignNamespace('worktree-other', stranger);
      await world.identities.write(worktree, {
        ...identity,
        names: { ...identity.names, namespace: 'worktree-other' },
      });
      await refuses(world, {}, { code: 'conflict', message: expect.stringContaining('worktree-other') });
    });

    it('a database of somebody else', async () => {
      const { world, worktree, identity } = await worldWithX();
      world.databases.held.set('wt_other', { kind: 'foreign' });
      const database = { provider: 'postgres', database: 'wt_other', role: 'wt_x' } as const;
      await world.identities.write(worktree, { ...identity, parts: { ...identity.parts, database } });
      await expect(world.delete({ path })).rejects.toMatchObject({ code: 'conflict' });
      expect(world.databases.held.get('wt_other')).toEqual({ kind: 'foreign' });
      expect(await world.worktree('x')).toBeDefined();
    });

    it('while it is being created', async () => {
      const { world, identity } = await worldWithX();
      await world.locks.acquire(
        `create ${identity.owner.repositoryId} ${identity.owner.worktreeId}`,
        'an environment for x is being created',
      );
      await expect(world.delete({ path })).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('an environment for x is being created'),
      });
      expect(await world.worktree('x')).toBeDefined();
    });
  });

  it('deletes the rest when the namespace was deleted by hand, or is going away', async () => {
    for (const prepare of [
      (world: EnvironmentWorld, { names, owner }: Identity) => world.cluster.deleteNamespace(names.namespace, owner),
      async (world: EnvironmentWorld, { names }: Identity) => world.cluster.setTerminating(names.namespace),
    ]) {
      const { world, identity } = await worldWithX();
      await prepare(world, identity);
      await world.delete({ path });
      // Helm would only fail at what is not to be had any more.
      expect(world.releases.changes.filter((change) => change.startsWith('uninstall'))).toEqual([]);
      expect(await world.state()).toEqual(await new EnvironmentWorld().state());
    }
  });

  it('deletes environment and registration of a worktree whose folder is gone', async () => {
    const { world, worktree } = await worldWithX();
    world.worktrees.loseFolder(worktree);
    expect(await world.delete({ path })).toMatchObject({ environment: 'deleted', worktree: 'deleted' });
    expect(await world.cluster.listNamespaces()).toEqual([]);
    expect(await world.worktree('x')).toBeUndefined();
  });

  describe('cut off at any call', () => {
    const calls = (async () => {
      const { world } = await worldWithX();
      const hook = recorder();
      await world.delete({ path }, { hook });
      return hook.calls;
    })();

    /** Deletes until there is nothing left to delete. */
    async function finish(world: EnvironmentWorld): Promise<void> {
      world.locks.abandonAll();
      if (await world.worktree('x')) await world.delete({ path });
      else await finishBranch(world);
      expect(await world.state()).toEqual(await new EnvironmentWorld().state());
    }

    async function atEveryCall(work: (world: EnvironmentWorld, number: number) => Promise<void>): Promise<void> {
      expect((await calls).length).toBeGreaterThan(12);
      for (const [number, call] of (await calls).entries()) {
        const { world } = await worldWithX();
        await work(world, number).catch((error: unknown) => {
          throw new Error(`at call ${number}, ${call}: ${toAppError(error).message}`, { cause: error });
        });
      }
    }

    it.each<When>(['before', 'after'])('by a failure %s it took effect, the next delete finishes it', async (when) => {
      await atEveryCall(async (world, number) => {
        const error = await world.delete({ path }, { hook: faultAt(number, when) }).then(() => undefined, toAppError);
        // A file that cannot be read may name teardown commands.
        const code = (await calls)[number] === 'environmentFiles.read' ? 'conflict' : 'failed';
        if (error) expect(error).toMatchObject({ code });
        await finish(world);
      });
    });

    it.each<When>(['before', 'after'])('by cancelling %s it, the next delete finishes it', async (when) => {
      await atEveryCall(async (world, number) => {
        const cancel = new AbortController();
        const hook = faultAt(number, when, () => cancel.abort());
        const error: unknown = await world.delete({ path }, { hook, signal: cancel.signal }).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error !== undefined) expect(isAbort(error)).toBe(true);
        expect(world.locks.held).toEqual([]);
        await finish(world);
      });
    });

    it.each<When>(['before', 'after'])('by a crash %s it, the next delete finishes it', async (when) => {
      await atEveryCall(async (world, number) => {
        const hook = crashAt(number, when);
        await world.delete({ path }, { hook }).catch(() => undefined);
        expect(hook.crashed).toBe(true);
        await finish(world);
      });
    });

    it.each(['cluster', 'databases', 'releases'])(
      'by %s, which fails from then on, the worktree stays',
      async (port) => {
        let stayed = 0;
        await atEveryCall(async (world, number) => {
          const error = await world
            .delete({ path }, { hook: outageAt(number, port) })
            .then(() => undefined, toAppError);
          if (error) {
            stayed++;
            expect(error.code).toBe('unreachable');
            expect(await world.worktree('x')).toBeDefined();
          }
          await finish(world);
        });
        expect(stayed).toBeGreaterThan(0);
      },
    );
  });
});

describe('a branch that a delete has left which was cut off', () => {
  async function worldWithBranch(): Promise<EnvironmentWorld> {
    const { world } = await worldWithX();
    const hook = recorder();
    await (await worldWithX()).world.delete({ path }, { hook });
    const crash = crashAt(hook.calls.indexOf('worktrees.deleteBranch'), 'before');
    await world.delete({ path }, { hook: crash }).catch(() => undefined);
    expect(crash.crashed).toBe(true);
    world.locks.abandonAll();
    expect(await branchOf(world)).toBeDefined();
    expect(await world.worktree('x')).toBeUndefined();
    return world;
  }

  const branchOf = async (world: EnvironmentWorld) =>
    (await world.worktrees.branches(world.worktrees.repositoryInfo)).find(({ name }) => name === 'x');

  it('is deleted by the next delete of its name, and no other branch is', async () => {
    const world = await worldWithBranch();
    world.worktrees.makeBranch('y');
    expect(await finishBranch(world, 'y')).toBe(false);
    expect(await finishBranch(world)).toBe(true);
    expect(await branchOf(world)).toBeUndefined();
    world.worktrees.makeBranch('x');
    expect(await finishBranch(world)).toBe(false);
    expect(await branchOf(world)).toBeDefined();
  });

  it('is told by the next create, and goes with what that makes', async () => {
    const world = await worldWithBranch();
    const made = await world.createBranch('x');
    expect(made.notes).toEqual(['The branch x is as a delete left it that was cut off.']);
    expect(await world.delete({ path })).toMatchObject({ branch: 'deleted' });
    expect(await world.state()).toEqual(await new EnvironmentWorld().state());
  });

  it("is a person's own once it has other commits", async () => {
    const world = await worldWithBranch();
    const { repositoryInfo } = world.worktrees;
    const byHand = await world.worktrees.add(repositoryInfo, { kind: 'existing', folder: '/code/hand', branch: 'x' });
    await expect(finishBranch(world)).rejects.toMatchObject({ code: 'conflict' });
    expect(await finishBranch(world)).toBe(false);
    world.worktrees.commit(byHand, 'mine');
    expect(await branchOf(world)).toBeDefined();
  });
});
