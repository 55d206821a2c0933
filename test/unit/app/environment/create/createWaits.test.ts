import { describe, expect, it } from 'vitest';
import type { CreateRequest } from '../../../../../src/app/environment/requests';
import { crashing, EnvironmentWorld } from '../../../../support/environmentWorld';

/** A worktree that others have made, with no environment. */
async function aWorktree(world: EnvironmentWorld): Promise<CreateRequest & { target: { kind: 'worktree' } }> {
  const folder = '/code/wt/x';
  const { repositoryInfo } = world.worktrees;
  const { path } = await world.worktrees.add(repositoryInfo, { kind: 'new', folder, branch: 'x', base: 'main' });
  return { folder: path, target: { kind: 'worktree', path } };
}

describe('a create that waits for another one', () => {
  it('takes what that has made: nothing is made twice', async () => {
    const world = new EnvironmentWorld();
    const request = await aWorktree(world);
    const [first, second] = await Promise.all([world.create(request), world.create({ ...request, waits: true })]);
    expect(second.identity).toEqual(first.identity);
    expect(second).toMatchObject({ ready: true, database: first.database, url: first.url });
    expect(world.releases.changes).toEqual(['install worktree-x/x']);
  });

  it('without being told to wait is refused', async () => {
    const world = new EnvironmentWorld();
    const request = await aWorktree(world);
    const [first, second] = await Promise.allSettled([world.create(request), world.create(request)]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
  });

  it('makes it itself where the other one has failed', async () => {
    const world = new EnvironmentWorld();
    const request = await aWorktree(world);
    let isFirst = true;
    world.releases.before = (method) => {
      if (method !== 'install' || !isFirst) return;
      isFirst = false;
      throw new Error('the first one fails');
    };
    const [first, second] = await Promise.allSettled([
      world.create(request),
      world.create({ ...request, waits: true }),
    ]);
    expect(first.status).toBe('rejected');
    expect(second).toMatchObject({ status: 'fulfilled', value: { ready: true } });
  });

  it('says that what the other one has made does not get ready', async () => {
    const world = new EnvironmentWorld();
    world.podOf = (service) => (service === 'backend' ? crashing : {});
    const request = await aWorktree(world);
    const [first, second] = await Promise.all([world.create(request), world.create({ ...request, waits: true })]);
    expect([first.ready, second.ready]).toEqual([false, false]);
    expect(world.releases.changes).toEqual(['install worktree-x/x']);
  });

  it('brings one that was there before up to date, as ever', async () => {
    const world = new EnvironmentWorld();
    const request = await aWorktree(world);
    await world.create(request);
    await world.create({ ...request, waits: true });
    expect(world.releases.changes).toEqual(['install worktree-x/x', 'install worktree-x/x']);
  });
});
