import { expect } from 'vitest';
import { finishDelete } from '../../../../../src/app/environment/delete/finishDelete';
import type { DeleteRequest } from '../../../../../src/app/environment/requests';
import type { Identity, Owner, Worktree } from '../../../../../src/core/model';
import { EnvironmentWorld } from '../../../../support/environmentWorld';

export const path = '/code/repo.worktrees/x';
export const stranger: Owner = { repositoryId: 'ffffffffffff', worktreeId: 'eeeeeeeeeeee' };

export async function worldWithX(): Promise<{ world: EnvironmentWorld; worktree: Worktree; identity: Identity }> {
  const world = new EnvironmentWorld();
  return { world, ...(await world.createBranch('x')) };
}

export const finishBranch = (world: EnvironmentWorld, branch = 'x') =>
  finishDelete(world.createPorts())(
    { folder: '/code/repo', branch },
    { signal: new AbortController().signal, report: () => undefined },
  );

export async function refuses(world: EnvironmentWorld, request: Partial<DeleteRequest>, error: object): Promise<void> {
  const before = await world.state();
  await expect(world.delete({ path, ...request })).rejects.toMatchObject(error);
  expect(await world.state()).toEqual(before);
  expect(world.locks.held).toEqual([]);
}
