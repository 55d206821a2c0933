import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../../src/core/errors';
import { EnvironmentWorld } from '../../../../support/environmentWorld';

const secretOf = async (world: EnvironmentWorld, namespace: string): Promise<string | undefined> =>
  (await world.cluster.readSecret(namespace, 'coppice-database'))?.['DATABASE_URL'];

describe('creating again', () => {
  it('brings the new address of the database server to services that run', async () => {
    const world = new EnvironmentWorld();
    const { identity } = await world.createBranch('topic');
    const before = world.databases.held.get(identity.parts.database?.database ?? '');
    const restarted: string[] = [];
    world.workloads.onRestart = (_, service) => restarted.push(service);

    world.databases.port = 5433;
    await world.create({ target: { kind: 'worktree', path: (await world.worktree('topic'))?.path ?? '' } });

    expect(new URL((await secretOf(world, identity.names.namespace)) ?? '').port).toBe('5433');
    expect(world.databases.held.get(identity.parts.database?.database ?? '')).toBe(before);
    expect(restarted.sort()).toEqual(['backend', 'frontend', 'worker']);
  });

  it('leaves password and services alone while the server is where it was', async () => {
    const world = new EnvironmentWorld();
    const { identity, worktree } = await world.createBranch('topic');
    const before = await secretOf(world, identity.names.namespace);
    const restarted: string[] = [];
    world.workloads.onRestart = (_, service) => restarted.push(service);
    await world.create({ target: { kind: 'worktree', path: worktree.path } });
    expect(await secretOf(world, identity.names.namespace)).toBe(before);
    expect(restarted).toEqual([]);
  });
});

describe('a database of an earlier version', () => {
  it('is told in parts as well from the next update on', async () => {
    const world = new EnvironmentWorld();
    const { identity, worktree } = await world.createBranch('topic');
    const { namespace } = identity.names;
    const secret = await world.cluster.readSecret(namespace, 'coppice-database');
    const { DATABASE_URL } = secret ?? {};
    await world.cluster.putSecret(namespace, 'coppice-database', { DATABASE_URL: DATABASE_URL ?? '' }, identity.owner);
    await world.create({ target: { kind: 'worktree', path: worktree.path } });
    expect(await world.cluster.readSecret(namespace, 'coppice-database')).toEqual(secret);
    expect(secret).toMatchObject({ DATABASE_HOST: '127.0.0.1', DATABASE_NAME: 'wt_topic' });
  });
});

describe('a branch that was there before', () => {
  it('does not keep the worktree of a create that failed, though only it has its commits', async () => {
    const world = new EnvironmentWorld();
    const first = await world.createBranch('topic');
    const commit = world.worktrees.commit(first.worktree, 'work');
    await world.delete({ path: first.worktree.path, keepBranch: true });
    const before = await world.state();

    world.releases.before = (method) => {
      if (method === 'install') throw new AppError('failed', 'The chart is wrong.');
    };
    const create = world.createBranch('topic');
    await expect(create).rejects.toMatchObject({ message: 'The chart is wrong.', explanation: undefined });
    expect(await world.state()).toEqual(before);
    const branches = await world.worktrees.branches(world.worktrees.repositoryInfo);
    expect(branches.find(({ name }) => name === 'topic')?.commit).toBe(commit);
  });
});

describe('deleting', () => {
  it('keeps a branch that was checked out since, in place of the one that Coppice made', async () => {
    const world = new EnvironmentWorld();
    const { worktree, identity } = await world.createBranch('topic');
    await world.identities.write(worktree, { ...identity, ref: 'refs/heads/before' });
    expect(await world.delete({ path: worktree.path })).toMatchObject({ worktree: 'deleted', branch: 'kept' });
    const branches = await world.worktrees.branches(world.worktrees.repositoryInfo);
    expect(branches.map(({ name }) => name)).toContain('topic');
  });
});
