import { describe, expect, it } from 'vitest';
import { OverviewFeed, type OverviewPorts } from '../../../../src/app/telemetry/overviewFeed';
import type { Snapshot } from '../../../../src/core/model';
import type { PullRequest } from '../../../../src/core/ports/pullRequests';
import { FakeTelemetry } from '../../../support/fakes/fakeTelemetry';
import { until } from '../../../support/until';
import { anEntry, aSnapshot, aWorktree, bareMain } from '../../ui/builders';

const aRequest = {
  ...{ number: 7, url: 'https://github.com/o/r/pull/7', isDraft: false },
  checks: { passed: 1, pending: 0, failed: [] },
};
const sample = (at: number) => ({
  at,
  missing: {},
  services: [{ name: 'backend', cpuCores: 0.5, memoryBytes: 10, restarts: 0, requests: undefined }],
});

function makeWorld(
  size: OverviewPorts['size'] = async () => ({ bytes: 1, isCut: false }),
  requests: () => ReadonlyMap<string, PullRequest> = () => new Map([['feature', aRequest]]),
) {
  const telemetry = new FakeTelemetry();
  let now = Date.parse('2026-01-01T12:30:20Z');
  const waits: { ms: number; go: () => void }[] = [];
  const asked: string[] = [];
  const feed = new OverviewFeed({
    telemetry: {
      watchAll: (...of) => telemetry.watchAll(...of),
      pastOfAll: (range) => {
        asked.push('past');
        return telemetry.pastOfAll(range);
      },
    },
    visits: async (folder) => {
      asked.push(`visits of ${folder}`);
      return new Map([['worktree-feature', 7]]);
    },
    pullRequests: async ({ root }) => {
      asked.push(`pull requests of ${root}`);
      return requests();
    },
    size: (worktree, ...of) => {
      asked.push(worktree.path);
      return size(worktree, ...of);
    },
    log: { debug: () => undefined },
    now: () => now,
    passed: () => now,
    pause: (ms, signal) =>
      new Promise((resolve) => {
        waits.push({ ms, go: resolve });
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  });
  const snapshot: Snapshot = aSnapshot({
    entries: [
      bareMain,
      anEntry(),
      anEntry({ worktree: aWorktree({ path: '/w/gone', prunable: 'gone' }) }),
      anEntry({ worktree: aWorktree({ path: '/w/two', branch: 'two' }) }),
    ],
  });
  return { telemetry, feed, snapshot, waits, asked, pass: (ms: number) => void (now += ms) };
}

describe('the feed of the overview', () => {
  it('asks for all environments at once, and for nothing while nobody looks', async () => {
    const { telemetry, feed, snapshot, asked } = makeWorld();
    telemetry.addSample('worktree-feature', sample(Date.parse('2026-01-01T12:30:10Z')));
    telemetry.addSample('worktree-two', sample(Date.parse('2026-01-01T12:30:10Z')));
    expect(telemetry.watchersOfAll).toBe(0);
    const heard: string[] = [];
    feed.onDidChange((what) => void heard.push(what));
    feed.start(() => snapshot);
    feed.start(() => snapshot);
    await until(() => feed.facts.loads && feed.facts.visits && feed.facts.pullRequests && feed.facts.sizes?.size === 1);
    expect(telemetry.watchersOfAll).toBe(1);
    expect(asked).toEqual(['past', 'visits of /repo', 'pull requests of /repo', '/repo.worktrees/feature']);
    expect([...new Set(heard)].sort()).toEqual(['facts', 'loads', 'trends']);
    expect([...(feed.facts.loads?.environments.keys() ?? [])]).toEqual(['worktree-feature', 'worktree-two']);
    expect(feed.trends.of('worktree-two', feed.facts.now).at(-1)?.cpuCores).toBe(0.5);
    feed.stop();
    await until(() => telemetry.watchersOfAll === 0);
    const { length } = heard;
    telemetry.addSample('worktree-feature', sample(Date.parse('2026-01-01T12:30:10Z')));
    expect([heard.length, asked.length]).toEqual([length, 4]);
    // What takes long to find out is known when somebody looks again.
    expect(feed.facts.sizes?.get('/repo.worktrees/feature')).toMatchObject({ bytes: 1 });
    expect(feed.facts.pullRequests?.get('feature')).toEqual(aRequest);
    expect(feed.facts.loads).toBeUndefined();
  });

  it('says why nothing new comes, and shows no figure of before as one of now', async () => {
    const { telemetry, feed, snapshot } = makeWorld();
    telemetry.addSample('worktree-feature', sample(1));
    feed.start(() => snapshot);
    await until(() => feed.facts.loads);
    telemetry.setFailureOfAll('it does not answer');
    expect(feed.failure).toBe('it does not answer');
    expect(feed.facts.loads).toBeUndefined();
    telemetry.setFailureOfAll(undefined);
    telemetry.addSample('worktree-feature', sample(2));
    expect([feed.failure, feed.facts.loads?.at]).toEqual(['', 2]);
    feed.dispose();
  });

  it('looks through one folder at a time, and rests forty times as long as that took', async () => {
    const world = makeWorld(async () => {
      world.pass(1000);
      return { bytes: 5, isCut: false };
    });
    const { feed, snapshot, waits, asked, pass } = world;
    const folders = () => asked.filter((each) => each.startsWith('/'));
    feed.start(() => snapshot);
    await until(() => waits.length === 4);
    expect(folders()).toEqual(['/repo.worktrees/feature']);
    const rest = waits.find(({ ms }) => ms === 40_000);
    rest?.go();
    await until(() => folders().length === 2);
    // One whose folder is gone has none to look through, and one that was looked at stays known for a while.
    expect(folders()).toEqual(['/repo.worktrees/feature', '/w/two']);
    await until(() => waits.filter(({ ms }) => ms === 40_000).length === 2);
    waits.findLast(({ ms }) => ms === 40_000)?.go();
    await until(() => waits.length === 6);
    expect(folders()).toHaveLength(2);
    pass(31 * 60_000);
    waits.at(-1)?.go();
    await until(() => folders().length === 3);
    feed.dispose();
  });

  it('does without what cannot be told', async () => {
    const { feed, snapshot, waits } = makeWorld(async () => Promise.reject(new Error('no right')));
    feed.start(() => snapshot);
    await until(() => waits.length === 4);
    expect(feed.facts.sizes?.size).toBe(0);
    expect(feed.facts.visits?.size).toBe(1);
    feed.dispose();
  });

  it('asks for pull requests every five minutes, and keeps those it knows while nobody tells', async () => {
    let answers = 0;
    const { feed, snapshot, waits, asked } = makeWorld(undefined, () => {
      answers++;
      if (answers > 1) throw new Error('gh is logged in nowhere');
      return new Map([['feature', aRequest]]);
    });
    feed.start(() => snapshot);
    const pauses = () => waits.filter(({ ms }) => ms === 5 * 60_000);
    // One is that of what the cluster has written down.
    await until(() => feed.facts.pullRequests && pauses().length === 2);
    pauses().forEach(({ go }) => go());
    await until(() => pauses().length === 4);
    expect(asked.filter((each) => each === 'pull requests of /repo')).toHaveLength(2);
    expect(feed.facts.pullRequests?.get('feature')).toEqual(aRequest);
    feed.dispose();
  });

  it('asks for no pull requests that it was told of less than five minutes ago, whoever looks away and again', async () => {
    const { feed, snapshot, waits, asked, pass } = makeWorld();
    const times = () => asked.filter((each) => each === 'pull requests of /repo').length;
    feed.start(() => snapshot);
    await until(() => feed.facts.pullRequests);
    feed.stop();
    pass(2 * 60_000);
    feed.start(() => snapshot);
    const rest = () => waits.find(({ ms }) => ms === 3 * 60_000);
    await until(rest);
    expect(times()).toBe(1);
    feed.stop();
    pass(4 * 60_000);
    feed.start(() => snapshot);
    await until(() => times() === 2);
    feed.dispose();
  });

  it('asks as soon as the repository is known, where a window opens with it', async () => {
    const { feed, snapshot, waits, asked } = makeWorld();
    let known: Snapshot = { ...snapshot, repository: undefined };
    feed.start(() => known);
    await until(() => waits.filter(({ ms }) => ms === 1000).length === 2);
    expect(asked).not.toContain('pull requests of /repo');
    known = snapshot;
    waits.filter(({ ms }) => ms === 1000).forEach(({ go }) => go());
    await until(() => feed.facts.pullRequests && feed.facts.visits);
    feed.dispose();
  });
});
