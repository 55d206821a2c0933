import { describe, expect, it } from 'vitest';
import { deleteOrphan } from '../../../../../src/app/environment/delete/deleteOrphan';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { crashAt, recorder, type When } from '../../../../support/faults';
import { stranger, worldWithX } from './deletes';

describe('deleteOrphan', () => {
  const run = { signal: new AbortController().signal, report: () => undefined };
  const orphan = (world: EnvironmentWorld, namespace: string) =>
    deleteOrphan(world.createPorts())({ folder: '/code/repo', namespace }, run);

  async function worldWithOrphan(): Promise<EnvironmentWorld> {
    const { world, worktree } = await worldWithX();
    await world.worktrees.remove(world.worktrees.repositoryInfo, worktree, []);
    await world.worktrees.deleteBranch(world.worktrees.repositoryInfo, 'x', worktree.head);
    return world;
  }

  it('deletes an environment whose worktree is gone, and its database', async () => {
    const world = await worldWithOrphan();
    await orphan(world, 'worktree-x');
    expect(await world.state()).toEqual(await new EnvironmentWorld().state());
    await orphan(world, 'worktree-x');
  });

  it('deletes nothing that a worktree claims', async () => {
    const { world } = await worldWithX();
    const before = await world.state();
    await expect(orphan(world, 'worktree-x')).rejects.toMatchObject({ code: 'conflict' });
    expect(await world.state()).toEqual(before);
    expect(world.locks.held).toEqual([]);
  });

  it('deletes nothing while a record cannot be read that may claim it', async () => {
    const world = await worldWithOrphan();
    const { worktree } = await world.createBranch('other');
    world.identities.damage(worktree);
    await expect(orphan(world, 'worktree-x')).rejects.toMatchObject({ code: 'failed' });
    expect(await world.cluster.readNamespace('worktree-x')).toBeDefined();
  });

  it("deletes nothing of another repository's", async () => {
    const world = new EnvironmentWorld();
    world.cluster.addForeignNamespace('worktree-y', stranger);
    world.cluster.addForeignNamespace('kube-system');
    await expect(orphan(world, 'worktree-y')).rejects.toMatchObject({ code: 'conflict' });
    await expect(orphan(world, 'kube-system')).rejects.toMatchObject({ code: 'conflict' });
    expect(await world.cluster.readNamespace('worktree-y')).toBeDefined();
  });

  it('does not get in the way of a create that is about to write its record', async () => {
    const world = await worldWithOrphan();
    const owner = (await world.cluster.readNamespace('worktree-x'))?.owner;
    await world.locks.acquire(`create ${owner?.repositoryId} ${owner?.worktreeId}`, 'x is being created');
    await expect(orphan(world, 'worktree-x')).rejects.toMatchObject({ code: 'conflict' });
    expect(await world.cluster.readNamespace('worktree-x')).toBeDefined();
  });

  it.each<When>(['before', 'after'])('cut off by a crash %s any call, is finished by the next', async (when) => {
    const hook = recorder();
    const reference = await worldWithOrphan();
    await deleteOrphan(reference.createPorts(hook))({ folder: '/code/repo', namespace: 'worktree-x' }, run);
    expect(hook.calls.length).toBeGreaterThan(6);
    for (const number of hook.calls.keys()) {
      const world = await worldWithOrphan();
      const crash = crashAt(number, when);
      await deleteOrphan(world.createPorts(crash))({ folder: '/code/repo', namespace: 'worktree-x' }, run).catch(
        () => undefined,
      );
      expect(crash.crashed).toBe(true);
      world.locks.abandonAll();
      await orphan(world, 'worktree-x');
      expect(await world.state()).toEqual(await new EnvironmentWorld().state());
    }
  });

  it('leaves an environment of another cluster alone, and forgets it only when that was accepted by name', async () => {
    const world = new EnvironmentWorld();
    const { worktree, identity } = await world.createBranch('topic');
    world.cluster.identity = { kind: 'context', context: 'k3d-a', server: 'https://127.0.0.1:1' };
    const before = await world.state();
    world.cluster.changes.length = 0;
    await expect(world.delete({ path: worktree.path })).rejects.toMatchObject({
      code: 'conflict',
      message:
        'The environment topic lives in the embedded cluster, and this repository uses "k3d-a" (https://127.0.0.1:1) now: choose that cluster again to work with it.',
      losses: [{ kind: 'elsewhere', count: 1, examples: ['the embedded cluster'] }],
      remedy: { action: { kind: 'chooseCluster' } },
    });
    expect(await world.state()).toEqual(before);
    const deleted = await world.delete({ path: worktree.path, accepted: ['elsewhere'] });
    expect(deleted).toEqual({ environment: 'left', worktree: 'deleted', branch: 'deleted', undo: 'kept-1' });
    expect(world.cluster.changes).toEqual([]);
    expect(await world.worktree('topic')).toBeUndefined();
    expect([...world.databases.held.keys()]).toContain(identity.parts.database?.database);
  });
});
