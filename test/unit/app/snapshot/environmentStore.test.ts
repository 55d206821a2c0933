import { worktreeView } from '../../../../src/app/view/worktreeView';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EnvironmentStore } from '../../../../src/app/snapshot/environmentStore';
import { environmentLock } from '../../../../src/app/run/withLock';
import { AppError } from '../../../../src/core/errors';
import type { Snapshot } from '../../../../src/core/model';
import type { Logger } from '../../../../src/core/ports/host';
import { crashing, podFacts } from '../../../support/environmentWorld';
import { environmentFileText } from '../../../support/fakes/fakeEnvironmentFiles';
import { StoreStage } from './storeStage';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('EnvironmentStore', () => {
  it('knows nothing and does nothing until somebody looks', async () => {
    const stage = new StoreStage();
    await stage.settle();
    expect(stage.store.snapshot).toMatchObject({ repository: undefined, entries: [], cluster: { state: 'idle' } });
    expect(stage.calls).toEqual([]);
    expect(stage.open.size).toBe(0);
    stage.store.dispose();
  });

  it('asks whether the cluster is outdated each time that it comes online, and stays silent when nobody can tell', async () => {
    const stage = new StoreStage();
    const outdated = { running: '0.1.0', own: '0.2.0' };
    let asked = 0;
    stage.outdated = async () => (asked++, outdated);
    stage.store.setVisible(true);
    await stage.store.refresh();
    await stage.settle();
    expect(stage.store.snapshot).toMatchObject({ cluster: { state: 'online' }, outdatedCluster: outdated });
    stage.world.cluster.setAway('stopped');
    await stage.settle();
    expect(stage.store.snapshot).not.toHaveProperty('outdatedCluster');
    expect(asked).toBe(1);
    stage.outdated = async () => Promise.reject(new Error('no such file'));
    stage.world.cluster.setAway(undefined);
    await stage.settle();
    expect(stage.store.snapshot.cluster.state).toBe('online');
    expect(stage.store.snapshot).not.toHaveProperty('outdatedCluster');
    expect(stage.logged).toEqual([]);
    stage.store.dispose();
  });

  it('tells what keeps the cluster from saving its state, and at the next look that it is over', async () => {
    const stage = new StoreStage();
    stage.world.cluster.stateTroubles.push('The disk is full.');
    stage.store.setVisible(true);
    await stage.settle();
    expect(stage.store.snapshot).toMatchObject({ cluster: { state: 'online' }, stateTrouble: 'The disk is full.' });
    await stage.store.refresh();
    await stage.settle();
    expect(stage.store.snapshot).not.toHaveProperty('stateTrouble');
    stage.store.dispose();
  });

  it('shows the worktrees before it knows their statuses', async () => {
    const stage = new StoreStage();
    let go: () => void = () => undefined;
    stage.statuses = () => new Promise((resolve) => (go = resolve));
    stage.store.setVisible(true);
    await stage.settle();
    expect(stage.paths).toEqual(['/code/repo']);
    expect(stage.store.snapshot).toMatchObject({ hasEnvironmentFile: true, repository: { root: '/code/repo' } });
    expect(stage.store.snapshot.entries[0]?.status).toBeUndefined();
    go();
    await stage.settle();
    expect(stage.store.snapshot.entries[0]?.status?.lastCommit?.subject).toBe('first');
    stage.store.dispose();
  });

  it('keeps the last statuses while new ones are read', async () => {
    const stage = new StoreStage();
    stage.store.setVisible(true);
    await stage.settle();
    stage.statuses = () => new Promise(() => undefined);
    void stage.store.refresh();
    await stage.settle();
    expect(stage.store.snapshot.entries[0]?.status).toBeDefined();
    stage.store.dispose();
  });

  it('tells of a burst once, and reads once more for all that ask meanwhile', async () => {
    const stage = new StoreStage();
    stage.store.setVisible(true);
    await stage.settle();
    stage.calls.length = 0;
    stage.told.length = 0;
    for (let index = 0; index < 50; index++) stage.gitChanged.fire();
    const asked = [stage.store.refresh(), stage.store.refresh()];
    await stage.settle();
    await Promise.all(asked);
    expect(stage.calls.filter((call) => call === 'list')).toHaveLength(2);
    expect(stage.told.length).toBeLessThanOrEqual(3);
    stage.store.dispose();
  });

  it('never changes a snapshot that it gave away', async () => {
    const stage = new StoreStage();
    stage.store.setVisible(true);
    await stage.settle();
    const before = stage.store.snapshot;
    const copy = structuredClone(before);
    await stage.world.createBranch('x');
    stage.gitChanged.fire();
    await stage.settle();
    expect(stage.store.snapshot).not.toBe(before);
    expect(before).toEqual(copy);
    expect(stage.paths).toHaveLength(2);
    stage.store.dispose();
  });

  it('joins worktrees with their environments, and follows what happens to them', async () => {
    const stage = new StoreStage();
    stage.store.setVisible(true);
    await stage.settle();
    const { identity } = await stage.world.createBranch('x');
    stage.gitChanged.fire();
    await stage.settle();
    const entry = () => stage.store.snapshot.entries.find(({ worktree }) => worktree.branch === 'x');
    expect(entry()).toMatchObject({ identity: { names: { slug: 'x' } }, environment: { health: 'healthy' } });
    stage.world.cluster.setFacts(identity.names.namespace, { pods: [{ ...podFacts('backend'), ...crashing }] });
    await stage.settle();
    expect(entry()?.environment?.services.find(({ name }) => name === 'backend')?.state).toBe('CrashLoopBackOff');
    expect(entry()?.environment?.health).toBe('degraded');
    stage.store.dispose();
  });

  it('reads the worktrees again when an environment appears, of which git has no news', async () => {
    const stage = new StoreStage();
    const { worktree, identity } = await stage.world.createBranch('x');
    await stage.world.delete({ path: worktree.path, environmentOnly: true });
    stage.store.setVisible(true);
    await stage.settle();
    const entry = () => stage.store.snapshot.entries.find(({ worktree: { branch } }) => branch === 'x');
    expect(entry()).toMatchObject({ identity: undefined, environment: undefined });
    await stage.world.identities.write(worktree, identity);
    await stage.world.cluster.claimNamespace({
      name: identity.names.namespace,
      owner: identity.owner,
      annotations: {},
    });
    await stage.settle();
    expect(entry()).toMatchObject({ identity: { names: { slug: 'x' } }, environment: { slug: 'x' } });
    stage.store.dispose();
  });

  it('shows what no worktree claims as orphans, unless a record cannot be read', async () => {
    const stage = new StoreStage();
    const x = await stage.world.createBranch('x');
    const y = await stage.world.createBranch('y');
    await stage.world.identities.remove(x.worktree);
    stage.store.setVisible(true);
    await stage.settle();
    expect(stage.store.snapshot.orphans.map(({ namespace }) => namespace)).toEqual(['worktree-x']);
    stage.world.identities.damage(y.worktree);
    await stage.store.refresh();
    expect(stage.store.snapshot.orphans).toEqual([]);
    const entry = stage.store.snapshot.entries.find(({ worktree }) => worktree.path === y.worktree.path);
    expect(entry?.damaged).toContain('cannot be understood');
    expect(entry && worktreeView(entry, stage.store.snapshot).state).toBe('damaged');
    expect(stage.logged.some((line) => line.includes('/code/repo.worktrees/y'))).toBe(true);
    stage.store.dispose();
  });

  it('keeps what it knows while the cluster is away, and says since when', async () => {
    const stage = new StoreStage();
    await stage.world.createBranch('x');
    stage.store.setVisible(true);
    await stage.settle();
    const known = stage.store.snapshot.entries;
    expect(stage.store.snapshot.cluster).toEqual({ state: 'online' });
    stage.world.cluster.setAway('connection refused');
    await stage.settle();
    expect(stage.store.snapshot.cluster).toMatchObject({ state: 'offline', reason: 'connection refused' });
    expect(stage.store.snapshot.entries).toEqual(known);
    const { cluster } = stage.store.snapshot;
    stage.world.cluster.setAway('still refused');
    await stage.settle();
    expect(stage.store.snapshot.cluster).toEqual({ ...cluster, reason: 'still refused' });
    stage.world.cluster.setAway(undefined);
    await stage.settle();
    expect(stage.store.snapshot.cluster).toEqual({ state: 'online' });
    stage.store.dispose();
  });

  it.each([
    ['an error of git', new AppError('failed', 'git failed'), undefined],
    ['a bug', new TypeError('x is undefined'), undefined],
    ['a repository that is gone', new AppError('invalidInput', 'no repository'), 'no repository'],
  ])('keeps its rows and never rejects at %s', async (_what, failure, problem) => {
    const stage = new StoreStage();
    stage.store.setVisible(true);
    await stage.settle();
    stage.failure = failure;
    await expect(stage.store.refresh()).resolves.toBeUndefined();
    expect(stage.paths).toEqual(['/code/repo']);
    expect(stage.store.problem?.message).toBe(problem);
    expect(stage.logged.join('\n')).toContain(failure.message);
    stage.failure = undefined;
    await stage.store.refresh();
    expect(stage.store.problem).toBeUndefined();
    stage.store.dispose();
  });

  it.each([
    [undefined, 'No folder is open.'],
    ['/elsewhere', 'no git repository'],
  ])('says why there is nothing in %s', async (folder, message) => {
    const stage = folder === undefined ? new StoreStage('') : new StoreStage(folder);
    const store =
      folder === undefined
        ? new EnvironmentStore(undefined, async () => Promise.reject(new Error('never')), silent)
        : stage.store;
    await store.refresh();
    expect(store.problem?.message).toContain(message);
    expect(store.snapshot.entries).toEqual([]);
    store.dispose();
    stage.store.dispose();
  });

  it('lives on when its parts cannot be loaded, and tries again', async () => {
    const good = new StoreStage();
    let attempts = 0;
    const stage = new StoreStage('/code/repo', async () => {
      if (attempts++ === 0) throw new AppError('missingTool', 'git was not found');
      return { ...good.world.createPorts(), clusterOf: async () => good.world.cluster };
    });
    await stage.store.refresh();
    expect(stage.store.problem?.code).toBe('missingTool');
    await stage.store.refresh();
    expect(stage.store.problem).toBeUndefined();
    expect(stage.paths).toEqual(['/code/repo']);
    stage.store.dispose();
    good.store.dispose();
  });

  it('never calls a create cut off that has just ended well, and calls one so whose process died', async () => {
    const stage = new StoreStage();
    const { world } = stage;
    const { worktree, identity } = await world.createBranch('topic');
    // Its namespace is all there is of it: a create that was cut off would be told as just that.
    world.cluster.setFacts(identity.names.namespace, { deployments: [], pods: [] });
    const works = () =>
      stage.told.map(({ entries }) => entries[1] && worktreeView(entries[1], stage.store.snapshot).state);
    for (const endsWell of [true, false]) {
      await world.identities.write(worktree, { ...identity, state: 'creating' });
      const held = await world.locks.acquire(environmentLock(identity.owner), 'topic is being created');
      stage.store.setVisible(true);
      await stage.store.refresh();
      await stage.settle();
      expect(stage.store.snapshot.entries[1]?.work).toBe('creating');
      if (endsWell) await world.identities.write(worktree, identity);
      await held.release();
      stage.told.length = 0;
      await vi.advanceTimersByTimeAsync(5_000);
      await stage.settle();
      expect(works().includes('createCutOff')).toBe(!endsWell);
      expect(stage.store.snapshot.entries[1]?.work).toBe(endsWell ? undefined : 'createCutOff');
      stage.store.setVisible(false);
    }
    stage.store.dispose();
  });

  it('never calls an update cut off because the cluster has news before its lock was asked', async () => {
    const stage = new StoreStage();
    const { world } = stage;
    const { worktree, identity } = await world.createBranch('topic');
    await world.identities.write(worktree, { ...identity, state: 'creating' });
    const held = await world.locks.acquire(environmentLock(identity.owner), 'topic is being updated');
    const isHeld = world.locks.isHeld.bind(world.locks);
    // Who holds a lock is asked of the system, which can take longer than news is gathered for.
    world.locks.isHeld = async (key) => {
      await vi.advanceTimersByTimeAsync(200);
      return isHeld(key);
    };
    stage.store.setVisible(true);
    await stage.store.refresh();
    await stage.settle();
    expect(stage.store.snapshot.entries[1]?.work).toBeDefined();
    expect(stage.told.map(({ entries }) => entries[1]?.work)).not.toContain('createCutOff');
    await held.release();
    stage.store.dispose();
  });

  it('says of no folder that a delete left it aside while that is at work', async () => {
    const stage = new StoreStage();
    const { worktrees } = stage.world;
    const { worktree } = await stage.world.createBranch('topic');
    const repository = worktrees.repositoryInfo;
    // Between the two readings.
    stage.listed = async () => {
      stage.listed = undefined;
      await worktrees.setAside(repository, worktree, []);
    };
    await stage.store.refresh();
    expect(stage.store.snapshot.entries).toHaveLength(2);
    expect(stage.store.snapshot).not.toHaveProperty('leftAside');
    await worktrees.prune();
    await stage.store.refresh();
    expect(stage.store.snapshot).toMatchObject({ leftAside: [{ name: 'topic' }] });
    stage.store.dispose();
  });

  it('watches nothing while hidden, and reads anew at the next look', async () => {
    const stage = new StoreStage();
    stage.store.setVisible(true);
    await stage.settle();
    expect([...stage.open].sort()).toEqual(['cluster', 'git']);
    stage.store.setVisible(false);
    expect(stage.open.size).toBe(0);
    stage.calls.length = 0;
    stage.told.length = 0;
    await stage.world.createBranch('x');
    stage.gitChanged.fire();
    await stage.settle();
    expect([stage.calls, stage.told]).toEqual([[], []]);
    stage.store.setVisible(true);
    stage.store.setVisible(true);
    await stage.settle();
    expect(stage.paths).toHaveLength(2);
    expect(stage.store.snapshot.entries[1]?.environment?.namespace).toBe('worktree-x');
    stage.store.dispose();
  });

  it('begins no watch when it was hidden during the first reading', async () => {
    const stage = new StoreStage();
    stage.store.setVisible(true);
    stage.store.setVisible(false);
    await stage.settle();
    expect(stage.open.size).toBe(0);
    expect(stage.paths).toEqual(['/code/repo']);
    stage.store.dispose();
  });

  it('has no worktree of which it does not know whether there is a file', async () => {
    const stage = new StoreStage();
    stage.world.edited.set('/code/repo', undefined);
    await stage.store.refresh();
    expect(stage.store.snapshot.hasEnvironmentFile).toBe(false);
    stage.world.edited.set('/code/repo', environmentFileText(['a']));
    await stage.store.refresh();
    expect(stage.store.snapshot.hasEnvironmentFile).toBe(true);
    stage.store.dispose();
  });

  it.each(['before anything', 'while it lists', 'while it reads', 'when it has read'])(
    'leaves nothing when it is disposed %s',
    async (when) => {
      const stage = new StoreStage();
      let go: () => void = () => undefined;
      if (when === 'while it reads') stage.statuses = () => new Promise((resolve) => (go = resolve));
      if (when !== 'before anything') {
        stage.store.setVisible(true);
        await stage.settle();
        if (when === 'while it lists') stage.listed = () => new Promise((resolve) => (go = resolve));
        stage.gitChanged.fire();
        await vi.advanceTimersByTimeAsync(0);
      }
      stage.told.length = 0;
      stage.store.dispose();
      go();
      await vi.advanceTimersByTimeAsync(0);
      expect(vi.getTimerCount()).toBe(0);
      stage.store.setVisible(false);
      stage.store.setVisible(true);
      await stage.store.refresh();
      await stage.settle();
      expect(stage.told).toEqual([]);
      expect(stage.open.size).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('does not mind a listener that throws', async () => {
    const stage = new StoreStage();
    stage.store.onDidChange(() => {
      throw new Error('a view failed');
    });
    const heard: Snapshot[] = [];
    stage.store.onDidChange((snapshot) => heard.push(snapshot));
    await stage.store.refresh();
    expect(heard.length).toBeGreaterThan(0);
    expect(stage.logged.join()).toContain('A listener of the snapshot failed.');
    stage.store.dispose();
  });
});

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
