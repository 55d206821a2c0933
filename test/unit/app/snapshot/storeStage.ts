import { vi } from 'vitest';
import { environmentParts } from '../../../../src/app/environment/parts/environmentParts';
import { EnvironmentStore, type StorePorts } from '../../../../src/app/snapshot/environmentStore';
import type { AppError } from '../../../../src/core/errors';
import { Emitter, type Disposable } from '../../../../src/core/event';
import type { Snapshot, Worktree, WorktreeStatus } from '../../../../src/core/model';
import type { OutdatedCluster } from '../../../../src/core/outdatedCluster';
import type { Cluster, OfRepositories } from '../../../../src/core/ports/cluster';
import type { Logger } from '../../../../src/core/ports/host';
import { EnvironmentWorld } from '../../../support/environmentWorld';
import type { FakeCluster } from '../../../support/fakes/fakeCluster';

/** A store over a world, with the ports' own calls counted and held up at will. */
export class StoreStage {
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
      onGitNews: ({ root }) => count(`git news of ${root}`),
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
