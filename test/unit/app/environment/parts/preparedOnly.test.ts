import { describe, expect, it } from 'vitest';
import { updateChanges } from '../../../../../src/app/environment/update/updateChanges';
import { environmentLock } from '../../../../../src/app/run/withLock';
import { restartService } from '../../../../../src/app/services/restartService';
import { scaleService } from '../../../../../src/app/services/scaleService';
import { readSnapshot } from '../../../../../src/app/snapshot/readSnapshot';
import { needsCreate } from '../../../../../src/app/view/needsCreate';
import { worktreeState } from '../../../../../src/app/view/worktreeState';
import { EnvironmentWorld } from '../../../../support/environmentWorld';

const run = { signal: new AbortController().signal, report: () => undefined };

/** A create was killed while its database was cloned: its services are prepared, and held. */
async function cutOff(pods = 1) {
  const world = new EnvironmentWorld();
  const { worktree, identity } = await world.createBranch('x');
  const { namespace } = identity.names;
  await world.identities.write(worktree, { ...identity, state: 'creating' });
  const [facts] = (await world.cluster.read(identity.owner.repositoryId)).filter((one) => one.namespace === namespace);
  const none = { isHeld: true, ready: 0, updated: 0, available: 0 };
  const deployments = (facts?.deployments ?? []).map((one, at) => ({ ...one, ...none, desired: at === 0 ? pods : 1 }));
  world.cluster.setFacts(namespace, { deployments, pods: [] });
  world.cluster.changes.length = 0;
  const entry = async () => {
    const snapshot = await readSnapshot(world.createPorts())(worktree.path, run.signal);
    const found = snapshot.entries.find((each) => each.worktree.path === worktree.path);
    if (!found) throw new Error('no worktree');
    return { work: found.work, state: worktreeState(found, snapshot).state, needs: needsCreate(found, snapshot) };
  };
  return { world, path: worktree.path, identity, entry };
}

describe('an environment of which nothing was let start yet', () => {
  it('is one whose create was cut off, also where a service is to have no pods; the next create is one', async () => {
    const { world, identity, entry } = await cutOff(0);
    expect(await entry()).toEqual({ work: 'createCutOff', state: 'createCutOff', needs: true });
    // That claims it anew.
    const annotations = { 'claimed-at': new Date(Date.parse(identity.createdAt) + 60_000).toISOString() };
    world.cluster.setFacts(identity.names.namespace, { annotations });
    const held = await world.locks.acquire(environmentLock(identity.owner), 'x is being created');
    expect(await entry()).toMatchObject({ work: 'creating', state: 'creating' });
    await held.release();
  });

  it('has nothing to compare an update with', async () => {
    const { world, path } = await cutOff();
    expect(await updateChanges(world.createPorts())({ folder: path }, run)).toBeUndefined();
  });

  it('has no service that could be restarted or scaled: it would run without its files or its database', async () => {
    const { world, path } = await cutOff();
    const at = { folder: path, path, service: 'backend' };
    const refusal = { code: 'conflict', message: expect.stringContaining('not made yet') as string };
    await expect(restartService(world.createPorts())(at, run)).rejects.toMatchObject(refusal);
    await expect(scaleService(world.createPorts())({ ...at, replicas: 2 }, run)).rejects.toMatchObject(refusal);
    expect(world.cluster.changes).toEqual([]);
  });

  it('starts once there is room for it, as a new one does', async () => {
    const { world, path } = await cutOff();
    world.settings = { ...world.settings, 'start.freeMemory': 512, 'start.waitTime': 0 };
    world.machineLoad.current = { free: 1, total: 2 ** 32 };
    const again = world.create({ folder: path, target: { kind: 'worktree', path } });
    await expect(again).rejects.toMatchObject({ code: 'timeout' });
  });
});
