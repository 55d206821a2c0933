import { describe, expect, it } from 'vitest';
import { sleepUnused } from '../../../../src/app/services/sleepUnused';
import { sleepEnvironment } from '../../../../src/app/services/sleepEnvironment';
import { environmentLock } from '../../../../src/app/run/withLock';
import type { DeploymentFacts } from '../../../../src/core/facts';
import { crashing, ended, EnvironmentWorld, podFacts } from '../../../support/environmentWorld';
import { Crash, crashAt, recorder, type When } from '../../../support/faults';
import type { CallHook } from '../../../support/faultyPort';
import { namespace, ordered, run, Sleeper } from '../../../support/sleeper';

describe('an environment that sleeps', () => {
  it('keeps how many pods each service had, also after a scale, and wakes to just these', async () => {
    const sleeper = await Sleeper.create();
    await sleeper.scale('backend', 3);
    await sleeper.scale('worker', 0);
    const slept = await sleeper.sleep();
    expect(slept).toMatchObject({ namespace, asleep: ['frontend', 'backend'], awake: [], ended: true });
    expect(slept.services.map(({ name, state }) => [name, state])).toEqual([
      ['frontend', 'Asleep'],
      ['backend', 'Asleep'],
      ['worker', 'Stopped'],
    ]);
    expect(await sleeper.health()).toBe('asleep');
    expect(await sleeper.pods()).toEqual({ frontend: '0 (1)', backend: '0 (3)', worker: '0' });

    const woken = await sleeper.wake();
    expect(woken).toMatchObject({ namespace, slept: true, ready: true });
    expect(await sleeper.pods()).toEqual({ frontend: '1', backend: '3', worker: '0' });
    expect(await sleeper.health()).toBe('healthy');
  });

  it('sleeps no deeper when it is told so again, and wakes no further', async () => {
    const sleeper = await Sleeper.create();
    await sleeper.sleep();
    expect(await sleeper.sleep()).toMatchObject({ asleep: ['frontend', 'backend', 'worker'], ended: true });
    expect(await sleeper.pods()).toEqual({ frontend: '0 (1)', backend: '0 (1)', worker: '0 (1)' });
    await sleeper.wake();
    sleeper.changes();
    expect(await sleeper.wake()).toMatchObject({ slept: false, ready: true });
    expect(sleeper.changes()).toEqual([]);
  });

  it('goes to sleep from those that need others, and wakes in the order in which they are needed', async () => {
    const sleeper = await Sleeper.create(ordered);
    await sleeper.sleep();
    expect(sleeper.changes().map((each) => each.replace(`${namespace}/`, ''))).toEqual([
      'sleep web',
      'sleep api',
      'sleep db',
    ]);
    expect(await sleeper.health()).toBe('asleep');
    expect(await sleeper.wake()).toMatchObject({ ready: true });
    // What ran to its end has.
    expect(sleeper.changes().map((each) => each.replace(`${namespace}/`, ''))).toEqual([
      'wake db',
      'wake api',
      'wake web',
    ]);
    expect(await sleeper.health()).toBe('healthy');
  });

  it('wakes whole, though what a service once waited for fails by now', async () => {
    const sleeper = await Sleeper.create(ordered);
    await sleeper.sleep();
    sleeper.world.workloads.podOf = (service) => ({ ...podFacts(service), ...(service === 'db' ? crashing : {}) });
    expect(await sleeper.wake()).toMatchObject({ slept: true, ready: false });
    expect(await sleeper.pods()).toMatchObject({ web: '1', api: '1', db: '1' });
  });

  it('leaves held back what was held back', async () => {
    const world = new EnvironmentWorld();
    world.podOf = (service) => (service === 'migrate' ? ended(3, 'no table') : {});
    const sleeper = await Sleeper.create(ordered, world);
    expect(await sleeper.health()).toBe('degraded');
    await sleeper.sleep();
    expect(await sleeper.health()).toBe('asleep');
    await sleeper.wake();
    expect(sleeper.changes()).not.toContain(`release ${namespace}/api`);
    expect((await sleeper.facts()).deployments.find(({ service }) => service === 'api')).toMatchObject({
      ...{ desired: 1, isHeld: true },
    });
  });

  it('lets go on what keeps its data nowhere but in its pod', async () => {
    const sleeper = await Sleeper.create();
    const { world, at } = sleeper;
    const worktree = await world.worktree('x');
    if (!worktree) throw new Error('no worktree');
    const identity = await world.identities.read(worktree);
    if (!identity) throw new Error('no identity');
    const services = { worker: { tool: 'redis', ports: {}, isKept: false } };
    await world.identities.write(worktree, { ...identity, parts: { ...identity.parts, uses: { services } } });
    expect(await sleeper.sleep()).toMatchObject({ asleep: ['frontend', 'backend'], awake: ['worker'] });
    expect(await sleeper.pods()).toEqual({ frontend: '0 (1)', backend: '0 (1)', worker: '1' });
    expect(await sleeper.health()).toBe('asleep');
    expect(at.path).toBe(worktree.path);
  });
});

