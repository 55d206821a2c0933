import { Emitter } from '../../core/event';
import type { Repository, Snapshot, Worktree } from '../../core/model';
import type { Logger } from '../../core/ports/host';
import type { PullRequest } from '../../core/ports/pullRequests';
import type { LoadListener, Telemetry } from '../../core/ports/telemetry';
import type { FolderSize } from '../../core/ports/worktreeFacts';
import { attention } from '../view/attention';
import type { OverviewFacts } from '../view/overviewRow';
import { trendRange, Trends } from '../view/trends';

export interface OverviewPorts {
  readonly telemetry: Pick<Telemetry, 'watchAll' | 'pastOfAll'>;
  /** When somebody last asked the services of each namespace for something; undefined: nobody knows. */
  readonly visits: (folder: string, signal: AbortSignal) => Promise<ReadonlyMap<string, number> | undefined>;
  /** The open ones, by the branch. @throws where nobody tells */
  readonly pullRequests: (repository: Repository, signal: AbortSignal) => Promise<ReadonlyMap<string, PullRequest>>;
  /** Looks through a whole folder. */
  readonly size: (worktree: Worktree, without: readonly string[], signal: AbortSignal) => Promise<FolderSize>;
  readonly log: Pick<Logger, 'debug'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Of a clock that only goes on. Milliseconds. */
  readonly passed: () => number;
  /** Resolves after so many milliseconds, or at once when the signal aborts. Tests have their own. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What was heard since it is drawn as it was told; what the cluster wrote down meanwhile takes its place. */
const pastAgainMs = 5 * 60_000;
const visitsAgainMs = 60_000;
/** A server of others is asked. */
const pullRequestsAgainMs = 5 * 60_000;
/** A window that opens with its overview does not know its repository yet. */
const repositoryAgainMs = 1_000;
const sizesAgainMs = 30 * 60_000;
/** For each second of looking through a folder so many pass without: nobody notices what takes so little of the machine. */
const restsPerLook = 40;

/**
 * What an overview of all environments shows besides the snapshot: one feed for all of them, that costs nothing while it does not run.
 * What it knows it keeps, so that whoever looks again sees something at once.
 */
export class OverviewFeed {
  readonly trends = new Trends();
  readonly #ports: OverviewPorts;
  readonly #changes = new Emitter<'loads' | 'trends' | 'facts'>();
  readonly #sizes = new Map<string, FolderSize & { readonly at: number }>();
  #loads: OverviewFacts['loads'];
  #visits: OverviewFacts['visits'];
  #pullRequests: OverviewFacts['pullRequests'];
  /** Milliseconds since the epoch; undefined: nobody has told. */
  #pullRequestsAt: number | undefined;
  #failure = '';
  #running: AbortController | undefined;

  constructor(ports: OverviewPorts) {
    this.#ports = ports;
  }

  /** `loads`: the figures of now are others; `trends`: those of the past; `facts`: what is known besides. */
  get onDidChange(): Emitter<'loads' | 'trends' | 'facts'>['event'] {
    return this.#changes.event;
  }

  get facts(): OverviewFacts {
    const { trends } = this;
    return {
      ...{ trends, loads: this.#loads, visits: this.#visits, sizes: this.#sizes, pullRequests: this.#pullRequests },
      now: this.#ports.now(),
    };
  }

  /** Why nothing new comes of what they do; '' when it comes. */
  get failure(): string {
    return this.#failure;
  }

  /** @param snapshot as it is when it is asked for */
  start(snapshot: () => Snapshot): void {
    if (this.#running) return;
    const running = new AbortController();
    this.#running = running;
    const { signal } = running;
    this.watchLoads(signal);
    void this.#again(
      () => pastAgainMs,
      signal,
      () => this.readPast(signal),
    );
    const pace = (ms: number) => (): number => (snapshot().repository ? ms : repositoryAgainMs);
    void this.#again(pace(visitsAgainMs), signal, () => this.readVisits(snapshot(), signal));
    void this.#followPullRequests(pace(pullRequestsAgainMs), snapshot, signal);
    void this.#measureSlowly(snapshot, signal);
  }

  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.#loads = undefined;
    this.#failure = '';
  }

