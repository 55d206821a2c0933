import { expect, test } from 'vitest';
import { callerSecret } from '../../../../../packages/cluster/src/contract';
import type { ClusterIdentity } from '../../../../../src/core/model';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { EnvironmentWorld } from '../../../../support/environmentWorld';

const password = 'pass-word';
const variables = { PATH: '/mine', HTTPS_PROXY: `http://me:${password}@proxy` };

async function created(identity: ClusterIdentity) {
  const world = new EnvironmentWorld();
  Object.assign(world.cluster, { identity });
  world.callerVariables = variables;
  const installed: string[] = [];
  const { onInstall } = world.releases;
  world.releases.onInstall = (request) => {
    installed.push(JSON.stringify(request));
    return onInstall(request);
  };
  if (identity.kind !== 'embedded') world.commit(environmentFileText(['frontend']));
  const { identity: made, worktree } = await world.createBranch('x');
  const secret = (): Promise<unknown> => world.cluster.readSecret(made.names.namespace, callerSecret);
  const update = (): Promise<unknown> => world.create({ target: { kind: 'worktree', path: worktree.path } });
  return { world, made, installed, secret, update };
}

test("an environment keeps its caller's variables in a Secret, and nowhere else", async () => {
  const { world, made, installed, secret } = await created({ kind: 'embedded' });
  expect(await secret()).toEqual(variables);
  const record = await world.cluster.readNamespace(made.names.namespace);
  expect(JSON.stringify([installed, made, record])).not.toContain(password);
});

test('an update from another shell brings its own, and only what is set there', async () => {
  const { world, secret, update } = await created({ kind: 'embedded' });
  world.callerVariables = { PATH: '/other' };
  await update();
  expect(await secret()).toEqual({ PATH: '/other' });
  const before = world.cluster.changes.length;
  await update();
  expect(world.cluster.changes.slice(before).filter((change) => change.includes(callerSecret))).toEqual([]);
});

test('a real cluster gets none: its images have their own PATH', async () => {
  const { secret } = await created({ kind: 'context', context: 'work', server: 'https://127.0.0.1:6443' });
  expect(await secret()).toBeUndefined();
});
