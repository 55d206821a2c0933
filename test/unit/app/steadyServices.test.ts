import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { waitReady } from '../../../src/app/create/waitReady';
import type { Owner } from '../../../src/core/model';
import { crashing, deploymentFacts, podFacts } from '../../support/environmentWorld';
import { FakeCluster } from '../../support/fakes/fakeCluster';

const owner: Owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: 'bbbbbbbbbbbb' };
const namespace = 'worktree-topic';
const { signal } = new AbortController();

describe('a service that is ready because its process runs', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** @param port undefined: nothing probes the service */
  async function begin(port: number | undefined, createdAt = Date.now(), kind: 'embedded' | 'k3d' = 'embedded') {
    const cluster = new FakeCluster();
    cluster.identity = { kind };
    await cluster.claimNamespace({ name: namespace, owner, annotations: {} });
    const show = (change: object): void =>
      cluster.setFacts(namespace, {
        deployments: [deploymentFacts('worker')],
        pods: [{ ...podFacts('worker'), createdAt, ...change }],
      });
    show({});
    let readiness: boolean | undefined;
    void waitReady(cluster, owner.repositoryId, namespace, [{ name: 'worker', port }], 10_000, signal).then(
      ({ ready }) => (readiness = ready),
    );
    await vi.advanceTimersByTimeAsync(1);
    return { show, isReady: () => readiness };
  }

  it('is not believed when it ends as soon as it has started', async () => {
    const { show, isReady } = await begin(undefined);
    expect(isReady()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(300);
    show(crashing);
    await vi.advanceTimersByTimeAsync(1);
    expect(isReady()).toBe(false);
  });

  it('has to prove itself again after it was started again', async () => {
    const { show, isReady } = await begin(undefined);
    await vi.advanceTimersByTimeAsync(300);
    show({ isReady: false, restarts: 1 });
    await vi.advanceTimersByTimeAsync(300);
    show({ restarts: 1 });
    await vi.advanceTimersByTimeAsync(600);
    expect(isReady()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(200);
    expect(isReady()).toBe(true);
  });

  it('is believed when it goes on', async () => {
    const { isReady } = await begin(undefined);
    await vi.advanceTimersByTimeAsync(800);
    expect(isReady()).toBe(true);
  });

  it('is believed at once where a kubelet tells of it, which looks once a second only', async () => {
    expect((await begin(undefined, Date.now(), 'k3d')).isReady()).toBe(true);
  });

  it('is believed at once when it has run for long, or is probed', async () => {
    expect((await begin(undefined, Date.now() - 60_000)).isReady()).toBe(true);
    expect((await begin(8000)).isReady()).toBe(true);
  });
});
