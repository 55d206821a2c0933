import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { restartService } from '../../../../src/app/services/restartService';
import type { Starter } from '../../../../src/app/services/starting';
import { waitReady, type Readiness } from '../../../../src/app/services/waitReady';
import { AppError } from '../../../../src/core/errors';
import type { EnvironmentFile, ServiceSpec } from '../../../../src/core/environmentFile';
import type { DeploymentFacts, PodFacts } from '../../../../src/core/facts';
import { deploymentFacts, ended, EnvironmentWorld, podFacts } from '../../../support/environmentWorld';
import { FakeCluster } from '../../../support/fakes/fakeCluster';
import { environmentFileText } from '../../../support/fakes/fakeEnvironmentFiles';

const { signal } = new AbortController();
const run = { signal, report: () => undefined };

function fileWith(changes: Readonly<Record<string, Partial<ServiceSpec>>>): string {
  const file = JSON.parse(environmentFileText(Object.keys(changes))) as EnvironmentFile;
  return JSON.stringify({ ...file, services: file.services.map((each) => ({ ...each, ...changes[each.name] })) });
}

const three = fileWith({
  api: { dependsOn: { migrate: 'completed', db: 'healthy' } },
  migrate: { once: true, port: undefined, routes: [], dependsOn: { db: 'healthy' } },
  db: {},
});

describe('a create of services that wait for each other', () => {
  const started = ({ cluster }: EnvironmentWorld): string[] =>
    cluster.changes.filter((change) => /^(?:release|runOnce|restart) /.test(change));

  it('lets each start when what it waits for is there', async () => {
    const world = new EnvironmentWorld();
    world.commit(three);
    expect(await world.createBranch('x')).toMatchObject({
      ready: true,
      services: [{ name: 'api', state: 'Running' }, { name: 'migrate', state: 'Completed' }, { name: 'db' }],
    });
    expect(started(world)).toEqual(['release worktree-x/db', 'runOnce worktree-x/migrate', 'release worktree-x/api']);
  });

  it('leaves out what would wait in vain, and a restart of the cause starts it', async () => {
    const world = new EnvironmentWorld();
    world.commit(three);
    world.podOf = (service) => (service === 'migrate' ? ended(3, 'Error: no table') : {});
    const { ready, services, worktree } = await world.createBranch('x');
    expect({ ready, services }).toMatchObject({
      ready: false,
      services: [
        { name: 'api', state: 'Waiting', health: 'degraded', reason: 'waits for migrate, which fails' },
        { name: 'migrate', state: 'Error', health: 'degraded', reason: 'exit code 3: Error: no table' },
        { name: 'db', state: 'Running' },
      ],
    });
    const restart = (service: string) =>
      restartService(world.createPorts())({ folder: worktree.path, path: worktree.path, service }, run);
    expect(await restart('db')).toMatchObject({ ready: true, services: [{ name: 'db' }] });
    // By itself it starts no sooner than by a create.
    expect(await restart('api')).toMatchObject({ ready: false, status: { state: 'Waiting' } });
    expect(started(world)).not.toContain('release worktree-x/api');
    world.podOf = () => ({});
    expect(await restart('migrate')).toMatchObject({ ready: true, status: { state: 'Completed' } });
    expect(started(world).slice(-2)).toEqual(['runOnce worktree-x/migrate', 'release worktree-x/api']);
  });
});

