import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EnvironmentFacts } from '../../../../src/core/facts';
import { crashing, podFacts } from '../../../support/environmentWorld';
import { StoreStage } from './storeStage';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a store of a window that nobody looks at, whose badge and status bar are seen', () => {
  async function unseen() {
    const stage = new StoreStage();
    const { identity } = await stage.world.createBranch('x');
    stage.store.setFollowed(true);
    await vi.advanceTimersByTimeAsync(1_000);
    const environment = () => stage.store.snapshot.entries.find(({ worktree }) => worktree.branch === 'x')?.environment;
    const crash = (facts: Partial<EnvironmentFacts> = { pods: [{ ...podFacts('backend'), ...crashing }] }): void =>
      stage.world.cluster.setFacts(identity.names.namespace, facts);
    return { stage, environment, crash };
  }

  it('hears of a crash within two seconds, and reads nothing for it', async () => {
    const { stage, environment, crash } = await unseen();
    expect(environment()?.health).toBe('healthy');
    stage.calls.length = 0;
    crash();
    await vi.advanceTimersByTimeAsync(500);
    expect(environment()?.health).toBe('degraded');
    expect(stage.calls).toEqual([]);
    stage.store.dispose();
  });

  it('asks git for no statuses, and reads its news seldom', async () => {
    const { stage } = await unseen();
    expect(stage.calls).toEqual(['list']);
    await stage.world.createBranch('y');
    for (let index = 0; index < 30; index++) {
      stage.gitChanged.fire();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(stage.paths).toHaveLength(3);
    expect(stage.calls.filter((call) => call !== 'list')).toEqual([]);
    expect(stage.calls.length).toBeLessThanOrEqual(8);
    // Nothing happens, and nothing is done.
    await vi.advanceTimersByTimeAsync(10_000);
    stage.calls.length = 0;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(stage.calls).toEqual([]);
    stage.store.dispose();
  });

  it('opens no second watch when somebody looks, reads all then, and goes on when nobody does any more', async () => {
    const { stage, environment, crash } = await unseen();
    expect(stage.watched).toHaveLength(1);
    expect(stage.world.cluster.isPatient).toBe(true);
    stage.store.setVisible(true);
    await stage.settle();
    expect(stage.world.cluster.isPatient).toBe(false);
    expect(stage.calls).toEqual(expect.arrayContaining(['git news of /code/repo', 'statuses']));
    stage.store.setVisible(false);
    expect(stage.world.cluster.isPatient).toBe(true);
    expect([...stage.open].sort()).toEqual(['cluster', 'git']);
    crash();
    await vi.advanceTimersByTimeAsync(500);
    expect(environment()?.health).toBe('degraded');
    expect(stage.watched).toHaveLength(1);
    stage.store.setFollowed(false);
    expect(stage.open.size).toBe(0);
    stage.store.dispose();
  });

  it('says that the cluster is away, and follows it again once it is back', async () => {
    const { stage, environment, crash } = await unseen();
    stage.world.cluster.setAway('stopped');
    await vi.advanceTimersByTimeAsync(500);
    expect(stage.store.snapshot.cluster).toMatchObject({ state: 'offline', reason: 'stopped' });
    stage.world.cluster.setAway(undefined);
    crash();
    await vi.advanceTimersByTimeAsync(500);
    expect(environment()?.health).toBe('degraded');
    stage.store.dispose();
    crash({ pods: [] });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stage.open.size).toBe(0);
  });
});

it('says of a service that crashes again and again that it is well once it has run for a while, though nothing happens', async () => {
  const stage = new StoreStage();
  const { identity } = await stage.world.createBranch('x');
  stage.store.setVisible(true);
  await stage.settle();
  const health = () =>
    stage.store.snapshot.entries
      .find(({ worktree }) => worktree.branch === 'x')
      ?.environment?.services.find(({ name }) => name === 'backend')?.health;
  const lastTermination = { reason: 'Error', exitCode: 1, message: 'no such table' };
  const none = { reason: undefined, message: undefined, exitCode: undefined };
  const container = { state: 'running', startedAt: Date.now(), ...none, lastTermination } as const;
  stage.world.cluster.setFacts(identity.names.namespace, {
    pods: [{ ...podFacts('backend'), restarts: 2, container }, podFacts('frontend')],
  });
  await stage.settle();
  expect(health()).toBe('degraded');
  await vi.advanceTimersByTimeAsync(58_000);
  expect(health()).toBe('degraded');
  await vi.advanceTimersByTimeAsync(3_000);
  expect(health()).toBe('healthy');
  stage.store.dispose();
});
