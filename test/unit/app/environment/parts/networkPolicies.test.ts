import { expect, it } from 'vitest';
import { createEnvironment } from '../../../../../src/app/environment/create/createEnvironment';
import type { CreateResult } from '../../../../../src/app/environment/requests';
import { toEnvironment } from '../../../../../src/core/services/health';
import type { NetworkPolicies } from '../../../../../src/core/ports/networkPolicies';
import { EnvironmentWorld } from '../../../../support/environmentWorld';

const note =
  'Pods of other environments can reach this one: nothing in this cluster is known to enforce network policies.';

async function created(found: Awaited<ReturnType<NetworkPolicies['enforcement']>> | undefined) {
  const world = new EnvironmentWorld();
  const networkPolicies = found && { enforcement: () => Promise.resolve(found) };
  const create = createEnvironment({ ...world.createPorts(), networkPolicies });
  const request = { folder: '/code/repo', target: { kind: 'branch', branch: 'x' } } as const;
  const result: CreateResult = await create(request, { signal: new AbortController().signal, report: () => undefined });
  const [facts] = await world.cluster.read(undefined);
  return { result, environment: facts && toEnvironment(facts) };
}

it('a cluster in which nothing enforces network policies says so in the result, and wherever one looks later', async () => {
  const { result, environment } = await created('unenforced');
  expect(result.notes).toEqual([note]);
  expect(environment?.notes).toEqual([note]);
});

it.each(['enforced', 'unknown', undefined] as const)('nothing is said where that is %s', async (found) => {
  const { result, environment } = await created(found);
  expect(result.notes).toEqual([]);
  expect(environment?.notes).toEqual([]);
});
