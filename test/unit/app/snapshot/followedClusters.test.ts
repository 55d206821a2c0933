import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../../src/core/errors';
import { infraNamespace, infraOwner } from '../../../../src/core/clusters/infra';
import { crashing, podFacts } from '../../../support/environmentWorld';
import { FakeCluster } from '../../../support/fakes/fakeCluster';
import { StoreStage } from './storeStage';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('EnvironmentStore', () => {
  it('follows another cluster once the repository chose one: no old watch lives on, and what lives elsewhere is told', async () => {
    const stage = new StoreStage();
    await stage.world.createBranch('topic');
    stage.store.setVisible(true);
    await stage.settle();
    const topic = () => stage.store.snapshot.entries.find(({ worktree }) => worktree.branch === 'topic');
    expect(topic()).toMatchObject({ environment: { slug: 'topic' } });
    const other = new FakeCluster();
    other.identity = { kind: 'context', context: 'kind-a', server: 'https://127.0.0.1:1', caSha256: 'x' };
    stage.clusters['other'] = other;
    stage.chosen = 'other';
    // Rows do not wait for the new cluster.
    other.setAway('not yet');
    await stage.store.refresh();
    await stage.settle();
    expect([...stage.open].sort()).toEqual(['git', 'other']);
    expect(stage.store.snapshot).toMatchObject({ clusterIdentity: other.identity, cluster: { state: 'offline' } });
    expect(topic()).toMatchObject({ environment: undefined, elsewhere: { kind: 'embedded' } });
    other.setAway(undefined);
    await stage.settle();
    expect(stage.store.snapshot).toMatchObject({ cluster: { state: 'online' }, orphans: [] });
    expect(topic()).toMatchObject({ environment: undefined, elsewhere: { kind: 'embedded' } });
    stage.chosen = 'cluster';
    await stage.store.refresh();
    await stage.settle();
    expect([...stage.open].sort()).toEqual(['cluster', 'git']);
    expect(topic()).toMatchObject({ environment: { slug: 'topic' } });
    expect(topic()?.elsewhere).toBeUndefined();
    stage.store.dispose();
    expect(stage.open.size).toBe(0);
  });

  it('follows infra with the one watch that it has, from when it appears to when another cluster is used', async () => {
    const stage = new StoreStage();
    const { cluster } = stage.world;
    cluster.identity = { kind: 'k3d', context: 'k3d-a', server: 'https://127.0.0.1:1' };
    stage.store.setVisible(true);
    await stage.settle();
    const repositoryId = stage.store.snapshot.repository?.id ?? '';
    expect(stage.watched).toEqual([[repositoryId, 'infra']]);
    expect(stage.store.snapshot).toMatchObject({ cluster: { state: 'online' } });
    expect(stage.store.snapshot.infra).toBeUndefined();
    const listed = () => stage.calls.filter((call) => call === 'list').length;
    const before = listed();
    // One that has only the name.
    await cluster.claimNamespace({ name: infraNamespace, owner: { repositoryId, worktreeId: 'x' }, annotations: {} });
    await stage.settle();
    expect(stage.store.snapshot.infra).toBeUndefined();
    await cluster.deleteNamespace(infraNamespace, { repositoryId, worktreeId: 'x' });
    await stage.settle();
    const readOnce = listed();
    expect(readOnce).toBe(before + 1);
    await cluster.claimNamespace({ name: infraNamespace, owner: infraOwner, annotations: {} });
    cluster.setFacts(infraNamespace, { pods: [{ ...podFacts('grafana'), ...crashing }] });
    await stage.settle();
    expect(stage.store.snapshot.infra).toMatchObject({ namespace: 'infra', services: [{ name: 'grafana' }] });
    // It is nobody's worktree: git has no news of it, and no row.
    expect(stage.store.snapshot.orphans).toEqual([]);
    expect(listed()).toBe(readOnce);
    stage.store.setVisible(false);
    expect(stage.open.size).toBe(0);
    expect(stage.store.snapshot.infra).toBeDefined();
    stage.clusters['other'] = new FakeCluster();
    stage.chosen = 'other';
    stage.store.setVisible(true);
    await stage.settle();
    // The embedded cluster has none, and is not asked for it.
    expect(stage.watched).toEqual([[repositoryId, 'infra'], repositoryId]);
    expect(stage.store.snapshot).toMatchObject({ cluster: { state: 'online' } });
    expect(stage.store.snapshot.infra).toBeUndefined();
    stage.store.dispose();
    expect(stage.open.size).toBe(0);
  });

  it('hears of a choice that was made elsewhere, for as long as somebody looks', async () => {
    const stage = new StoreStage();
    stage.store.setVisible(true);
    await stage.settle();
    expect(stage.choicesChanged.hasListeners).toBe(true);
    const other = new FakeCluster();
    other.identity = { kind: 'context', context: 'kind-a', server: 'https://127.0.0.1:1' };
    stage.clusters['other'] = other;
    stage.chosen = 'other';
    stage.choicesChanged.fire();
    await stage.settle();
    expect(stage.store.snapshot.clusterIdentity).toEqual(other.identity);
    stage.store.setVisible(false);
    expect(stage.choicesChanged.hasListeners).toBe(false);
    stage.store.dispose();
  });

  it('keeps the rows, and says why, while nobody can tell which cluster it is', async () => {
    const stage = new StoreStage();
    await stage.world.createBranch('topic');
    stage.store.setVisible(true);
    await stage.settle();
    stage.choiceFailure = new AppError('failed', 'clusters.json cannot be understood.');
    await stage.store.refresh();
    await stage.settle();
    expect(stage.store.snapshot.cluster).toMatchObject({
      state: 'offline',
      reason: 'clusters.json cannot be understood.',
    });
    expect(stage.store.snapshot.entries.some(({ environment }) => environment?.slug === 'topic')).toBe(true);
    expect([...stage.open]).toEqual(['git']);
    stage.choiceFailure = undefined;
    await stage.store.refresh();
    await stage.settle();
    expect(stage.store.snapshot.cluster.state).toBe('online');
    stage.store.dispose();
  });
});
