import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { waitReady, type Readiness } from '../../../../src/app/services/waitReady';
import { isAbort } from '../../../../src/core/errors';
import type { DeploymentFacts, PodFacts } from '../../../../src/core/facts';
import { FakeCluster } from '../../../support/fakes/fakeCluster';
import { crashing, deploymentFacts, podFacts } from '../../../support/environmentWorld';

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

function wait(cluster: FakeCluster, names: string[], signal = new AbortController().signal, port?: number) {
  const services = names.map((name) => ({ name, port }));
  const outcome: { value?: Readiness; error?: unknown } = {};
  const where = { repositoryId: owner.repositoryId, namespace: 'worktree-x' };
  const told: string[] = [];
  const options = { timeoutMs: 120_000, steadyMs: 5000, tell: (line: string) => void told.push(line) };
  const promise = waitReady(cluster, where, services, options, signal).then(
    (value) => void (outcome.value = value),
    (error: unknown) => void (outcome.error = error),
  );
  return { outcome, promise, told };
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

  it('takes no old pods for those of an update, where news of pods come later than those of deployments', async () => {
    const cluster = await clusterWithX();
    // All that is seen of pods is one of before. A rolling update leaves it until its successor is ready; Recreate ends it first.
    const rolling = { ready: 1, updated: 1, old: 1 };
    const recreated = { ready: 0, updated: 1, available: 0 };
    for (const deployment of [{ isObserved: false }, rolling, recreated]) {
      set(cluster, [{}], deployment);
      const { outcome } = wait(cluster, ['s0'], undefined, 80);
      await vi.advanceTimersByTimeAsync(20_000);
      expect(outcome).toEqual({});
      set(cluster, [{ name: 's0-2' }]);
      await vi.advanceTimersByTimeAsync(0);
      expect(outcome.value).toMatchObject({ ready: true, services: [{ pods: ['s0-2'] }] });
    }
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
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
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

  const states = [
    'CrashLoopBackOff',
    'ImagePullBackOff',
    'ErrImagePull',
    'InvalidImageName',
    'CreateContainerConfigError',
  ];
  const at = (reason: string): Partial<PodFacts> => ({
    ...crashing,
    container: { ...(crashing.container as NonNullable<PodFacts['container']>), state: 'waiting', reason },
  });

  it.each(states)('gives up at once at %s, when nothing else is left to wait for', async (reason) => {
    const cluster = await clusterWithX();
    set(cluster, [at(reason), {}]);
    const { outcome } = wait(cluster, ['s0', 's1']);
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome.value).toMatchObject({ ready: false, services: [{ state: reason }, { state: 'Running' }] });
  });

  it.each(states)('goes on for the others at %s, and says meanwhile what it knows', async (reason) => {
    const cluster = await clusterWithX();
    set(cluster, [at(reason), starting, starting]);
    const { outcome, told } = wait(cluster, ['s0', 's1', 's2']);
    await vi.advanceTimersByTimeAsync(20_000);
    set(cluster, [at(reason), {}, starting]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(outcome).toEqual({});
    expect(told).toEqual([
      expect.stringMatching(new RegExp(`^s0: ${reason}`)),
      's1 and s2 are not ready yet',
      's2 is not ready yet',
    ]);
    set(cluster, [at(reason), {}, at('ImagePullBackOff')]);
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome.value).toMatchObject({
      ready: false,
      services: [{ state: reason }, { state: 'Running' }, { state: 'ImagePullBackOff' }],
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  describe('what ended before another service listened', () => {
    const once: Partial<PodFacts> = { ...crashing, restarts: 0 };
    const probed = (cluster: FakeCluster, names: string[]) => wait(cluster, names, undefined, 8000);

    it('is given one more start', async () => {
      const cluster = await clusterWithX();
      set(cluster, [once, starting]);
      const { outcome } = probed(cluster, ['s0', 's1']);
      await vi.advanceTimersByTimeAsync(1000);
      set(cluster, [once, {}]);
      await vi.advanceTimersByTimeAsync(5000);
      expect(outcome).toEqual({});
      set(cluster, [{ restarts: 1 }, {}]);
      await vi.advanceTimersByTimeAsync(0);
      expect(outcome.value?.ready).toBe(true);
    });

    it('is believed when it ends again', async () => {
      const cluster = await clusterWithX();
      set(cluster, [once, starting]);
      const { outcome } = probed(cluster, ['s0', 's1']);
      await vi.advanceTimersByTimeAsync(1000);
      set(cluster, [once, {}]);
      await vi.advanceTimersByTimeAsync(5000);
      set(cluster, [{ ...starting, restarts: 1 }, {}]);
      await vi.advanceTimersByTimeAsync(5000);
      expect(outcome).toEqual({});
      set(cluster, [{ ...crashing, restarts: 1 }, {}]);
      await vi.advanceTimersByTimeAsync(0);
      expect(outcome.value?.ready).toBe(false);
    });

    it('is believed at once when the others listened before', async () => {
      const cluster = await clusterWithX();
      set(cluster, [starting, {}]);
      const { outcome } = probed(cluster, ['s0', 's1']);
      await vi.advanceTimersByTimeAsync(1000);
      set(cluster, [once, {}]);
      await vi.advanceTimersByTimeAsync(0);
      expect(outcome.value?.ready).toBe(false);
    });
  });

  it('says what it waits for once that takes a while, and what must run longer to be believed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    const cluster = await clusterWithX();
    set(cluster, [starting, starting]);
    const { outcome, told } = wait(cluster, ['s0', 's1']);
    await vi.advanceTimersByTimeAsync(999);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(told).toEqual(['s0 and s1 are not ready yet']);
    // Begun just now; what ended before must run twice as long.
    set(cluster, [{ createdAt: Date.now() }, { restarts: 1 }]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(told[1]).toBe('s0 and s1 have no port to ask at, and must run for 10 s');
    await vi.advanceTimersByTimeAsync(5000);
    expect(told[2]).toBe('s1 has no port to ask at, and must run for 10 s');
    await vi.advanceTimersByTimeAsync(4000);
    expect(outcome.value?.ready).toBe(true);
    expect(told).toHaveLength(3);
  });

  it('names a service of which the cluster knows nothing', async () => {
    const cluster = await clusterWithX();
    set(cluster, [{}]);
    const { outcome } = wait(cluster, ['s0', 's1']);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(outcome.value).toMatchObject({
      ready: false,
      services: [{ name: 's0' }, { name: 's1', health: 'unknown', reason: 'the cluster has no deployment of it' }],
    });
  });

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

  it('believes nothing that was seen before a cluster went away for good, and says that it did', async () => {
    const cluster = await clusterWithX();
    set(cluster, [{}, starting]);
    const { outcome } = wait(cluster, ['s0', 's1']);
    await vi.advanceTimersByTimeAsync(1000);
    cluster.setAway('It was ended.');
    await vi.advanceTimersByTimeAsync(120_000);
    const reason = 'the cluster does not answer: It was ended.';
    expect(outcome.value).toMatchObject({
      ready: false,
      isTimeUp: true,
      services: ['s0', 's1'].map((name) => ({ name, state: 'Unknown', health: 'unknown', reason })),
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

  it.each([
    ['deleted', { code: 'notFound', message: 'The environment in "worktree-x" was deleted while it was waited for.' }],
    ['being deleted', { code: 'conflict', message: 'The environment in "worktree-x" is being deleted.' }],
  ])('waits for nothing that is %s meanwhile', async (how, error) => {
    const cluster = await clusterWithX();
    set(cluster, [starting]);
    const { outcome } = wait(cluster, ['s0']);
    await vi.advanceTimersByTimeAsync(10);
    expect(outcome).toEqual({});
    if (how === 'deleted') await cluster.deleteNamespace('worktree-x', owner);
    else cluster.setTerminating('worktree-x');
    await vi.advanceTimersByTimeAsync(10);
    expect(outcome.error).toMatchObject(error);
    expect(vi.getTimerCount()).toBe(0);
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
