import { describe, expect, it } from 'vitest';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { crashAt } from '../../../../support/faults';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { branch, failsAndChangesNothing, identityOf, numberOf, stranger } from './creates';

describe('createEnvironment', () => {
  describe('again', () => {
    it('keeps database, password, ports and names, and takes what the file says now', async () => {
      const world = new EnvironmentWorld();
      const { identity, worktree } = await world.createBranch('x');
      const secret = await world.cluster.readSecret(identity.names.namespace, 'coppice-database');
      const before = world.cluster.changes.length;
      world.clock.advance(5000);
      world.edited.set(worktree.path, environmentFileText(['frontend', 'extra'], database));
      const again = await world.create({ target: { kind: 'worktree', path: worktree.path } });
      expect(again.identity).toEqual({
        ...identity,
        parts: {
          ...identity.parts,
          services: {
            metricsPorts: { frontend: identity.parts.services?.metricsPorts['frontend'], extra: expect.any(Number) },
            addresses: { frontend: { path: '/' }, extra: { path: '/extra' } },
          },
        },
      });
      expect(await world.cluster.readSecret(identity.names.namespace, 'coppice-database')).toEqual(secret);
      expect(world.cluster.changes.slice(before).filter((change) => !change.startsWith('annotate'))).toEqual([]);
      const { annotations } = (await world.cluster.readNamespace(identity.names.namespace)) ?? {};
      expect(annotations?.['metrics-ports']).toBe(JSON.stringify(again.identity.parts.services?.metricsPorts));
      expect(again.services.map(({ name }) => name).sort()).toEqual(['extra', 'frontend']);
    });

    it('brings back an environment whose namespace is gone, with its data and its claim to the branch', async () => {
      const world = new EnvironmentWorld();
      const { identity, worktree } = await world.createBranch('x');
      await world.cluster.deleteNamespace(identity.names.namespace, identity.owner);
      const again = await world.create({ target: { kind: 'worktree', path: worktree.path } });
      expect(again).toMatchObject({ ready: true, identity: { createdBranch: true, createdAt: identity.createdAt } });
      expect(world.databases.held.get(identity.parts.database?.database ?? '')).toMatchObject({ kind: 'environment' });
    });

    it('refuses when another has the name of an environment that was finished', async () => {
      const world = new EnvironmentWorld();
      const { identity, worktree } = await world.createBranch('x');
      await world.cluster.deleteNamespace(identity.names.namespace, identity.owner);
      world.cluster.addForeignNamespace(identity.names.namespace, stranger);
      const target = { kind: 'worktree', path: worktree.path } as const;
      await failsAndChangesNothing(world, { target }, { code: 'conflict' });
    });

    it('refuses while its namespace is being deleted', async () => {
      const world = new EnvironmentWorld();
      const { identity, worktree } = await world.createBranch('x');
      world.cluster.setTerminating(identity.names.namespace);
      const target = { kind: 'worktree', path: worktree.path } as const;
      await failsAndChangesNothing(world, { target }, { code: 'conflict' });
    });

    it('is an environment of its own for a copy of the repository', async () => {
      const world = new EnvironmentWorld();
      const original = await world.createBranch('main');
      world.worktrees.recordedId = 'cccccccccccc';
      const copy = await world.createBranch('main');
      expect(copy.identity.owner.repositoryId).toBe('cccccccccccc');
      expect(copy.identity.names.namespace).not.toBe(original.identity.names.namespace);
      expect((await world.cluster.readNamespace(original.identity.names.namespace))?.owner?.repositoryId).toBe(
        '0123456789ab',
      );
    });

    it('does not guess from a record that cannot be read', async () => {
      const world = new EnvironmentWorld();
      const { worktree } = await world.createBranch('x');
      world.identities.damage(worktree);
      await expect(world.createBranch('x')).rejects.toMatchObject({ code: 'failed' });
      expect(world.cluster.changes.filter((change) => change.startsWith('delete'))).toEqual([]);
    });
  });

  describe('after a run that was cut off', () => {
    it.each(['cluster.claimNamespace', 'worktrees.add', 'identities.write', 'databases.clone', 'releases.install'])(
      'behind %s goes on with what is there, also in a branch of its own',
      async (call) => {
        const target = branch('feat/x', 'main');
        const world = new EnvironmentWorld();
        const hook = crashAt(await numberOf(call, target), 'after');
        await expect(world.create({ target }, { hook })).rejects.toThrow();
        expect(hook.crashed).toBe(true);
        world.locks.abandonAll();
        const { identity, ready } = await world.create({ target });
        expect(ready).toBe(true);
        expect(identity).toMatchObject({ names: { slug: 'feat-x' }, createdBranch: true, state: 'created' });
        expect(await world.cluster.listNamespaces()).toHaveLength(1);
        await world.delete({ path: '/code/repo.worktrees/feat-x' });
        expect(await world.state()).toEqual(await new EnvironmentWorld().state());
      },
    );

    it('between branch and worktree takes the branch, which was made for just this', async () => {
      const target = branch('feat/x', 'main');
      const world = new EnvironmentWorld();
      const hook = crashAt(await numberOf('worktrees.add', target), 'before');
      await expect(world.create({ target }, { hook })).rejects.toThrow();
      world.locks.abandonAll();
      world.worktrees.makeBranch('feat/x');
      expect((await world.create({ target })).identity.createdBranch).toBe(true);
    });

    it('takes no worktree that was made elsewhere meanwhile', async () => {
      const target = branch('feat/x');
      const world = new EnvironmentWorld();
      const hook = crashAt(await numberOf('worktrees.add', target), 'before');
      await expect(world.create({ target }, { hook })).rejects.toThrow();
      world.locks.abandonAll();
      const { repositoryInfo } = world.worktrees;
      await world.worktrees.add(repositoryInfo, { kind: 'new', branch: 'feat/x', base: 'main', folder: '/by/hand' });
      await expect(world.create({ target })).rejects.toMatchObject({ code: 'conflict' });
      expect(await identityOf(world, 'feat/x')).toBeUndefined();
    });

    it('keeps the name that was claimed, though a better one is free by now', async () => {
      const world = new EnvironmentWorld();
      world.cluster.addForeignNamespace('worktree-x', stranger);
      const hook = crashAt(await numberOf('identities.write', branch('x')), 'before');
      await expect(world.createBranch('x', { hook })).rejects.toThrow();
      world.locks.abandonAll();
      const [claimed] = (await world.cluster.listNamespaces()).filter(
        ({ owner }) => owner?.repositoryId === '0123456789ab',
      );
      await world.cluster.deleteNamespace('worktree-x', stranger);
      expect((await world.createBranch('x')).identity.names.namespace).toBe(claimed?.name);
    });
  });
});
