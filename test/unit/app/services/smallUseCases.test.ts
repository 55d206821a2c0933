import { describe, expect, it } from 'vitest';
import {
  returnDatabases,
  startServers,
  stopServers,
  type LocalServers,
} from '../../../../src/app/cluster/localServers';
import { readSnapshot } from '../../../../src/app/snapshot/readSnapshot';
import { restartService, type Restarted } from '../../../../src/app/services/restartService';
import { terminalVariables } from '../../../../src/app/environment/variables/terminalVariables';
import { worktreeAt } from '../../../../src/app/worktrees/worktreeAt';
import { environmentLock } from '../../../../src/app/run/withLock';
import { isAbort } from '../../../../src/core/errors';
import { infraNamespace, infraOwner } from '../../../../src/core/clusters/infra';
import type { PodFacts } from '../../../../src/core/facts';
import { crashing, EnvironmentWorld, podFacts } from '../../../support/environmentWorld';

const { signal } = new AbortController();
const run = { signal, report: () => undefined };

describe('readSnapshot', () => {
  const read = (world: EnvironmentWorld, folder = '/code/repo') => readSnapshot(world.createPorts())(folder, signal);

  it('joins git and cluster once', async () => {
    const world = new EnvironmentWorld();
    await world.createBranch('x');
    const snapshot = await read(world, '/code/repo.worktrees/x');
    expect(snapshot).toMatchObject({ hasEnvironmentFile: true, cluster: { state: 'online' }, orphans: [] });
    expect(snapshot.entries).toMatchObject([
      { worktree: { branch: 'main' }, status: { changed: 0 }, environment: undefined },
      { worktree: { branch: 'x' }, status: { changed: 0 }, environment: { slug: 'x', health: 'healthy' } },
    ]);
  });

  it('says that the cluster is away, and starts none', async () => {
    const world = new EnvironmentWorld();
    world.cluster.setStopped();
    expect(await read(world)).toMatchObject({
      cluster: { state: 'offline', reason: 'the cluster does not answer', since: '2026-11-22T10:00:00.000Z' },
    });
    expect(await world.cluster.probe()).toBeUndefined();
  });

  it('lists a worktree whose folder is gone, without a status', async () => {
    const world = new EnvironmentWorld();
    const { worktree } = await world.createBranch('x');
    world.worktrees.loseFolder(worktree);
    expect((await read(world)).entries[1]).toMatchObject({
      worktree: { prunable: 'its folder is gone' },
      status: undefined,
    });
  });

  it('has infra where the cluster can have it, and no orphan of it', async () => {
    const world = new EnvironmentWorld();
    world.cluster.addForeignNamespace(infraNamespace, infraOwner);
    expect(await read(world)).not.toHaveProperty('infra');
    world.cluster.identity = { kind: 'k3d', context: 'k3d-a', server: 'https://127.0.0.1:1' };
    expect(await read(world)).toMatchObject({ infra: { namespace: infraNamespace }, orphans: [] });
  });

  it('says why the cluster would lose what is changed, and what was cut off', async () => {
    const world = new EnvironmentWorld();
    const { worktree, identity } = await world.createBranch('x');
    world.cluster.stateTroubles.push('The disk is full.');
    expect(await read(world)).toMatchObject({ stateTrouble: 'The disk is full.' });
    expect(await read(world)).not.toHaveProperty('stateTrouble');
    await world.identities.write(worktree, { ...identity, state: 'creating' });
    const held = await world.locks.acquire(environmentLock(identity.owner), 'x is being created');
    expect((await read(world)).entries[1]?.work).toBe('creating');
    await held.release();
    expect((await read(world)).entries[1]?.work).toBe('createCutOff');
  });

  it('says of no folder that a delete left it aside while that is at work', async () => {
    const world = new EnvironmentWorld();
    const { worktrees } = world;
    const { worktree } = await world.createBranch('x');
    const list = worktrees.list.bind(worktrees);
    worktrees.list = async (...args) => {
      const all = await list(...args);
      worktrees.list = list;
      await worktrees.setAside(worktrees.repositoryInfo, worktree, []);
      return all;
    };
    expect(await read(world)).not.toHaveProperty('leftAside');
    await worktrees.prune();
    expect(await read(world)).toMatchObject({ leftAside: [{ name: 'x' }] });
  });

  it('is cancelled by its signal', async () => {
    const error: unknown = await readSnapshot(new EnvironmentWorld().createPorts())(
      '/code/repo',
      AbortSignal.abort(),
    ).catch((reason: unknown) => reason);
    expect(isAbort(error)).toBe(true);
  });
});