it('lets go on, where pods are containers, what may keep data in them', async () => {
  const sleeper = await Sleeper.create();
  const { cluster } = sleeper.world;
  const { deployments } = await sleeper.facts();
  const isVolatile = ({ service }: DeploymentFacts): object => (service === 'backend' ? { isVolatile: true } : {});
  cluster.setFacts(namespace, { deployments: deployments.map((each) => ({ ...each, ...isVolatile(each) })) });
  // Processes of this machine write into its folders.
  expect(await sleeper.sleep()).toMatchObject({ asleep: ['frontend', 'backend', 'worker'], awake: [] });
  await sleeper.wake();
  cluster.identity = { kind: 'k3d', context: 'k3d-a', server: 'https://127.0.0.1:1' };
  const worktree = await sleeper.world.worktree('x');
  const identity = worktree && (await sleeper.world.identities.read(worktree));
  if (!identity) throw new Error('no identity');
  await sleeper.world.identities.write(worktree, { ...identity, cluster: cluster.identity });
  expect(await sleeper.sleep()).toMatchObject({ asleep: ['frontend', 'worker'], awake: ['backend'], ended: true });
  expect(await sleeper.pods()).toEqual({ frontend: '0 (1)', backend: '1', worker: '0 (1)' });
  for (const service of ['frontend', 'worker']) await sleeper.scale(service, 0);
  await expect(sleeper.sleep()).rejects.toMatchObject({
    ...{ code: 'invalidInput', explanation: expect.stringContaining('What "backend" keeps would be lost') },
  });
});

it('has gone to sleep though a pod that was evicted is left of a service', async () => {
  const sleeper = await Sleeper.create();
  const { workloads, cluster } = sleeper.world;
  const sleep = workloads.sleep.bind(workloads);
  workloads.sleep = async (...all) => {
    await sleep(...all);
    const { pods } = await sleeper.facts();
    if (all[1] === 'backend') cluster.setFacts(namespace, { pods: [...pods, { ...podFacts('backend'), ...ended(1) }] });
  };
  expect(await sleeper.sleep()).toMatchObject({ ended: true });
});

it('sleeps where nobody has changed anything since a moment, and says since when it is used otherwise', async () => {
  const sleeper = await Sleeper.create();
  const { world, at } = sleeper;
  const since = Date.parse('2026-11-22T10:00:00Z');
  const unused = () => sleepUnused(world.createPorts())({ ...at, since }, run);
  world.worktrees.changedAt.set(at.path, since + 1);
  expect(await unused()).toEqual({ usedAt: since + 1 });
  expect(sleeper.changes()).toEqual([]);
  world.worktrees.changedAt.set(at.path, since);
  expect(await unused()).toMatchObject({ usedAt: undefined, slept: { namespace, ended: true } });
  expect(await sleeper.health()).toBe('asleep');
});

