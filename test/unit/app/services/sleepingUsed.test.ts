import { describe, expect, it } from 'vitest';
import { execInService } from '../../../../src/app/services/execInService';
import { forwardPort } from '../../../../src/app/services/forwardPort';
import { environmentLock } from '../../../../src/app/run/withLock';
import { podFacts } from '../../../support/environmentWorld';
import { until } from '../../../support/until';
import { namespace, ordered, run, Sleeper } from '../../../support/sleeper';

describe('what is done with one that sleeps', () => {
  it('a restart of a service wakes all of it', async () => {
    const sleeper = await Sleeper.create();
    await sleeper.sleep();
    sleeper.changes();
    expect(await sleeper.restart('backend')).toMatchObject({ ready: true, status: { name: 'backend', ready: 1 } });
    expect(await sleeper.health()).toBe('healthy');
    expect(sleeper.changes()).not.toContain(`restart ${namespace}/backend`);
  });

  it('more pods of a service wake all of it, and none are what it has when it wakes', async () => {
    const sleeper = await Sleeper.create();
    await sleeper.sleep();
    expect(await sleeper.scale('worker', 0)).toMatchObject({ ready: true });
    expect(await sleeper.pods()).toEqual({ frontend: '0 (1)', backend: '0 (1)', worker: '0' });
    expect(await sleeper.scale('backend', 2)).toMatchObject({ ready: true, services: [{ name: 'backend', ready: 2 }] });
    expect(await sleeper.pods()).toEqual({ frontend: '1', backend: '2', worker: '0' });
  });

  it('a restart of what runs to its end wakes first what it needs, and runs it then', async () => {
    const sleeper = await Sleeper.create(ordered);
    await sleeper.sleep();
    sleeper.changes();
    expect(await sleeper.restart('migrate')).toMatchObject({ ready: true, status: { name: 'migrate' } });
    expect(sleeper.changes().map((each) => each.replace(`${namespace}/`, ''))).toEqual([
      ...['wake db', 'wake api', 'wake web'],
      'runOnce migrate',
    ]);
    expect(await sleeper.pods()).toMatchObject({ db: '1', api: '1', web: '1' });
  });

  it('a restart of what runs to its end, and of which no run is left, runs it once', async () => {
    const sleeper = await Sleeper.create(ordered);
    await sleeper.sleep();
    const { pods } = await sleeper.facts();
    sleeper.world.cluster.setFacts(namespace, { pods: pods.filter(({ service }) => service !== 'migrate') });
    sleeper.changes();
    expect(await sleeper.restart('migrate')).toMatchObject({ ready: true });
    expect(sleeper.changes().filter((each) => each.startsWith('runOnce'))).toHaveLength(1);
  });

  it('more pods of a service come after what it needs', async () => {
    const sleeper = await Sleeper.create(ordered);
    await sleeper.sleep();
    sleeper.changes();
    await sleeper.scale('api', 2);
    expect(sleeper.changes().map((each) => each.replace(`${namespace}/`, ''))).toEqual([
      ...['wake db', 'wake api', 'wake web'],
      'scale api 2',
    ]);
    expect(await sleeper.pods()).toMatchObject({ db: '1', api: '2', web: '1' });
  });

  it('a program in a pod of it, and a port that leads there, wake it', async () => {
    const sleeper = await Sleeper.create();
    const ports = { ...sleeper.world.createPorts(), isWindows: false };
    const exec = (service: string) =>
      execInService(ports)(
        { ...sleeper.at, service, command: ['id'], stdin: false, tty: undefined, onOutput: () => undefined },
        run,
      );
    await sleeper.sleep();
    expect(await (await exec('backend')).exited).toBe(0);
    expect(await sleeper.health()).toBe('healthy');
    await sleeper.sleep();
    await forwardPort(ports)({ ...sleeper.at, service: 'backend', port: 80 }, run);
    expect(await sleeper.health()).toBe('healthy');
    // What was stopped is not asleep.
    await sleeper.scale('backend', 0);
    await expect(exec('backend')).rejects.toMatchObject({ code: 'notFound' });
    expect(await sleeper.pods()).toMatchObject({ backend: '0' });
  });

  it('an update wakes it', async () => {
    const sleeper = await Sleeper.create();
    await sleeper.sleep();
    const target = { kind: 'worktree', path: sleeper.at.path } as const;
    expect(await sleeper.world.create({ target })).toMatchObject({ ready: true });
    expect(await sleeper.pods()).toEqual({ frontend: '1', backend: '1', worker: '1' });
  });

  it('a delete deletes it', async () => {
    const sleeper = await Sleeper.create();
    await sleeper.sleep();
    await sleeper.world.delete({ path: sleeper.at.path });
    expect(await sleeper.world.cluster.read(undefined)).toEqual([]);
  });
});

describe('while a wake waits for what it has started', () => {
  const starting = { isReady: false } as const;

  it('somebody else may work at the environment once all of it was told to start, and no sooner', async () => {
    const sleeper = await Sleeper.create(ordered);
    const { world } = sleeper;
    await sleeper.sleep();
    let isDbReady = false;
    world.workloads.podOf = (service) => ({ ...podFacts(service), ...(service === 'db' && isDbReady ? {} : starting) });
    const waking = sleeper.wake().catch((error: unknown) => error);
    await until(async () => (await sleeper.pods())['db'] === '1');
    await expect(sleeper.sleep()).rejects.toMatchObject({ code: 'conflict' });
    isDbReady = true;
    const ready = async (...names: string[]): Promise<void> => {
      const { pods } = await sleeper.facts();
      world.cluster.setFacts(namespace, {
        pods: pods.map((pod) => (names.includes(pod.service) ? { ...pod, isReady: true } : pod)),
      });
    };
    await ready('db');
    await until(async () => (await sleeper.pods())['api'] === '1');
    await ready('api');
    await until(async () => (await sleeper.pods())['web'] === '1');
    const { repositoryId, worktreeId } = await sleeper.facts();
    await until(async () => {
      const lock = await world.locks
        .acquire(environmentLock({ repositoryId, worktreeId }), 'an update')
        .catch(() => undefined);
      await lock?.release();
      return lock !== undefined;
    });
    expect(await sleeper.sleep()).toMatchObject({ asleep: ['web', 'api', 'db'], ended: true });
    expect(await waking).toMatchObject({ code: 'conflict', message: expect.stringContaining('to sleep again') });
    expect(await sleeper.pods()).toMatchObject({ web: '0 (1)', api: '0 (1)', db: '0 (1)' });
  });
});
