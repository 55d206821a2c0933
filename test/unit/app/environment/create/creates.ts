import { expect } from 'vitest';
import type { CreateRequest } from '../../../../../src/app/environment/requests';
import type { Identity, Owner } from '../../../../../src/core/model';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { recorder } from '../../../../support/faults';

export const stranger: Owner = { repositoryId: 'ffffffffffff', worktreeId: 'eeeeeeeeeeee' };
export const branch = (name: string, base?: string): CreateRequest['target'] => ({
  kind: 'branch',
  branch: name,
  ...(base === undefined ? {} : { base }),
});

export async function identityOf(world: EnvironmentWorld, name: string): Promise<Identity | undefined> {
  const worktree = await world.worktree(name);
  return worktree && world.identities.read(worktree);
}

export async function failsAndChangesNothing(
  world: EnvironmentWorld,
  request: Partial<CreateRequest> & Pick<CreateRequest, 'target'>,
  error: object,
): Promise<void> {
  const before = await world.state();
  const changes = world.cluster.changes.length;
  await expect(world.create(request)).rejects.toMatchObject(error);
  expect(await world.state()).toEqual(before);
  expect(world.cluster.changes).toHaveLength(changes);
  expect(world.locks.held).toEqual([]);
}

/** The number of the first call of this name in a create. */
export async function numberOf(call: string, target: CreateRequest['target']): Promise<number> {
  const hook = recorder();
  await new EnvironmentWorld().create({ target }, { hook });
  const number = hook.calls.indexOf(call);
  expect(number).toBeGreaterThan(0);
  return number;
}