describe('worktreeAt', () => {
  it('finds the innermost worktree that a folder lies in', async () => {
    const world = new EnvironmentWorld();
    await world.create({ target: { kind: 'branch', branch: 'inner' }, worktreeFolder: 'repo/.worktrees/inner' });
    const at = async (folder: string) => (await worktreeAt(world.createPorts(), folder, signal)).worktree.branch;
    expect(await at('/code/repo/.worktrees/inner/src')).toBe('inner');
    expect(await at('/code/repo/.worktrees')).toBe('main');
    expect(await at('/code/repo')).toBe('main');
    await expect(at('/elsewhere')).rejects.toMatchObject({ code: 'invalidInput' });
  });

  it('does not guess from a record that cannot be read', async () => {
    const world = new EnvironmentWorld();
    const { worktree } = await world.createBranch('x');
    world.identities.damage(worktree);
    await expect(worktreeAt(world.createPorts(), worktree.path, signal)).rejects.toMatchObject({ code: 'failed' });
  });
});

describe('restartService', () => {
  const restart = (world: EnvironmentWorld, path: string, service: string) =>
    restartService(world.createPorts())({ folder: path, path, service }, run);

  it("gives the worktree's own service new pods", async () => {
    const world = new EnvironmentWorld();
    const { worktree } = await world.createBranch('x');
    expect(await restart(world, worktree.path, 'backend')).toMatchObject({
      ready: true,
      status: { name: 'backend', state: 'Running' },
    });
    expect(world.cluster.changes.at(-1)).toBe('restart worktree-x/backend');
    await expect(restart(world, worktree.path, 'nothing')).rejects.toMatchObject({ code: 'notFound' });
    await expect(restart(world, '/code/repo', 'backend')).rejects.toMatchObject({ code: 'notFound' });
  });
});

describe('what becomes of a restart', () => {
  it('is waited for, whatever the other services do', async () => {
    const world = new EnvironmentWorld();
    world.podOf = (service) => (service === 'worker' ? crashing : {});
    const { worktree } = await world.createBranch('x');
    const show = (change: Partial<PodFacts>): void =>
      world.cluster.setFacts('worktree-x', {
        pods: ['frontend', 'backend', 'worker'].map((service) => ({
          ...podFacts(service),
          ...(service === 'backend' ? change : {}),
        })),
      });
    world.workloads.onRestart = () => show({ isReady: false });
    let told: Restarted | undefined;
    const at = { folder: worktree.path, path: worktree.path, service: 'backend' };
    const restarting = restartService(world.createPorts())(at, run).then((result) => (told = result));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told).toBeUndefined();
    show(crashing);
    await restarting;
    expect(told).toMatchObject({
      ready: false,
      status: { name: 'backend', state: 'CrashLoopBackOff', reason: 'exit code 1: Error: no such table' },
    });
  });
});

