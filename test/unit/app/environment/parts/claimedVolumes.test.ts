import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../../src/core/errors';
import type { ClusterIdentity } from '../../../../../src/core/model';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';

const context: ClusterIdentity = { kind: 'context', context: 'c', server: 'https://c', caSha256: 'ab' };
const chart = { name: 'data-postgres-0', service: undefined, size: '8Gi' };
const told = {
  code: 'conflict',
  losses: [{ kind: 'data', count: 1, examples: ['the volume data-postgres-0 (8Gi): it cannot be told'] }],
};

async function made(identity: ClusterIdentity) {
  const world = new EnvironmentWorld();
  world.cluster.identity = identity;
  world.commit(environmentFileText(['web'], undefined, { uses: [{ name: 'cache', tool: 'redis' }] }));
  const { worktree, identity: own } = await world.createBranch('x');
  const { namespace } = own.names;
  return { world, path: worktree.path, namespace };
}

describe('volumes in a namespace that the environment file knows nothing of', () => {
  it('are named beside what the environment uses, and go once that is accepted', async () => {
    const { world, path, namespace } = await made(context);
    world.cluster.claims.set(namespace, [{ name: 'cache-redis-data', service: 'cache', size: '2Gi' }, chart]);
    await expect(world.delete({ path })).rejects.toMatchObject({
      code: 'conflict',
      losses: [{ kind: 'data', count: 2, examples: expect.arrayContaining(told.losses[0]?.examples ?? []) as unknown }],
    });
    expect(await world.cluster.readNamespace(namespace)).toBeDefined();
    await world.delete({ path, accepted: ['data'] });
    expect(await world.cluster.readNamespace(namespace)).toBeUndefined();
  });

  it('are asked about again before the release goes, and are none of somebody who may not list them', async () => {
    const world = new EnvironmentWorld();
    world.cluster.identity = context;
    world.commit(environmentFileText(['web']));
    const { worktree, identity } = await world.createBranch('x');
    world.cluster.claims.set(identity.names.namespace, [chart]);
    const refuse = (code: 'denied' | 'unreachable', times: number) => {
      let left = times;
      world.cluster.before = (method) => {
        if (method === 'listClaims' && left-- > 0) throw new AppError(code, 'No.');
      };
    };
    refuse('unreachable', 1);
    await expect(world.delete({ path: worktree.path })).rejects.toMatchObject(told);
    expect(world.releases.changes.filter((change) => change.startsWith('uninstall'))).toEqual([]);
    refuse('denied', 9);
    await world.delete({ path: worktree.path });
    expect(await world.cluster.readNamespace(identity.names.namespace)).toBeUndefined();
  });

  it('are not looked for where pods are processes of this machine', async () => {
    const { world, path, namespace } = await made({ kind: 'embedded' });
    world.cluster.claims.set(namespace, [chart]);
    await world.delete({ path });
    expect(await world.cluster.readNamespace(namespace)).toBeUndefined();
  });
});