  dispose(): void {
    this.stop();
    this.#changes.dispose();
  }

  /** Follows what they do now, and nothing else. */
  watchLoads(signal: AbortSignal): void {
    const onLoads: LoadListener['onLoads'] = (loads) => {
      this.#loads = loads;
      this.trends.addLoads(loads);
      this.#changes.fire('loads');
    };
    const onState = (failure: string | undefined): void => {
      this.#failure = failure ?? '';
      // Figures that are not of now are none of now.
      if (failure !== undefined) this.#loads = undefined;
      this.#changes.fire('loads');
    };
    this.#ports.telemetry.watchAll({ onLoads, onState }, signal);
  }

  /** @throws AppError when the cluster does not answer */
  async readPast(signal: AbortSignal): Promise<void> {
    const past = await this.#ports.telemetry.pastOfAll(trendRange(this.#ports.now()), signal);
    if (!past || signal.aborted) return;
    this.trends.addPast(past);
    this.#changes.fire('trends');
  }

  async readVisits({ repository }: Pick<Snapshot, 'repository'>, signal: AbortSignal): Promise<void> {
    if (!repository) return;
    const visits = await this.#ports.visits(repository.root, signal);
    if (!visits || signal.aborted) return;
    this.#visits = visits;
    this.#changes.fire('facts');
  }

  /** Whoever looks away and again asks nobody for what was told in between. */
  async #followPullRequests(everyMs: () => number, snapshot: () => Snapshot, signal: AbortSignal): Promise<void> {
    const known = this.#pullRequestsAt === undefined ? Infinity : Math.abs(this.#ports.now() - this.#pullRequestsAt);
    if (known < pullRequestsAgainMs) await this.#ports.pause(pullRequestsAgainMs - known, signal);
    await this.#again(everyMs, signal, () => this.#readPullRequests(snapshot(), signal));
  }

  async #readPullRequests({ repository }: Pick<Snapshot, 'repository'>, signal: AbortSignal): Promise<void> {
    if (!repository) return;
    const found = await this.#ports.pullRequests(repository, signal);
    if (signal.aborted) return;
    this.#pullRequests = found;
    this.#pullRequestsAt = this.#ports.now();
    this.#changes.fire('facts');
  }

  /** Looks through the folder of a worktree. */
  async measure({ entries }: Pick<Snapshot, 'entries'>, worktree: Worktree, signal: AbortSignal): Promise<void> {
    const others = entries.map((entry) => entry.worktree.path).filter((path) => path !== worktree.path);
    const size = await this.#ports.size(worktree, others, signal);
    this.#sizes.set(worktree.path, { ...size, at: this.#ports.now() });
    this.#changes.fire('facts');
  }

  async #measureSlowly(snapshot: () => Snapshot, signal: AbortSignal): Promise<void> {
    const tried = new Set<string>();
    while (!signal.aborted) {
      const now = snapshot();
      const due = overviewedWorktrees(now).find(
        ({ path }) =>
          !tried.has(path) && Math.abs(this.#ports.now() - (this.#sizes.get(path)?.at ?? -Infinity)) > sizesAgainMs,
      );
      const startedAt = this.#ports.passed();
      if (due) {
        tried.add(due.path);
        await this.#unless(signal, () => this.measure(now, due, signal));
      } else tried.clear();
      const took = this.#ports.passed() - startedAt;
      await this.#ports.pause(due ? Math.max(500, took * restsPerLook) : visitsAgainMs, signal);
    }
  }

  async #again(everyMs: () => number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      await this.#unless(signal, work);
      await this.#ports.pause(everyMs(), signal);
    }
  }

  /** That the cluster does not answer is said of what is told now. */
  async #unless(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) this.#ports.log.debug(`The overview does without: ${String(error)}`);
    }
  }
}

/** Of whose files it is told what they take: those of environments that have a folder. */
export function overviewedWorktrees(snapshot: Pick<Snapshot, 'cluster' | 'entries'>): Worktree[] {
  return snapshot.entries
    .filter((entry) => entry.worktree.prunable === undefined && attention(entry, snapshot) !== 'bare')
    .map(({ worktree }) => worktree);
}
