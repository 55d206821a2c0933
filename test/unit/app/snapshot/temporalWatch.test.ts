import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readTemporal, TemporalWatch } from '../../../../src/app/snapshot/temporalWatch';
import { embeddedIdentity } from '../../../../src/core/clusterTraits';
import type { EnvironmentFacts } from '../../../../src/core/facts';
import { FakeTemporalWorkflows } from '../../../support/fakes/fakeTemporalWorkflows';

const signal = new AbortController().signal;

function facts(name: string | undefined, change: Partial<EnvironmentFacts> = {}): EnvironmentFacts {
  return {
    ...{ repositoryId: 'aaaaaaaaaaaa', worktreeId: '111111111111', namespace: `worktree-${name}` },
    ...{ terminating: false, terminatingReason: undefined, deployments: [], pods: [], ingresses: [] },
    annotations: name === undefined ? {} : { 'temporal-namespace': `worktree-${name}` },
    ...change,
  };
}

describe('workflows that are followed', () => {
  let workflows: FakeTemporalWorkflows;
  let isWanted: boolean;
  let loads: number;
  let changes: number;
  let watch: TemporalWatch;
  const ports = {
    workflows: async () => {
      loads++;
      return workflows;
    },
  };
  const follow = async (...environments: readonly EnvironmentFacts[]): Promise<void> => {
    watch.follow(embeddedIdentity, environments);
    await vi.advanceTimersByTimeAsync(0);
  };
  const make = (name: string, running = 0, failed = 0): void => {
    const owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: '111111111111' };
    workflows.held.set(`worktree-${name}`, { owner, running, failed });
  };

  beforeEach(() => {
    vi.useFakeTimers();
    [workflows, isWanted, loads, changes] = [new FakeTemporalWorkflows(), true, 0, 0];
    watch = new TemporalWatch(
      async () => ports,
      () => isWanted,
      () => changes++,
    );
  });
  afterEach(() => {
    watch.dispose();
    vi.useRealTimers();
  });

  it('are read at once, and again after a while, and told where there is news', async () => {
    make('a', 1);
    await follow(facts('a'));
    expect([watch.current.get('worktree-a'), changes]).toMatchObject([{ running: 1, failed: 0 }, 1]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([workflows.asked.length, changes]).toEqual([2, 1]);
    make('a', 0, 1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([watch.current.get('worktree-a'), changes]).toMatchObject([{ running: 0, failed: 1 }, 2]);
  });

  it('are not asked for again by each event of the cluster, and at once where there is another namespace', async () => {
    make('a');
    await follow(facts('a'));
    await follow(facts('a'));
    await follow(facts('a', { deployments: [] }), facts(undefined));
    expect(workflows.asked).toEqual(['worktree-a']);
    await follow(facts('a'), facts('b'));
    expect(workflows.asked).toEqual(['worktree-a', 'worktree-a worktree-b']);
    expect(watch.current.get('worktree-b')?.state).toBe('missing');
  });

  it('are not asked for where there is no namespace, or it goes: nothing is loaded', async () => {
    await follow(facts(undefined), facts('gone', { terminating: true }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(loads).toBe(0);
    expect(await readTemporal(ports, embeddedIdentity, [facts(undefined)], signal)).toEqual(new Map());
    expect(loads).toBe(0);
  });

  it('are not asked for while nobody looks, and what was known stays', async () => {
    make('a', 2);
    await follow(facts('a'));
    [isWanted] = [false];
    watch.dispose();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(workflows.asked).toHaveLength(1);
    await follow(facts('a'));
    expect(workflows.asked).toHaveLength(1);
    expect(watch.current.get('worktree-a')).toMatchObject({ running: 2 });
    isWanted = true;
    await follow(facts('a'));
    expect(workflows.asked).toHaveLength(2);
  });

  it('that cannot be asked for are asked for later', async () => {
    make('a', 3);
    const read = vi.spyOn(workflows, 'read').mockRejectedValueOnce(new Error('no'));
    await follow(facts('a'));
    expect([watch.current.size, changes]).toEqual([0, 0]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(read).toHaveBeenCalledTimes(2);
    expect(watch.current.get('worktree-a')).toMatchObject({ running: 3 });
  });
});
