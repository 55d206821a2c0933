import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { waitReady, type Readiness } from '../../../src/app/create/waitReady';
import { isAbort } from '../../../src/core/errors';
import type { DeploymentFacts, PodFacts } from '../../../src/core/facts';
import { FakeCluster } from '../../support/fakes/fakeCluster';
import { crashing, deploymentFacts, podFacts } from '../../support/environmentWorld';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: 'bbbbbbbbbbbb' };
const starting: Partial<PodFacts> = { isReady: false };

async function clusterWithX(): Promise<FakeCluster> {
  const cluster = new FakeCluster();
  await cluster.claimNamespace({ name: 'worktree-x', owner, annotations: {} });
  return cluster;
}

function set(cluster: FakeCluster, pods: Partial<PodFacts>[], deployment: Partial<DeploymentFacts> = {}): void {
  cluster.setFacts('worktree-x', {
    deployments: pods.map((_, index) => ({ ...deploymentFacts(`s${index}`), ...deployment })),
    pods: pods.map((pod, index) => ({ ...podFacts(`s${index}`), ...pod })),
  });
}

function wait(cluster: FakeCluster, names: string[], signal = new AbortController().signal) {
  const services = names.map((name) => ({ name, port: undefined }));
  const outcome: { value?: Readiness; error?: unknown } = {};
  const promise = waitReady(cluster, owner.repositoryId, 'worktree-x', services, 120_000, signal).then(
    (value) => void (outcome.value = value),
    (error: unknown) => void (outcome.error = error),
  );
  return { outcome, promise };
}

describe('waitReady', () => {
  it('resolves as soon as all services are ready, those included that appear late', async () => {
    const cluster = await clusterWithX();
    set(cluster, [{}]);
    const { outcome } = wait(cluster, ['s0', 's1']);
    await vi.advanceTimersByTimeAsync(1000);
    set(cluster, [{}, starting]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(outcome).toEqual({});
    set(cluster, [{}, {}]);
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome.value).toMatchObject({ ready: true, services: [{ name: 's0' }, { name: 's1' }] });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for a broken pod of the release before to go, once its successor is ready', async () => {
    const cluster = await clusterWithX();
    const release = (pods: Partial<PodFacts>[]): void =>
      cluster.setFacts('worktree-x', {
        deployments: [deploymentFacts('s0')],
        pods: pods.map((pod, index) => ({ ...podFacts('s0'), name: `pod-${index}`, ...pod })),
      });
    release([{ ...crashing, createdAt: 1 }, { createdAt: 2 }]);
    const { outcome } = wait(cluster, ['s0']);
    await vi.advanceTimersByTimeAsync(5000);
    expect(outcome).toEqual({});
    release([{ createdAt: 2 }]);
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome.value).toMatchObject({ ready: true });
    // The other way round nothing will ever take its place.
    release([{ createdAt: 1 }, { ...crashing, createdAt: 2 }]);
    const { outcome: broken } = wait(cluster, ['s0']);
    await vi.advanceTimersByTimeAsync(0);
    expect(broken.value).toMatchObject({ ready: false, services: [{ state: 'CrashLoopBackOff' }] });
  });

  it('gives a pod for which the quota has no room some time, once nothing ends any more', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const cluster = await clusterWithX();
    const problem =
      'pods "s0-1" is forbidden: exceeded quota: worktree, requested: pods=1, used: pods=1, limited: pods=1';
    const refuse = (isDeleting: boolean): void => {
      cluster.setFacts('worktree-x', {
        deployments: [{ ...deploymentFacts('s0'), updated: 0, ready: 0, problem }, deploymentFacts('s1')],
        pods: [podFacts('s1'), ...(isDeleting ? [{ ...podFacts('s1'), name: 'old', isDeleting }] : [])],
      });
    };
    refuse(true);
    const { outcome } = wait(cluster, ['s0', 's1']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(outcome).toEqual({});
    refuse(false);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(outcome).toEqual({});
    await vi.advanceTimersByTimeAsync(1_100);
    expect(outcome.value).toMatchObject({
      ready: false,
      services: [
        { state: 'Pending', reason: expect.stringMatching(/^exceeded quota: worktree, .*coppice\.quota\.pods/) },
        {},
      ],
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not wait for what is to be stopped', async () => {
    const cluster = await clusterWithX();
    set(cluster, [{ isDeleting: true }], { desired: 0, updated: 0, ready: 0 });
    const { outcome } = wait(cluster, ['s0']);
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome.value?.ready).toBe(true);
  });

  it.each(['CrashLoopBackOff', 'ImagePullBackOff', 'ErrImagePull', 'InvalidImageName', 'CreateContainerConfigError'])(
    'gives up at once at %s',
    async (reason) => {
      const cluster = await clusterWithX();
      const container = { ...podFacts('s0').container, state: 'waiting', reason } as NonNullable<PodFacts['container']>;
      set(cluster, [{ isReady: false, container }, starting]);
      const { outcome } = wait(cluster, ['s0', 's1']);
      await vi.advanceTimersByTimeAsync(0);
      expect(outcome.value).toMatchObject({ ready: false, services: [{ state: reason }, { state: 'Running' }] });
    },
  );

  it.each([{ isObserved: false }, { updated: 0 }])(
    'does not judge by the pods of the release before: %j',
    async (deployment) => {
      const cluster = await clusterWithX();
      set(cluster, [crashing], deployment);
      const { outcome } = wait(cluster, ['s0']);
      await vi.advanceTimersByTimeAsync(1000);
      expect(outcome).toEqual({});
      set(cluster, [{}]);
      await vi.advanceTimersByTimeAsync(0);
      expect(outcome.value?.ready).toBe(true);
    },
  );

  it('says what it saw last when the time is over', async () => {
    const cluster = await clusterWithX();
    set(cluster, [starting]);
    const { outcome } = wait(cluster, ['s0']);
    await vi.advanceTimersByTimeAsync(119_999);
    expect(outcome).toEqual({});
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome.value).toMatchObject({ ready: false, services: [{ name: 's0', reason: 'not ready yet' }] });
  });

  it('fails when it saw nothing at all', async () => {
    const cluster = await clusterWithX();
    cluster.setAway('connection refused');
    const { outcome } = wait(cluster, ['s0']);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(outcome.error).toMatchObject({
      code: 'timeout',
      message: 'Nothing was seen of worktree-x for 120 seconds.',
    });
  });

  it('waits on over a cluster that goes away and comes back', async () => {
    const cluster = await clusterWithX();
    set(cluster, [starting]);
    const { outcome } = wait(cluster, ['s0']);
    await vi.advanceTimersByTimeAsync(10);
    cluster.setAway('restarting');
    set(cluster, [{}]);
    await vi.advanceTimersByTimeAsync(10);
    expect(outcome).toEqual({});
    cluster.setAway(undefined);
    await vi.advanceTimersByTimeAsync(10);
    expect(outcome.value?.ready).toBe(true);
  });

  it.each(['before', 'while'])('is cancelled %s it waits', async (when) => {
    const cluster = await clusterWithX();
    set(cluster, [starting]);
    const cancel = new AbortController();
    if (when === 'before') cancel.abort();
    const { outcome, promise } = wait(cluster, ['s0'], cancel.signal);
    await vi.advanceTimersByTimeAsync(10);
    cancel.abort();
    await promise;
    expect(isAbort(outcome.error)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
