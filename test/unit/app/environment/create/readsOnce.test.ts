import { describe, expect, it, vi } from 'vitest';
import { infraNamespace, infraOwner } from '../../../../../src/core/clusters/infra';
import type { ClusterIdentity } from '../../../../../src/core/model';
import { EnvironmentWorld } from '../../../../support/environmentWorld';

const branch = { kind: 'branch', branch: 'x' } as const;
const folder = '/code/repo.worktrees/x';

function spied(kind: ClusterIdentity['kind'] = 'embedded') {
  const world = new EnvironmentWorld();
  Reflect.set(world.cluster, 'identity', { kind });
  const namespaces = vi.spyOn(world.cluster, 'readNamespace');
  const files = vi.spyOn(world.environmentFiles, 'read');
  const branches = vi.spyOn(world.worktrees, 'branches');
  return {
    world,
    infra: () => namespaces.mock.calls.filter(([name]) => name === infraNamespace).length,
    /** How often it was decided what the create of a branch is about. */
    decisions: () => branches.mock.calls.length,
    /** The same of an update, which reads the file of its own worktree. */
    updates: () => files.mock.calls.filter(([path]) => path === folder).length,
  };
}

describe('a create', () => {
  it('decides once, and reads infra once', async () => {
    const { world, infra, decisions } = spied('k3d');
    await world.cluster.claimNamespace({
      name: infraNamespace,
      owner: infraOwner,
      annotations: { parts: 'postgresql' },
    });
    await world.create({ target: branch });
    expect(decisions()).toBe(1);
    expect(infra()).toBe(1);
  });

  it('decides once about an environment that is there', async () => {
    const { world, updates } = spied();
    await world.create({ target: branch });
    await world.create({ target: { kind: 'worktree', path: folder } });
    expect(updates()).toBe(1);
  });

  it('decides again when another was quicker, and goes on with what that one left', async () => {
    const { world, updates } = spied();
    await world.create({ target: branch });
    const acquire = world.locks.acquire.bind(world.locks);
    let isFirst = true;
    let byDelete = 0;
    vi.spyOn(world.locks, 'acquire').mockImplementation(async (key, what) => {
      if (isFirst && key.startsWith('name ')) {
        isFirst = false;
        const before = updates();
        await world.delete({ path: folder, environmentOnly: true });
        byDelete = updates() - before;
      }
      return acquire(key, what);
    });
    const { identity } = await world.create({ target: { kind: 'worktree', path: folder } });
    expect(updates() - byDelete).toBe(2);
    expect((await world.cluster.listNamespaces()).map(({ owner }) => owner)).toEqual([identity.owner]);
  });

  it('is refused when its environment is deleted while the name is its own already', async () => {
    const { world } = spied();
    await world.create({ target: branch });
    const acquire = world.locks.acquire.bind(world.locks);
    let isFirst = true;
    vi.spyOn(world.locks, 'acquire').mockImplementation(async (key, what) => {
      if (isFirst && key.startsWith('create ')) {
        isFirst = false;
        await world.delete({ path: folder, environmentOnly: true });
      }
      return acquire(key, what);
    });
    await expect(world.create({ target: { kind: 'worktree', path: folder } })).rejects.toMatchObject({
      code: 'conflict',
      message: 'The worktrees of x changed just now. Try again.',
    });
    expect(await world.cluster.listNamespaces()).toEqual([]);
    expect(world.locks.held).toEqual([]);
  });
});
