import { expect, it } from 'vitest';
import { crashing, EnvironmentWorld, podFacts } from '../../../../support/environmentWorld';

const update = { target: { kind: 'worktree', path: '/code/repo.worktrees/x' } } as const;
const restarts = (world: EnvironmentWorld) => world.cluster.changes.filter((change) => change.startsWith('restart'));

async function brokenWorld(): Promise<EnvironmentWorld> {
  const world = new EnvironmentWorld();
  world.podOf = (service) => (service === 'backend' ? crashing : {});
  expect((await world.createBranch('x')).ready).toBe(false);
  expect(restarts(world)).toEqual([]);
  return world;
}

it('an update does not call a service broken for what it ended with before: it is started anew, it alone', async () => {
  const world = await brokenWorld();
  world.workloads.onRestart = (namespace) =>
    world.cluster.setFacts(namespace, { pods: ['frontend', 'backend', 'worker'].map((each) => podFacts(each)) });
  expect(await world.create(update)).toMatchObject({ ready: true });
  expect(restarts(world)).toEqual(['restart worktree-x/backend']);
  world.podOf = () => ({});
  await world.create(update);
  expect(restarts(world)).toHaveLength(1);
});

it('an update leaves what it has replaced by itself to the cluster', async () => {
  const world = await brokenWorld();
  const { onInstall } = world.releases;
  world.releases.onInstall = async (install) => {
    await onInstall(install);
    const [facts] = await world.cluster.read(undefined);
    const deployments = (facts?.deployments ?? []).map((each) => ({ ...each, old: 1 }));
    world.cluster.setFacts('worktree-x', { deployments });
  };
  world.settings = { ...world.settings, 'create.readyTimeout': 1 };
  expect((await world.create(update)).ready).toBe(false);
  expect(restarts(world)).toEqual([]);
});