describe('a sleep is refused', () => {
  it.each(['Running', 'Pending', 'Unknown'] as const)('while what runs to its end is %s', async (phase) => {
    const sleeper = await Sleeper.create(ordered);
    const { pods } = await sleeper.facts();
    sleeper.world.cluster.setFacts(namespace, {
      pods: pods.map((pod) => (pod.service === 'migrate' ? { ...pod, phase } : pod)),
    });
    await expect(sleeper.sleep()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('"migrate" has not ended yet'),
    });
    expect(sleeper.changes()).toEqual([]);
  });

  it('where nothing runs, there is no environment, it is being deleted, or somebody works at it', async () => {
    const sleeper = await Sleeper.create();
    const { world, at } = sleeper;
    const nowhere = sleepEnvironment(world.createPorts())({ folder: '/code/repo', path: '/code/repo' }, run);
    await expect(nowhere).rejects.toMatchObject({ code: 'notFound' });
    const { repositoryId, worktreeId } = await sleeper.facts();
    const lock = await world.locks.acquire(environmentLock({ repositoryId, worktreeId }), 'an update');
    await expect(sleeper.sleep()).rejects.toMatchObject({ code: 'conflict' });
    await lock.release();
    for (const service of ['frontend', 'backend', 'worker']) await sleeper.scale(service, 0);
    await expect(sleeper.sleep()).rejects.toMatchObject({ code: 'invalidInput' });
    world.cluster.setTerminating(namespace);
    for (const refused of [() => sleeper.sleep(), () => sleeper.wake()])
      await expect(refused()).rejects.toMatchObject({ code: 'conflict' });
    expect(at.path).not.toBe('');
  });

  it('where somebody wakes it meanwhile', async () => {
    const sleeper = await Sleeper.create(ordered);
    const { workloads } = sleeper.world;
    const sleep = workloads.sleep.bind(workloads);
    workloads.sleep = async (ns, service, ...more) => {
      await sleep(ns, service, ...more);
      if (service === 'db') await workloads.wake(ns, service, ...more);
    };
    await expect(sleeper.sleep()).rejects.toMatchObject({
      ...{ code: 'conflict', message: expect.stringContaining('Somebody has woken "db"') },
    });
    expect(await sleeper.pods()).toMatchObject({ db: '1', api: '0 (1)' });
  });

  it('where the cluster is of an older build, which would wake nothing', async () => {
    const sleeper = await Sleeper.create();
    sleeper.world.cluster.isOfOlderBuild = true;
    await expect(sleeper.sleep()).rejects.toMatchObject({
      ...{ code: 'conflict', remedy: { action: { kind: 'restartCluster' } } },
    });
    expect(sleeper.changes()).toEqual([]);
  });
});

describe('a process that dies', () => {
  /** Runs it once for each call, dies there, and does it again. */
  async function atEachCall(
    begin: () => Promise<Sleeper>,
    act: (sleeper: Sleeper, hook?: CallHook) => Promise<unknown>,
    check: (sleeper: Sleeper) => Promise<void>,
  ): Promise<void> {
    const calls = recorder();
    await act(await begin(), calls);
    expect(calls.calls.length).toBeGreaterThan(5);
    for (const when of ['before', 'after'] satisfies When[])
      for (const number of calls.calls.keys()) {
        const sleeper = await begin();
        const hook = crashAt(number, when);
        const died = await act(sleeper, hook).catch((error: unknown) => error);
        if (hook.crashed && died instanceof Error) expect(died).toBeInstanceOf(Crash);
        sleeper.world.locks.abandonAll();
        await act(sleeper);
        await check(sleeper);
      }
  }

  const begin = async (): Promise<Sleeper> => {
    const sleeper = await Sleeper.create(ordered);
    await sleeper.scale('api', 2);
    return sleeper;
  };

  it('in the middle of a sleep: the next one finishes it', async () => {
    await atEachCall(
      begin,
      (sleeper, hook) => sleeper.sleep(hook),
      async (sleeper) => {
        expect(await sleeper.pods()).toMatchObject({ web: '0 (1)', api: '0 (2)', db: '0 (1)' });
        await sleeper.wake();
        expect(await sleeper.pods()).toMatchObject({ web: '1', api: '2', db: '1' });
      },
    );
  });

  it('in the middle of a wake: the next one finishes it', async () => {
    await atEachCall(
      async () => {
        const sleeper = await begin();
        await sleeper.sleep();
        return sleeper;
      },
      (sleeper, hook) => sleeper.wake(hook),
      async (sleeper) => {
        expect(await sleeper.pods()).toMatchObject({ web: '1', api: '2', db: '1' });
        expect(await sleeper.health()).toBe('healthy');
      },
    );
  });
});
