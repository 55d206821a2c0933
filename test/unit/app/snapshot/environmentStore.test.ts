import { worktreeView } from '../../../../src/app/view/worktreeView';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { environmentParts } from '../../../../src/app/environment/parts/environmentParts';
import { EnvironmentStore, type StorePorts } from '../../../../src/app/snapshot/environmentStore';
import { environmentLock } from '../../../../src/app/run/withLock';
import { AppError } from '../../../../src/core/errors';
import { Emitter, type Disposable } from '../../../../src/core/event';
import { infraNamespace, infraOwner } from '../../../../src/core/infra';
import type { Snapshot, Worktree, WorktreeStatus } from '../../../../src/core/model';
import type { OutdatedCluster } from '../../../../src/core/outdatedCluster';
import type { Cluster, OfRepositories } from '../../../../src/core/ports/cluster';
import type { Logger } from '../../../../src/core/ports/host';
import { crashing, EnvironmentWorld, podFacts } from '../../../support/environmentWorld';
import { FakeCluster } from '../../../support/fakes/fakeCluster';
import { environmentFileText } from '../../../support/fakes/fakeEnvironmentFiles';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A store over a world, with the ports' own calls counted and held up at will. */
class Stage {
  readonly world = new EnvironmentWorld();
  readonly told: Snapshot[] = [];
  readonly logged: string[] = [];
  readonly calls: string[] = [];
  /** Watches that are open now. */
  readonly open = new Set<string>();
  /** Whose environments clusters were asked to watch, each time. */
  readonly watched: OfRepositories[] = [];
  /** Statuses come when this is called; by default at once. */
  statuses: (() => Promise<void>) | undefined;
  /** Worktrees are listed when this is done; by default at once. */
  listed: (() => Promise<void>) | undefined;
  /** What listing worktrees fails with. */
  failure: Error | undefined;
  readonly gitChanged = new Emitter<void>();
  /** Which of the clusters the repository uses: the world's is `cluster`. */
  chosen = 'cluster';
  readonly clusters: Record<string, FakeCluster> = {};
  choiceFailure: AppError | undefined;
  readonly choicesChanged = new Emitter<void>();
  /** What the cluster's program says of its version, each time that it is asked. */
  outdated: (() => Promise<OutdatedCluster | undefined>) | undefined;
  readonly #clusters = new Map<string, Cluster>();
  readonly store: EnvironmentStore;

  constructor(folder: string | undefined = '/code/repo', ports?: () => Promise<StorePorts>) {
    const log = (message: string): void => void this.logged.push(message);
    const logger: Logger = { debug: log, info: log, warn: log, error: log };
    this.store = new EnvironmentStore(folder, ports ?? (async () => this.#ports()), logger);
    this.store.onDidChange((snapshot) => this.told.push(snapshot));
  }

  get paths(): string[] {
    return this.store.snapshot.entries.map(({ worktree }) => worktree.path);
  }

  /** Time for the news to be told. */
  async settle(): Promise<void> {
    await vi.advanceTimersByTimeAsync(100);
  }

  #ports(): StorePorts {
    const { worktrees, identities, environmentFiles, cluster, clock, locks } = this.world;
    const count = (call: string): void => void this.calls.push(call);
    const opened = <T extends { dispose(): void }>(name: string, watch: T): T => {
      this.open.add(name);
      const dispose = watch.dispose.bind(watch);
      watch.dispose = () => {
        this.open.delete(name);
        dispose();
      };
      return watch;
    };
    const stage = {
      repository: worktrees.repository.bind(worktrees),
      list: async (...args: Parameters<typeof worktrees.list>): Promise<Worktree[]> => {
        count('list');
        if (this.failure !== undefined) throw this.failure;
        const all = await worktrees.list(...args);
        await this.listed?.();
        return all;
      },
      statuses: async (
        all: readonly Worktree[],
        onStatus: (worktree: Worktree, result: WorktreeStatus | AppError) => void,
        signal?: AbortSignal,
      ): Promise<void> => {
        count('statuses');
        await this.statuses?.();
        await worktrees.statuses(all, onStatus, signal);
      },
      watch: () => opened('git', { onDidChange: this.gitChanged.event, dispose: () => undefined }),
    };
    return {
      identities,
      consistsOf: environmentParts,
      environmentFiles,
      clock,
      locks,
      outdatedCluster: async () => this.outdated?.(),
      worktrees: new Proxy(worktrees, {
        get: (target, key) => Reflect.get(key in stage ? stage : target, key) as unknown,
      }),
      watchChoices: (onChange) => this.choicesChanged.event(onChange),
      clusterOf: async () => {
        if (this.choiceFailure) throw this.choiceFailure;
        return (
          this.#clusters.get(this.chosen) ?? this.#counted(this.chosen, this.clusters[this.chosen] ?? cluster, opened)
        );
      },
    };
  }

  /** The same object for the same choice, as the store may expect. */
  #counted(name: string, cluster: FakeCluster, opened: <T extends Disposable>(name: string, watch: T) => T): Cluster {
    const { watched } = this;
    const counted = new Proxy(cluster, {
      get(target, key) {
        if (key === 'watch') {
          return (of: OfRepositories) => {
            watched.push(of);
            return opened(name, target.watch(of));
          };
        }
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    this.#clusters.set(name, counted);
    return counted;
  }
}

describe('EnvironmentStore', () => {
  it('knows nothing and does nothing until somebody looks', async () => {
    const stage = new Stage();
    await stage.settle();
    expect(stage.store.snapshot).toMatchObject({ repository: undefined, entries: [], cluster: { state: 'idle' } });
    expect(stage.calls).toEqual([]);
    expect(stage.open.size).toBe(0);
    stage.store.dispose();
  });

  it('asks whether the cluster is outdated each time that it comes online, and stays silent when nobody can tell', async () => {
    const stage = new Stage();
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
    const stage = new Stage();
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
    const stage = new Stage();
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
    const stage = new Stage();
    stage.store.setVisible(true);
    await stage.settle();
    stage.statuses = () => new Promise(() => undefined);
    void stage.store.refresh();
    await stage.settle();
    expect(stage.store.snapshot.entries[0]?.status).toBeDefined();
    stage.store.dispose();
  });

  it('tells of a burst once, and reads once more for all that ask meanwhile', async () => {
    const stage = new Stage();
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
    const stage = new Stage();
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
    const stage = new Stage();
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
    const stage = new Stage();
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
    const stage = new Stage();
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
    const stage = new Stage();
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
    const stage = new Stage();
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
    const stage = folder === undefined ? new Stage('') : new Stage(folder);
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
    const good = new Stage();
    let attempts = 0;
    const stage = new Stage('/code/repo', async () => {
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
    const stage = new Stage();
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

  it('says of no folder that a delete left it aside while that is at work', async () => {
    const stage = new Stage();
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

  it('follows another cluster once the repository chose one: no old watch lives on, and what lives elsewhere is told', async () => {
    const stage = new Stage();
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
    const stage = new Stage();
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
    const stage = new Stage();
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
    const stage = new Stage();
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

  it('watches nothing while hidden, and reads anew at the next look', async () => {
    const stage = new Stage();
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
    const stage = new Stage();
    stage.store.setVisible(true);
    stage.store.setVisible(false);
    await stage.settle();
    expect(stage.open.size).toBe(0);
    expect(stage.paths).toEqual(['/code/repo']);
    stage.store.dispose();
  });

  it('has no worktree of which it does not know whether there is a file', async () => {
    const stage = new Stage();
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
      const stage = new Stage();
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
    const stage = new Stage();
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
