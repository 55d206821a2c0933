import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { waitForEnvironment, type Waited } from '../../../../src/app/wait/waitForEnvironment';
import type { AppError } from '../../../../src/core/errors';
import type { CreateResult } from '../../../../src/app/environment/requests';
import { environmentLock } from '../../../../src/app/run/withLock';
import { crashing, deploymentFacts, podFacts, type EnvironmentWorld } from '../../../support/environmentWorld';
import { StoreStage } from '../snapshot/storeStage';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const path = '/code/repo.worktrees/x';

function stageOf() {
  const stage = new StoreStage(path);
  const { world } = stage;
  const told: string[] = [];
  const begin = (timeoutMs?: number) => {
    const outcome: { value?: Waited; error?: AppError } = {};
    const ports = { ...world.createPorts(), openDatabases: async () => world.databases, open: () => stage.store };
    const run = {
      signal: new AbortController().signal,
      report: ({ detail }: { readonly detail?: string }) => void told.push(detail ?? ''),
    };
    void waitForEnvironment(ports)({ path, timeoutMs }, run).then(
      (value) => (outcome.value = value),
      (error: AppError) => (outcome.error = error),
    );
    return outcome;
  };
  return { stage, world, told, begin };
}
const namespace = 'worktree-x';

describe('the wait for an environment', () => {
  it('says that it is not ready while its dependencies are not complete', async () => {
    const { world, begin } = stageOf();
    const { worktree } = await world.createBranch('x');
    await world.installs.write(worktree, [{ folder: 'apps/web', lockfile: 'package-lock.json' }]);
    const outcome = begin();
    await vi.advanceTimersByTimeAsync(200);
    expect(outcome.value).toMatchObject({
      ready: false,
      notes: [
        'apps/web/node_modules is not complete: its install did not end well. The next create installs it again.',
      ],
    });
  });

  it('says that it is not ready while a migration of its database is not at its end, which a create runs again', async () => {
    const { world, begin } = stageOf();
    const { identity } = await world.createBranch('x');
    const { database = '', role = '' } = identity.parts.database ?? {};
    await world.databases.noteMigrated({ database, role, owner: identity.owner, recipe: undefined });
    const outcome = begin();
    await vi.advanceTimersByTimeAsync(200);
    expect(outcome.value).toMatchObject({
      ...{ ready: false, isUnfinished: true },
      notes: ['wt_x lacks migrations of its branch: "coppice database migrate" runs them, and says why.'],
    });
    await world.databases.noteMigrated({ database, role, owner: identity.owner, recipe: 'r' });
    const again = begin();
    await vi.advanceTimersByTimeAsync(200);
    expect(again.value).toMatchObject({ ready: true, notes: [] });
  });

  it('ends at once where it is ready, and watches nothing any more', async () => {
    const { stage, world, begin } = stageOf();
    await world.createBranch('x');
    const outcome = begin();
    await vi.advanceTimersByTimeAsync(200);
    expect(outcome.value).toMatchObject({ ready: true, namespace, services: [{}, {}, {}], notes: [] });
    expect([...stage.open]).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for the create that is at work, however long, and then for its services', async () => {
    const { stage, world, told, begin } = stageOf();
    const made = await world.createBranch('x');
    const end = await workAt(world, made);
    world.cluster.setFacts(namespace, { deployments: [], pods: [] });
    const outcome = begin();
    await vi.advanceTimersByTimeAsync(200);
    world.cluster.setFacts(namespace, { deployments: [deploymentFacts('backend')], pods: [] });
    stage.gitChanged.fire();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(outcome).toEqual({});
    expect(told).toEqual(['a create is at work']);
    const deployments = [deploymentFacts('backend')];
    world.cluster.setFacts(namespace, { deployments, pods: [{ ...podFacts('backend'), isReady: false }] });
    await end();
    stage.gitChanged.fire();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(outcome).toEqual({});
    world.cluster.setFacts(namespace, { pods: [podFacts('backend')] });
    await vi.advanceTimersByTimeAsync(100);
    expect(outcome.value).toMatchObject({ ready: true });
  });

  it('says why, where it cannot become ready', async () => {
    const { world, begin } = stageOf();
    await world.createBranch('x');
    world.cluster.setFacts(namespace, {
      deployments: [deploymentFacts('frontend'), deploymentFacts('backend')],
      pods: [{ ...podFacts('frontend'), ...crashing }, podFacts('backend')],
    });
    const outcome = begin();
    await vi.advanceTimersByTimeAsync(200);
    expect(outcome.value).toMatchObject({
      ready: false,
      services: [{ state: 'CrashLoopBackOff', reason: 'exit code 1: Error: no such table' }, { state: 'Running' }],
    });
  });

  it('believes a service that has crashed again and again once it has run for a minute, as the list does', async () => {
    const { world, begin } = stageOf();
    await world.createBranch('x');
    const runs = (startedAt: number) => ({
      ...{ ...podFacts('backend'), restarts: 3 },
      container: {
        ...{ state: 'running' as const, startedAt, reason: undefined, message: undefined, exitCode: undefined },
        lastTermination: { reason: 'Error', exitCode: 1, message: 'Error: no such table' },
      },
    });
    const deployments = [deploymentFacts('backend')];
    world.cluster.setFacts(namespace, { deployments, pods: [runs(Date.now() - 20_000)] });
    const [outcome, short] = [begin(), begin(30_000)];
    await vi.advanceTimersByTimeAsync(31_000);
    expect(outcome).toEqual({});
    expect(short.error?.message).toBe(
      'The environment of x did not get ready in time: backend: Running (runs again after exit code 1: Error: no such table)',
    );
    await vi.advanceTimersByTimeAsync(10_000);
    expect(outcome.value).toMatchObject({ ready: true });
    expect(vi.getTimerCount()).toBe(0);
    // It crashes once more.
    world.cluster.setFacts(namespace, { deployments, pods: [runs(Date.now() - 20_000)] });
    const again = begin();
    await vi.advanceTimersByTimeAsync(1000);
    expect(again).toEqual({});
    world.cluster.setFacts(namespace, { pods: [{ ...podFacts('backend'), ...crashing }] });
    await vi.advanceTimersByTimeAsync(100);
    expect(again.value).toMatchObject({ ready: false, services: [{ state: 'CrashLoopBackOff' }] });
  });

  it.each([2000, undefined])('is over in time (%s), and names what was not ready', async (timeoutMs) => {
    const { world, begin } = stageOf();
    await world.createBranch('x');
    world.cluster.setFacts(namespace, {
      deployments: [deploymentFacts('backend')],
      pods: [{ ...podFacts('backend'), isReady: false }],
    });
    const outcome = begin(timeoutMs);
    await vi.advanceTimersByTimeAsync((timeoutMs ?? 120_000) - 100);
    expect(outcome).toEqual({});
    await vi.advanceTimersByTimeAsync(300);
    expect(outcome.error).toMatchObject({
      code: 'timeout',
      message: 'The environment of x did not get ready in time: backend: Running (not ready yet)',
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on with an update that begins meanwhile', async () => {
    const { stage, world, begin } = stageOf();
    const made = await world.createBranch('x');
    world.cluster.setFacts(namespace, {
      deployments: [deploymentFacts('backend')],
      pods: [{ ...podFacts('backend'), isReady: false }],
    });
    const outcome = begin();
    await vi.advanceTimersByTimeAsync(200);
    const end = await workAt(world, made);
    stage.gitChanged.fire();
    await vi.advanceTimersByTimeAsync(200);
    // Its services are not judged by what the update is about to replace.
    world.cluster.setFacts(namespace, { pods: [{ ...podFacts('backend'), ...crashing }] });
    await vi.advanceTimersByTimeAsync(200_000);
    expect(outcome).toEqual({});
    world.cluster.setFacts(namespace, { pods: [podFacts('backend')] });
    await end();
    stage.gitChanged.fire();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(outcome.value).toMatchObject({ ready: true });
  });

  it('does not wait for what does not come', async () => {
    const { stage, world, begin } = stageOf();
    const { identity, worktree } = await world.createBranch('x');
    // Nobody is at work, and the record says that somebody was.
    await world.identities.write(worktree, { ...identity, state: 'creating' });
    const cutOff = begin();
    await vi.advanceTimersByTimeAsync(200);
    expect(cutOff.value).toMatchObject({
      ready: false,
      notes: [expect.stringContaining('the same create finishes it')],
    });
    expect([...stage.open]).toEqual([]);
  });

  const refusals: [string, (world: EnvironmentWorld, made: CreateResult) => Promise<void> | void, string][] = [
    ['a cluster that is away', (world) => world.cluster.setAway('stopped'), 'unreachable'],
    ['an environment that is being deleted', (world) => world.cluster.setTerminating(namespace), 'conflict'],
    ['a worktree without one', (world, { worktree }) => world.identities.forget(worktree.gitDir), 'notFound'],
    [
      'one that the cluster has lost',
      (world, { identity }) => world.cluster.deleteNamespace(namespace, identity.owner),
      'notFound',
    ],
  ];

  it.each(refusals)('refuses %s', async (_, change, code) => {
    const { world, begin } = stageOf();
    await Promise.resolve(change(world, await world.createBranch('x')));
    const outcome = begin();
    await vi.advanceTimersByTimeAsync(200);
    expect(outcome.error).toMatchObject({ code });
    expect(vi.getTimerCount()).toBe(0);
  });
});

/** As a process that is at work leaves it, until it is done. */
async function workAt(world: EnvironmentWorld, { identity, worktree }: CreateResult): Promise<() => Promise<void>> {
  const lock = await world.locks.acquire(environmentLock(identity.owner), 'x');
  await world.identities.write(worktree, { ...identity, state: 'creating' });
  return async () => {
    await world.identities.write(worktree, identity);
    await lock.release();
  };
}