describe('terminalVariables', () => {
  const variables = (world: EnvironmentWorld, folder: string) => {
    const openDatabases = () => Promise.resolve(world.databases);
    return terminalVariables({ ...world.createPorts(), openDatabases })(folder, signal);
  };

  it("are those of the worktree's environment", async () => {
    const world = new EnvironmentWorld();
    const { worktree, identity } = await world.createBranch('feat/x');
    expect(await variables(world, `${worktree.path}/src`)).toMatchObject({
      WORKTREE_NAME: 'feat-x',
      WORKTREE_BRANCH: 'feat/x',
      COPPICE_NAMESPACE: identity.names.namespace,
      KUBECONFIG: `/nowhere/${identity.names.namespace}.json`,
      DATABASE_URL: expect.stringContaining('wt_feat_x') as string,
    });
  });

  it('name a kubeconfig that goes with the environment', async () => {
    const world = new EnvironmentWorld();
    const { worktree, identity } = await world.createBranch('x');
    await variables(world, worktree.path);
    expect([...world.kubeconfigs.held]).toEqual([identity.names.namespace]);
    await world.delete({ path: worktree.path });
    expect([...world.kubeconfigs.held]).toEqual([]);
  });

  it('are none where it lives in another cluster than the one in use', async () => {
    const world = new EnvironmentWorld();
    const { worktree } = await world.createBranch('x');
    world.cluster.identity = { kind: 'context', context: 'k3d-a', server: 'https://127.0.0.1:1' };
    expect(await variables(world, worktree.path)).toBeUndefined();
    expect(world.kubeconfigs.held.size).toBe(0);
  });

  it('are none where there is no environment', async () => {
    expect(await variables(new EnvironmentWorld(), '/code/repo')).toBeUndefined();
  });

  it('are those that are known while the cluster is stopped, and none when it fails', async () => {
    const world = new EnvironmentWorld();
    const { worktree } = await world.createBranch('x');
    world.cluster.setAway('stopped');
    const known = await variables(world, worktree.path);
    expect(known).toMatchObject({ WORKTREE_NAME: 'x' });
    expect(known).not.toHaveProperty('DATABASE_URL');
    world.cluster.setAway(undefined);
    world.cluster.before = (method) => {
      if (method === 'readSecret') world.cluster.setAway('just now');
    };
    expect(await variables(world, worktree.path)).toBeUndefined();
  });
});

describe('the local servers', () => {
  const stage = (hasDatabases: boolean) => {
    const log: string[] = [];
    const world = new EnvironmentWorld();
    world.cluster.before = (method) => void log.push(`cluster.${method}`);
    const connect = world.databases.connect.bind(world.databases);
    world.databases.connect = async (...args) => {
      log.push('databases.connect');
      await connect(...args);
    };
    const servers: LocalServers = {
      stopCluster: async () => (log.push('stopCluster'), true),
      stopDatabases: async () => (log.push('stopDatabases'), false),
      hasDatabases: async () => hasDatabases,
    };
    return { world, log, servers, ports: { ...world.createPorts(), servers } };
  };

  it('start with the databases, where there are any, and stop with the services', async () => {
    const { log, servers, ports } = stage(true);
    await startServers(ports)(undefined, run);
    expect(await stopServers(servers)(undefined, run)).toEqual({ cluster: true, databases: false });
    const order = ['databases.connect', 'cluster.connect', 'cluster.read', 'stopCluster', 'stopDatabases'];
    expect(log).toEqual(order);
  });

  it('come back without the cluster being started: it calls this itself, and may be about to end', async () => {
    const { world, log, ports } = stage(true);
    await returnDatabases(ports)(undefined, run);
    expect(log).toEqual(['databases.connect', 'cluster.probe', 'cluster.read']);
    world.cluster.setStopped();
    log.length = 0;
    await returnDatabases(ports)(undefined, run);
    expect(log).toEqual(['databases.connect', 'cluster.probe']);
    await returnDatabases(stage(false).ports)(undefined, run);
  });

  it('do not start a database server that has nothing to serve', async () => {
    const { log, ports } = stage(false);
    await startServers(ports)(undefined, run);
    expect(log).toEqual(['cluster.connect']);
  });
});
