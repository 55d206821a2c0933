import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { waitReady } from '../../../../src/app/services/waitReady';
import type { PodFacts } from '../../../../src/core/facts';
import type { Owner } from '../../../../src/core/model';
import { crashing, deploymentFacts, podFacts } from '../../../support/environmentWorld';
import { FakeCluster } from '../../../support/fakes/fakeCluster';

const owner: Owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: 'bbbbbbbbbbbb' };
const namespace = 'worktree-topic';
const { signal } = new AbortController();

describe('a service that is ready because its process runs', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** @param port undefined: nothing probes the service */
  async function begin(port: number | undefined, createdAt = Date.now(), change: Partial<PodFacts> = {}) {
    const cluster = new FakeCluster();
    await cluster.claimNamespace({ name: namespace, owner, annotations: {} });
    const show = (change: object): void =>
      cluster.setFacts(namespace, {
        deployments: [deploymentFacts('worker')],
        pods: [{ ...podFacts('worker'), createdAt, ...change }],
      });
    show(change);
    let readiness: boolean | undefined;
    const options = { timeoutMs: 60_000, steadyMs: 5000 };
    void waitReady(cluster, { ...owner, namespace }, [{ name: 'worker', port }], options, signal).then(
      ({ ready }) => (readiness = ready),
    );
    await vi.advanceTimersByTimeAsync(1);
    return { show, isReady: () => readiness };
  }

  it.each([300, 2000, 4900])('is not believed when it ends %d ms after it has started', async (ms) => {
    const { show, isReady } = await begin(undefined);
    expect(isReady()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(ms);
    expect(isReady()).toBeUndefined();
    show(crashing);
    await vi.advanceTimersByTimeAsync(1);
    expect(isReady()).toBe(false);
  });

  it('has to prove itself for twice as long after it was started again', async () => {
    const { show, isReady } = await begin(undefined);
    await vi.advanceTimersByTimeAsync(3000);
    show({ isReady: false, restarts: 1 });
    await vi.advanceTimersByTimeAsync(3000);
    show({ restarts: 1 });
    await vi.advanceTimersByTimeAsync(9900);
    expect(isReady()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(200);
    expect(isReady()).toBe(true);
  });

  it('has to prove itself anew when it ended between two looks', async () => {
    const { show, isReady } = await begin(undefined);
    await vi.advanceTimersByTimeAsync(4000);
    show({ restarts: 1 });
    await vi.advanceTimersByTimeAsync(9900);
    expect(isReady()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(200);
    expect(isReady()).toBe(true);
  });

  it('is believed when it goes on', async () => {
    const { isReady } = await begin(undefined);
    await vi.advanceTimersByTimeAsync(4900);
    expect(isReady()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(200);
    expect(isReady()).toBe(true);
  });

  it('is believed at once when it has run for long, or is probed', async () => {
    expect((await begin(undefined, Date.now() - 60_000)).isReady()).toBe(true);
    expect((await begin(8000)).isReady()).toBe(true);
    expect((await begin(undefined, Date.now(), { isProbed: true })).isReady()).toBe(true);
    expect((await begin(undefined, Date.now(), { isProbed: true, isReady: false })).isReady()).toBeUndefined();
  });

  it('goes by when its process has started, where that is known', async () => {
    const container = (startedAt: number) => ({ container: { ...podFacts('worker').container, startedAt } as never });
    expect((await begin(undefined, 1, container(Date.now()))).isReady()).toBeUndefined();
    const before = { ...container(Date.now() - 60_000), restarts: 3 };
    expect((await begin(undefined, 1, before)).isReady()).toBe(true);
  });
});
