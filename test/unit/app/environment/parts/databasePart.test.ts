import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../../src/core/errors';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';

const services = ['frontend', 'backend', 'worker'];

describe('a database that was not made', () => {
  it('leaves no role where the server died in the middle of the clone', async () => {
    const world = new EnvironmentWorld();
    const before = await world.state();
    world.databases.diesInClones = true;
    await expect(world.createBranch('x')).rejects.toMatchObject({ code: 'unreachable' });
    expect([...world.databases.rolesAlone.keys()]).toEqual([]);
    expect(await world.state()).toEqual(before);
  });
});

describe('a database that a create which failed could not take back', () => {
  async function worldWithLeft(): Promise<EnvironmentWorld> {
    const world = new EnvironmentWorld();
    const hook = {
      before(call: string) {
        if (call === 'workloads.release') throw new AppError('failed', 'No release.');
        if (call === 'databases.drop') throw new AppError('unreachable', 'No server.');
      },
      after: () => undefined,
    };
    await expect(world.createBranch('x', { hook })).rejects.toMatchObject({ code: 'failed' });
    expect([...world.databases.held.keys()]).toContain('wt_x');
    expect(await world.cluster.listNamespaces()).toEqual([]);
    return world;
  }

  it('is known to a delete although the file asks for none by the next create', async () => {
    const world = await worldWithLeft();
    world.commit(environmentFileText(services, undefined));
    const { worktree, identity, database: asked } = await world.createBranch('x');
    expect(asked).toBeUndefined();
    expect(identity.parts.database).toMatchObject({ database: 'wt_x' });
    world.databases.written.set('wt_x', [{ table: 'numbers', rows: 4 }]);
    await expect(world.delete({ path: worktree.path })).rejects.toMatchObject({ losses: [{ kind: 'database' }] });
    await world.delete({ path: worktree.path, accepted: ['database'] });
    expect([...world.databases.held.keys()]).toEqual([database.template]);
  });

  it('is known to whoever deletes what is left of it without its worktree', async () => {
    const world = await worldWithLeft();
    world.commit(environmentFileText(services, undefined));
    await world.createBranch('x');
    expect((await world.cluster.readNamespace('worktree-x'))?.annotations['database']).toBe('wt_x');
  });

  it('is used by a create whose file asks for it', async () => {
    const world = await worldWithLeft();
    const { identity } = await world.createBranch('x');
    expect(identity.parts.database).toMatchObject({ database: 'wt_x' });
    expect(world.databases.held.get('wt_x')).toMatchObject({ owner: identity.owner });
  });
});
