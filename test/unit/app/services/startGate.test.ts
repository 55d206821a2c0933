import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../../src/core/errors';
import { sleepEnvironment } from '../../../../src/app/services/sleepEnvironment';
import { waitLock } from '../../../../src/app/services/waitLock';
import { wakeEnvironment, type Woken } from '../../../../src/app/services/wakeEnvironment';
import type { Progress } from '../../../../src/app/run/run';
import { environmentLock } from '../../../../src/app/run/withLock';
import { EnvironmentWorld, type How } from '../../../support/environmentWorld';

const MB = 2 ** 20;
const limit = 512;

describe('before an environment starts', () => {
  let world: EnvironmentWorld;
  /** Paths of worktrees, by branch. */
  let paths: Map<string, string>;
  beforeEach(async () => {
    world = new EnvironmentWorld();
    world.settings = { ...world.settings, 'start.freeMemory': limit, 'start.waitTime': 60, 'create.steadyTime': 0 };
    paths = new Map();
    for (const branch of ['a', 'b', 'c']) paths.set(branch, (await world.createBranch(branch)).worktree.path);
    world.machineLoad.looks = 0;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  });
  afterEach(() => void vi.useRealTimers());

  const free = (megabytes: number): void => {
    world.machineLoad.current = { free: megabytes * MB, total: 4096 * MB };
  };
  const uses = (megabytes: Readonly<Record<string, number>>): void => {
    const used = Object.entries(megabytes).map(
      ([branch, memory]) => [`worktree-${branch}`, { cpuCores: 0, memoryBytes: memory * MB }] as const,
    );
    world.usages.current = new Map(used);
  };
  const at = (branch: string) => ({ folder: '/code/repo', path: paths.get(branch) ?? '' });
  const never = new AbortController().signal;
  const sleep = (branch: string) =>
    sleepEnvironment(world.createPorts())(at(branch), { signal: never, report: () => undefined });
  const ownerOf = async (branch: string) => {
    const worktree = await world.worktree(branch);
    const identity = worktree && (await world.identities.read(worktree));
    if (!identity) throw new Error(`${branch} has no environment`);
    return identity.owner;
  };

  interface Waking {
    readonly done: Promise<Woken>;
    readonly news: Progress[];
    state: 'waits' | 'over';
  }
  const wake = (branch: string, signal = never): Waking => {
    const news: Progress[] = [];
    const run = { signal, report: (progress: Progress) => void news.push(progress) };
    const done = wakeEnvironment(world.createPorts())(at(branch), run);
    const waking: Waking = { done, news, state: 'waits' };
    done.then(
      () => (waking.state = 'over'),
      () => (waking.state = 'over'),
    );
    return waking;
  };
  const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

  it('all start where there is room for them, and nobody looks at the machine after that', async () => {
    await sleep('a');
    const { done, news } = wake('a');
    await pass(0);
    expect(await done).toMatchObject({ slept: true, ready: true });
    expect(news.filter(({ waits }) => waits)).toEqual([]);
    const { looks } = world.machineLoad;
    expect(looks).toBeGreaterThan(0);
    await pass(60_000);
    expect(world.machineLoad.looks).toBe(looks);
    expect(world.locks.held).toEqual([]);
  });

  it('a wake waits while too little is free, says why and what was used least, and holds no lock of the environment', async () => {
    await sleep('a');
    free(511);
    for (const [index, branch] of ['c', 'b'].entries()) world.worktrees.changedAt.set(paths.get(branch) ?? '', index);
    const waking = wake('a');
    await pass(10_000);
    expect(waking.state).toBe('waits');
    const owner = await ownerOf('a');
    expect(await world.locks.whatHolds(waitLock(owner))).toBe(
      'waits to start, because 511 MiB of memory are free, while 512 MiB are to stay free (start.freeMemory)',
    );
    expect(await world.locks.isHeld(environmentLock(owner))).toBe(false);
    expect(waking.news.map(({ detail, waits }) => [detail, waits?.leastUsed])).toEqual([
      [
        'waits to start, because 511 MiB of memory are free, while 512 MiB are to stay free (start.freeMemory); it waits for 60 seconds at most',
        { name: 'c', path: paths.get('c') },
      ],
    ]);
    free(512);
    await pass(1000);
    expect(await waking.done).toMatchObject({ ready: true });
    expect(world.locks.held).toEqual([]);
  });

  it('counts what others of its repository use, so that enough is free once its services are there', async () => {
    await sleep('a');
    uses({ b: 300, c: 400 });
    free(811);
    const waking = wake('a');
    await pass(5000);
    expect(waking.state).toBe('waits');
    expect(waking.news[0]?.detail).toContain(
      '811 MiB of memory are free, while 512 MiB are to stay free (start.freeMemory) and what is started may need 300 MiB;',
    );
    await sleep('b');
    uses({ c: 250 });
    free(762);
    await pass(1000);
    expect(await waking.done).toMatchObject({ ready: true });
  });

  it('asks the cluster seldom while it waits, and of what is needed only where there may be room', async () => {
    await sleep('a');
    let reads = 0;
    const read = world.cluster.read.bind(world.cluster);
    world.cluster.read = (...asked) => {
      reads++;
      return read(...asked);
    };
    const during = async (ms: number): Promise<{ reads: number; usages: number }> => {
      const before = { reads, usages: world.usages.reads };
      await pass(ms);
      return { reads: reads - before.reads, usages: world.usages.reads - before.usages };
    };
    free(511);
    const waking = wake('a');
    await pass(1000);
    const { looks } = world.machineLoad;
    // Whether it is still wanted, and what is used least; the machine is looked at each second.
    const full = await during(30_000);
    expect(full.usages).toBe(0);
    expect(full.reads).toBeLessThanOrEqual(8);
    expect(world.machineLoad.looks - looks).toBeGreaterThanOrEqual(30);
    uses({ b: 300 });
    free(600);
    const near = await during(15_000);
    expect(near.usages).toBeLessThanOrEqual(2);
    expect(near.reads).toBeLessThanOrEqual(7);
    expect(waking.state).toBe('waits');
    free(4000);
    await pass(1000);
    expect(await waking.done).toMatchObject({ ready: true });
  });

  it('those that wait start one after the other: each looks at what the one before has left', async () => {
    await sleep('a');
    await sleep('b');
    free(100);
    // What starts does not get ready before it is let.
    world.podOf = () => ({ isReady: false });
    const both = [wake('a'), wake('b')];
    await pass(3000);
    free(4000);
    await pass(3000);
    const awake = async (): Promise<string[]> =>
      (await world.cluster.read(undefined)).flatMap(({ namespace, deployments }) =>
        deployments.some(({ desired }) => desired > 0) ? [namespace] : [],
      );
    const before = await awake();
    expect(before).toHaveLength(2);
    // Its services take more than there was.
    free(200);
    await pass(120_000);
    expect(await awake()).toEqual(before);
    const results = await Promise.allSettled(both.map(({ done }) => done));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('waits no more for what somebody else has started, whatever is free', async () => {
    await sleep('a');
    free(10);
    const both = [wake('a'), wake('a')];
    await pass(3000);
    expect(both.map(({ state }) => state)).toEqual(['waits', 'waits']);
    const namespace = 'worktree-a';
    for (const { service } of (await world.cluster.read(undefined)).find((each) => each.namespace === namespace)
      ?.deployments ?? [])
      await world.workloads.wake(namespace, service, await ownerOf('a'));
    await pass(5000);
    for (const { done } of both) expect(await done).toMatchObject({ ready: true });
    expect(world.locks.held).toEqual([]);
  });

  it.each(['is deleted', 'is being deleted'])(
    'waits no more for room once its environment %s, and says so',
    async (how) => {
      await sleep('a');
      free(10);
      const waking = wake('a');
      await pass(3000);
      expect(waking.state).toBe('waits');
      if (how === 'is deleted') await world.cluster.deleteNamespace('worktree-a', await ownerOf('a'));
      else world.cluster.setTerminating('worktree-a');
      await Promise.all([
        expect(waking.done).rejects.toMatchObject(
          how === 'is deleted'
            ? { code: 'notFound', message: 'The cluster has no environment in the namespace "worktree-a".' }
            : { code: 'conflict', message: 'The environment in "worktree-a" is being deleted.' },
        ),
        pass(6000),
      ]);
      expect(world.locks.held).toEqual([]);
    },
  );

  it('gives its turn back while somebody else works at the environment, who may wait for room', async () => {
    await sleep('a');
    const lock = await world.locks.acquire(environmentLock(await ownerOf('a')), 'a is being updated');
    const waking = wake('a');
    await pass(2000);
    expect(waking.state).toBe('waits');
    expect(world.locks.held.filter((key) => key.startsWith('start'))).toEqual([]);
    await lock.release();
    await pass(5000);
    expect(await waking.done).toMatchObject({ ready: true });
  });

  it('goes on waiting when a look fails, and starts beside others once its time is over and there is room', async () => {
    await sleep('a');
    await sleep('b');
    free(10);
    const waking = wake('a');
    await pass(2000);
    const read = world.cluster.read.bind(world.cluster);
    world.cluster.read = () => Promise.reject(new AppError('unreachable', 'The cluster is started again.'));
    await pass(3000);
    expect(waking.state).toBe('waits');
    world.cluster.read = read;
    // One that never settles, as it seems.
    const other = await world.locks.acquire('start 0', 'worktree-b is being started');
    free(4000);
    await pass(30_000);
    expect(waking.state).toBe('waits');
    await pass(40_000);
    expect(await waking.done).toMatchObject({ ready: true });
    await other.release();
  });

  it('gives up after its time, with what would make room', async () => {
    await sleep('a');
    free(10);
    const { done } = wake('a');
    done.catch(() => undefined);
    await pass(61_000);
    await expect(done).rejects.toMatchObject({
      code: 'timeout',
      message:
        'Not started, because 10 MiB of memory are free, while 512 MiB are to stay free (start.freeMemory); it has waited for 60 seconds (start.waitTime).',
      remedy: { title: 'Sleep the Least Used', action: { kind: 'sleepLeastUsed' } },
    });
    expect(world.locks.held).toEqual([]);
  });

  it('is cancelled while it waits, and leaves nothing', async () => {
    await sleep('a');
    free(10);
    const cancel = new AbortController();
    const { done } = wake('a', cancel.signal);
    done.catch(() => undefined);
    await pass(3000);
    cancel.abort();
    await expect(done).rejects.toMatchObject({ name: 'AbortError' });
    expect(world.locks.held).toEqual([]);
  });

  it.each([
    ['the limit is 0', { 'start.freeMemory': 0 }],
    ['the system does not tell', { 'start.load': 1 }],
  ])('nothing waits where %s', async (_, settings) => {
    await sleep('a');
    free(0);
    if ('start.load' in settings) {
      world.machineLoad.current = undefined;
      world.machineLoad.perProcessor = undefined;
    }
    world.settings = { ...world.settings, ...settings };
    const { done } = wake('a');
    await pass(0);
    expect(await done).toMatchObject({ ready: true });
  });

  it('waits for the load as well, where a limit is set', async () => {
    await sleep('a');
    world.settings = { ...world.settings, 'start.load': 2 };
    world.machineLoad.perProcessor = 2.5;
    const waking = wake('a');
    await pass(5000);
    expect(waking.news[0]?.detail).toContain('the load is 2.5 a processor, above 2 (start.load)');
    world.machineLoad.perProcessor = 2;
    await pass(1000);
    expect(await waking.done).toMatchObject({ ready: true });
  });

  it('a create waits before its services start; an update of what runs does not', async () => {
    free(10);
    const update = (how?: How) => world.create({ target: { kind: 'worktree', path: at('a').path } }, how);
    expect(await update()).toMatchObject({ ready: true });
    await sleep('a');
    const news: Progress[] = [];
    const how = { report: (each: Progress) => void news.push(each) };
    const made = [update(how), world.createBranch('d', how)];
    await pass(10_000);
    expect(news.filter(({ waits }) => waits).map(({ step }) => step)).toEqual(['release', 'release']);
    expect((await world.cluster.read(undefined)).find(({ namespace }) => namespace === 'worktree-d')?.pods).toEqual([]);
    free(4000);
    await pass(5000);
    for (const each of made) expect(await each).toMatchObject({ ready: true });
    expect(world.locks.held).toEqual([]);
  });

  it('an update that gives up leaves the services as they are', async () => {
    await sleep('a');
    free(10);
    const changes = [...world.releases.changes];
    const update = world.create({ target: { kind: 'worktree', path: at('a').path } });
    update.catch(() => undefined);
    await pass(61_000);
    await expect(update).rejects.toMatchObject({ code: 'timeout' });
    expect(world.releases.changes).toEqual(changes);
  });

  it('a create that gives up takes back what it made, and lets others start', async () => {
    free(10);
    const made = world.createBranch('d');
    made.catch(() => undefined);
    await pass(61_000);
    await expect(made).rejects.toMatchObject({ code: 'timeout' });
    expect(await world.worktree('d')).toBeUndefined();
    expect(world.locks.held).toEqual([]);
  });
});
