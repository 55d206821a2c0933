import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../../src/core/errors';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import type { CallHook } from '../../../../support/faultyPort';

const without = environmentFileText(['web']);
const withDatabase = environmentFileText(['web'], database);

async function worldWith(text: string) {
  const world = new EnvironmentWorld();
  world.commit(text);
  const { worktree, identity } = await world.createBranch('x');
  const update = async (now: string, hook?: CallHook) => {
    world.edited.set(worktree.path, now);
    return world.create({ target: { kind: 'worktree', path: worktree.path } }, { hook });
  };
  const recorded = async () => (await world.identities.read(worktree))?.parts.database?.database;
  return { world, worktree, identity, update, recorded };
}

describe('what is recorded of an environment without a database', () => {
  it('is no database, and its delete asks no server', async () => {
    const { world, worktree, identity } = await worldWith(without);
    expect(Object.keys(identity.parts).sort()).toEqual(['services', 'temporal']);
    world.databases.failure = new AppError('missingTool', 'PostgreSQL was not found.');
    expect(await world.delete({ path: worktree.path })).toMatchObject({ environment: 'deleted' });
  });

  it('is one as soon as an update makes it', async () => {
    const { world, worktree, update, recorded } = await worldWith(without);
    expect((await update(withDatabase)).database).toBe('wt_x');
    expect(await recorded()).toBe('wt_x');
    await world.delete({ path: worktree.path });
    expect([...world.databases.held.keys()]).not.toContain('wt_x');
  });

  it('is one before it is there, so that one that was left by a cut off update goes with the environment', async () => {
    const { update } = await worldWith(without);
    const calls: string[] = [];
    await update(withDatabase, {
      before: (call) => void (call === 'databases.clone' && calls.push(call)),
      after: (call) => void (call === 'identities.write' && calls.push(call)),
    });
    expect(calls.slice(0, 2)).toEqual(['identities.write', 'databases.clone']);
  });
});

describe('an update that gains a database', () => {
  it('leaves it in the record when it can neither go on nor take it back, so that the delete finds it', async () => {
    const { world, worktree, update, recorded } = await worldWith(without);
    const failing = update(withDatabase, {
      before(call) {
        if (call === 'releases.install') throw new AppError('failed', 'Helm failed.');
        if (call === 'databases.drop') throw new AppError('unreachable', 'PostgreSQL died.');
      },
      after: () => undefined,
    });
    await expect(failing).rejects.toThrow('Helm failed.');
    expect([...world.databases.held.keys()]).toContain('wt_x');
    expect(await recorded()).toBe('wt_x');
    await world.delete({ path: worktree.path, accepted: ['database'] });
    expect([...world.databases.held.keys()]).not.toContain('wt_x');
  });

  it("is refused before anything is changed where the name is somebody else's", async () => {
    const { world, worktree, update, recorded } = await worldWith(without);
    const owner = { repositoryId: 'another', worktreeId: 'one' };
    world.databases.held.set('wt_x', { kind: 'environment', role: 'wt_x', password: 1, owner });
    const before = await world.state();
    await expect(update(withDatabase)).rejects.toMatchObject({ code: 'conflict' });
    expect(await world.state()).toEqual(before);
    expect(await recorded()).toBeUndefined();
    await world.delete({ path: worktree.path });
    expect([...world.databases.held.keys()]).toContain('wt_x');
  });
});

describe('what is recorded of a database', () => {
  it('stays when the environment file no longer asks for it: it is still there, and goes with the environment', async () => {
    const { world, worktree, update, recorded } = await worldWith(withDatabase);
    expect((await update(without)).database).toBeUndefined();
    expect(await recorded()).toBe('wt_x');
    await world.delete({ path: worktree.path });
    expect([...world.databases.held.keys()]).not.toContain('wt_x');
  });

  it('is known of an environment that is taken over, though the environment file no longer asks for it', async () => {
    const { world, worktree } = await worldWith(withDatabase);
    await world.worktrees.remove(world.worktrees.repositoryInfo, worktree, ['untracked', 'unpushed'], undefined, {
      keepBranch: true,
    });
    world.commit(without);
    const again = await world.create({ target: { kind: 'branch', branch: 'x' }, found: 'adopt' });
    expect(again.identity.parts.database?.database).toBe('wt_x');
    await world.delete({ path: again.worktree.path });
    expect([...world.databases.held.keys()]).not.toContain('wt_x');
  });
});