describe('the wait', () => {
  const owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: 'bbbbbbbbbbbb' };
  const namespace = 'worktree-x';
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const heldApi: DeploymentFacts = {
    ...deploymentFacts('api'),
    ...{ isHeld: true, updated: 0, ready: 0, dependsOn: { db: 'healthy' } },
  };
  const onceMigrate: DeploymentFacts = { ...deploymentFacts('migrate'), desired: 0, isHeld: true, once: true };

  async function begin(
    names: readonly string[],
    starter?: Partial<Starter>,
    { port }: { readonly port: number | undefined } = { port: 1 },
  ) {
    const cluster = new FakeCluster();
    await cluster.claimNamespace({ name: namespace, owner, annotations: {} });
    const show = (deployments: DeploymentFacts[], pods: PodFacts[]): void =>
      cluster.setFacts(namespace, { deployments, pods });
    let outcome: Readiness | Error | undefined;
    const calls: string[] = [];
    const whole: Starter = {
      again: new Set(['migrate']),
      release: async (service) => void calls.push(service),
      runOnce: async (service) => (calls.push(service), 'new'),
      ...starter,
    };
    const options = { timeoutMs: 120_000, steadyMs: 5000, ...(starter ? { starter: whole } : {}) };
    const services = names.map((name) => ({
      name,
      port,
      dependsOn: name === 'api' ? (heldApi.dependsOn ?? {}) : {},
    }));
    const wait = (): void =>
      void waitReady(cluster, { ...owner, namespace }, services, options, signal).then(
        (value) => (outcome = value),
        (error: Error) => (outcome = error),
      );
    return { show, wait, calls, outcome: () => outcome };
  }

  it('gives each service the whole time from when it is let start', async () => {
    const { show, wait, calls, outcome } = await begin(['api', 'db'], {});
    show([heldApi, deploymentFacts('db')], [{ ...podFacts('db'), isReady: false }]);
    wait();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(calls).toEqual([]);
    show([heldApi, deploymentFacts('db')], [podFacts('db')]);
    await vi.advanceTimersByTimeAsync(0);
    expect(calls).toEqual(['api']);
    // What it was lies in between: news of it come late.
    await vi.advanceTimersByTimeAsync(50_000);
    expect(outcome()).toBeUndefined();
    const all = [deploymentFacts('api'), deploymentFacts('db')];
    show(all, [podFacts('db'), { ...podFacts('api'), isReady: false }]);
    await vi.advanceTimersByTimeAsync(50_000);
    show(all, [podFacts('db'), podFacts('api')]);
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome()).toMatchObject({ ready: true });
    expect(calls).toEqual(['api']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([3000, undefined])('believes a service that listens after 100 seconds (port %s)', async (port) => {
    const { show, wait, outcome } = await begin(['api'], {}, { port });
    const starting = { ...podFacts('api'), isReady: false, createdAt: Date.now() };
    show([deploymentFacts('api')], [starting]);
    wait();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(outcome()).toBeUndefined();
    show([deploymentFacts('api')], [{ ...starting, isReady: true }]);
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome()).toMatchObject({ ready: true });
  });

  it('ends with the time all the same, and starts nothing then', async () => {
    const { show, wait, calls, outcome } = await begin(['api', 'db'], {});
    show([heldApi, deploymentFacts('db')], [{ ...podFacts('db'), isReady: false }]);
    wait();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(outcome()).toMatchObject({
      ready: false,
      services: [
        { name: 'api', reason: 'waits for db to be healthy' },
        { name: 'db', reason: 'not ready yet' },
      ],
    });
    show([heldApi, deploymentFacts('db')], [podFacts('db')]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(calls).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not take the run before for the one that it asked for', async () => {
    const { show, wait, calls, outcome } = await begin(['migrate'], {});
    const pod: PodFacts = { ...podFacts('migrate'), ...ended(0), run: 'old' };
    show([onceMigrate], [pod]);
    wait();
    await vi.advanceTimersByTimeAsync(1000);
    expect(calls).toEqual(['migrate']);
    expect(outcome()).toBeUndefined();
    show([onceMigrate], [{ ...podFacts('migrate'), run: 'new' }]);
    await vi.advanceTimersByTimeAsync(10_000);
    // As long as it runs it is not done, however well.
    expect(outcome()).toBeUndefined();
    show([onceMigrate], [{ ...pod, run: 'new' }]);
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome()).toMatchObject({ ready: true, services: [{ state: 'Completed' }] });
  });

  it('is over at once for what nobody lets start', async () => {
    const { show, wait, outcome } = await begin(['api', 'db', 'migrate']);
    show([heldApi, deploymentFacts('db'), onceMigrate], [podFacts('db')]);
    wait();
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome()).toMatchObject({
      ready: false,
      services: [{ name: 'api', state: 'Waiting' }, {}, { name: 'migrate', state: 'Waiting', reason: 'has not run' }],
    });
  });

  it('is not kept waiting by who runs it again meanwhile', async () => {
    const { show, wait, calls, outcome } = await begin(['migrate'], {});
    show([onceMigrate], [{ ...podFacts('migrate'), ...ended(0), run: 'old' }]);
    wait();
    await vi.advanceTimersByTimeAsync(0);
    expect(calls).toEqual(['migrate']);
    // "coppice restart migrate", before the run that was asked for was seen.
    show([onceMigrate], [{ ...podFacts('migrate'), ...ended(0), run: 'newer' }]);
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome()).toMatchObject({ ready: true, services: [{ state: 'Completed' }] });
  });

  it('tries again to start what could not be, and takes what somebody else has started', async () => {
    let failures = 0;
    const runOnce = () => Promise.reject(new AppError('conflict', `Failure ${++failures}.`));
    const { show, wait, outcome } = await begin(['migrate'], { runOnce });
    show([onceMigrate], []);
    wait();
    await vi.advanceTimersByTimeAsync(5000);
    expect(failures).toBe(3);
    expect(outcome()).toBeUndefined();
    show([onceMigrate], [{ ...podFacts('migrate'), ...ended(0), run: 'other' }]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(outcome()).toMatchObject({ ready: true });
    expect(failures).toBe(3);
  });

  it('ends with the reason for what cannot be started, which is no failure of all', async () => {
    const release = () => Promise.reject(new AppError('denied', 'No room.'));
    const { show, wait, outcome } = await begin(['api', 'db'], { release });
    show([heldApi, deploymentFacts('db')], [podFacts('db')]);
    wait();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(outcome()).toMatchObject({
      ready: false,
      services: [
        { name: 'api', reason: 'cannot be started: No room' },
        { name: 'db', health: 'healthy' },
      ],
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('fails with a mistake of its own', async () => {
    const release = () => Promise.reject(new Error('away'));
    const { show, wait, outcome } = await begin(['api', 'db'], { release });
    show([heldApi, deploymentFacts('db')], [podFacts('db')]);
    wait();
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome()).toMatchObject({ message: 'away' });
  });
});
