import { AppError, toAppError } from '../../core/errors';
import { Emitter, type Disposable, type Event } from '../../core/event';
import { GatheredNews } from '../../core/gatheredNews';
import type { LeftFolder, Repository, Snapshot, WorktreeStatus } from '../../core/model';
import type { CleanupMemory } from '../../core/ports/cleanupNotices';
import type { Logger } from '../../core/ports/host';
import { readWorktrees, type KnownWorktree } from '../worktrees/readWorktrees';
import { AgentWatch } from './agentWatch';
import { lookAside } from './lookAside';
import { sameFolder, type ReadPorts } from './readSnapshot';
import { flapsUntil } from '../../core/services/flapping';
import { readStatuses } from './readStatuses';
import { NewsPace } from './newsPace';
import { mayWait, readWaits } from './readWaits';
import { readWorkedAt } from './readWork';
import { ClusterFollow } from './clusterFollow';
import { GitWatch, type GitNewsPorts } from './gitWatch';
import type { SnapshotStore } from './snapshotStore';
import { emptySnapshot, toSnapshot } from './toSnapshot';
import { WorkWatch } from './workWatch';

export interface StorePorts extends ReadPorts, GitNewsPorts {}

/** The least time between two tellings while news keeps coming, so that a burst is few redraws. Milliseconds. */
const gatherMs = 40;
/** How long it is gathered where nobody looks: many windows may be told of the same burst. */
const gatherUnseenMs = 250;

/**
 * The one snapshot that everything renders from. It has four sources, joined by `toSnapshot` whenever one of them has news:
 *
 * - git: worktrees, their records, what is uncommitted. Read by `refresh`, and when the watch of the repository says that it changed;
 * - the cluster that the repository has chosen, with the workflows of its environments (`ClusterFollow`). While it is away the
 *   environments known last stay, and the snapshot says so;
 * - locks of Coppice's processes: whether a create or a delete is at work, or was cut off (`WorkWatch`);
 * - what agents have told of themselves (`AgentWatch`).
 *
 * It reads and watches only while somebody looks (`setVisible`), or a badge and a status bar say something of it (`setFollowed`):
 * then the watches alone bring news, git's statuses and workflows are not asked for, and a cluster that is away is tried less often.
 * News is gathered for a moment before listeners are told. Overlapping refreshes are one more, and what is known stays when one fails. Disposed by whoever made it.
 */
export class EnvironmentStore implements SnapshotStore, Disposable {
  readonly #folder: string | undefined;
  readonly #ports: () => Promise<StorePorts>;
  readonly #log: Logger;
  readonly #changed: Emitter<Snapshot>;
  readonly #disposed = new AbortController();
  #snapshot: Snapshot = emptySnapshot;
  #problem: AppError | undefined;
  #failure: AppError | undefined;
  #repository: Repository | undefined;
  #hasEnvironmentFile = false;
  #worktrees: readonly KnownWorktree[] = [];
  #leftAside: readonly LeftFolder[] = [];
  #spares: readonly string[] = [];
  #statuses = new Map<string, WorktreeStatus>();
  #notices: CleanupMemory | undefined;
  readonly #cluster: ClusterFollow;
  readonly #news: NewsPace;
  readonly #work: WorkWatch;
  readonly #agents: AgentWatch;
  readonly #gitWatch: GitWatch;
  #isSameFolder = sameFolder(undefined);
  #visible = false;
  #isFollowed = false;
  /** Statuses are read, too, with the next reading. */
  #isWholeDue = false;
  #refreshing: Promise<void> | undefined;
  #again = false;
  readonly #telling = new GatheredNews(() => this.#tell());
  #believing: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param folder any folder in the repository; undefined: none is open
   * @param ports loads what it needs on first use
   */
  constructor(folder: string | undefined, ports: () => Promise<StorePorts>, log: Logger) {
    this.#folder = folder;
    this.#ports = ports;
    this.#log = log;
    const isWanted = (): boolean => this.#isWatching;
    this.#news = new NewsPace(
      () => this.#visible || !this.#isFollowed,
      () => void this.#readAgain(),
    );
    this.#work = new WorkWatch(
      isWanted,
      () => this.#tellSoon(),
      () => this.#readAgain(),
    );
    this.#agents = new AgentWatch(isWanted, () => this.#tellSoon());
    this.#gitWatch = new GitWatch({
      isWanted,
      isSeen: () => this.#visible,
      onChange: () => this.#news.hear(),
      onChoice: () => void this.#readAgain(),
    });
    this.#cluster = new ClusterFollow(ports, {
      isWanted,
      isSeen: () => this.#visible && isWanted(),
      onChange: () => this.#tellSoon(),
      onNewEnvironment: () => this.#news.hear(),
      signal: this.#disposed.signal,
    });
    this.#changed = new Emitter((error) => log.error('A listener of the snapshot failed.', error));
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Why there is no repository; undefined as long as nothing is wrong. */
  get problem(): AppError | undefined {
    return this.#problem;
  }

  get failure(): AppError | undefined {
    return this.#failure;
  }

  get onDidChange(): Event<Snapshot> {
    return this.#changed.event;
  }

  setVisible(visible: boolean): void {
    if (visible === this.#visible || this.#disposed.signal.aborted) return;
    this.#visible = visible;
    this.#cluster.seenChanged();
    if (!visible) return this.#rest();
    this.#gitWatch.look();
    void this.refresh();
  }

  setFollowed(isFollowed: boolean): void {
    if (isFollowed === this.#isFollowed || this.#disposed.signal.aborted) return;
    this.#isFollowed = isFollowed;
    if (!isFollowed) this.#rest();
    else if (!this.#visible) this.#news.hear();
  }

  /** Reads everything anew; overlapping calls share one more reading. Never rejects. */
  refresh(): Promise<void> {
    this.#isWholeDue = true;
    this.#cluster.retryNow();
    return this.#refresh();
  }

  get #isWatching(): boolean {
    return (this.#visible || this.#isFollowed) && !this.#disposed.signal.aborted;
  }

  /** Somebody looked until now. */
  #rest(): void {
    if (!this.#isWatching) this.#stopWatching();
  }

  /** Reads as much as is shown. */
  #readAgain(): Promise<void> {
    return this.#visible || !this.#isFollowed ? this.refresh() : this.#refresh();
  }

  #refresh(): Promise<void> {
    if (this.#refreshing) this.#again = true;
    this.#refreshing ??= this.#refreshUntilDone().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  dispose(): void {
    this.#disposed.abort();
    this.#stopWatching();
    this.#telling.forget();
    clearTimeout(this.#believing);
    this.#changed.dispose();
  }

  async #refreshUntilDone(): Promise<void> {
    do {
      this.#again = false;
      try {
        await this.#read();
      } catch (error) {
        if (this.#disposed.signal.aborted) return;
        this.#keepWhatIsKnown(error);
      }
    } while (this.#again && !this.#disposed.signal.aborted);
  }

  /** Rows first, their statuses as they come. */
  async #read(): Promise<void> {
    const { signal } = this.#disposed;
    if (this.#folder === undefined) throw new AppError('invalidInput', 'No folder is open.');
    const isWhole = this.#isWholeDue;
    this.#isWholeDue = false;
    const ports = await this.#ports();
    this.#isSameFolder = sameFolder(ports.paths);
    const repository = await ports.worktrees.repository(this.#folder, signal);
    if (this.#repository && this.#repository.id !== repository.id) this.#stopWatching();
    this.#gitWatch.follow(ports, repository);
    // What comes online is asked then.
    const wasOnline = this.#cluster.connection.state === 'online';
    const following = this.#cluster.follow(ports, repository);
    if (isWhole) ports.worktrees.prepareStatuses(repository);
    const leftAsideOf = await lookAside(ports.worktrees, repository);
    const [worktrees, hasEnvironmentFile] = await Promise.all([
      readWorktrees(ports, repository, signal),
      ports.environmentFiles.exists(repository.root),
    ]);
    const workedAt = await readWorkedAt(ports, worktrees).catch(() => ({
      known: worktrees,
      atWork: this.#work.current,
    }));
    const waits = await readWaits(ports.locks, mayWait(workedAt.known, this.#cluster.environments)).catch(
      () => this.#work.waits,
    );
    this.#notices = await ports.notices?.(repository.id).catch(() => undefined);
    this.#problem = undefined;
    this.#failure = undefined;
    this.#repository = repository;
    this.#hasEnvironmentFile = hasEnvironmentFile;
    for (const { worktree, problem } of worktrees) {
      if (problem) this.#log.warn(`${worktree.path}: ${problem.message}`);
    }
    const areFirst = this.#worktrees.length === 0;
    this.#worktrees = workedAt.known;
    this.#work.follow(ports.locks, workedAt, waits);
    const agents = this.#agents.follow(
      ports,
      worktrees.map(({ worktree }) => worktree).filter(({ prunable }) => prunable === undefined),
    );
    if (wasOnline && isWhole) void this.#cluster.askTrouble();
    // Somebody looks at an empty view until then.
    if (areFirst) this.#tell();
    else this.#tellSoon();
    const listed = worktrees.map(({ worktree }) => worktree);
    this.#leftAside = await leftAsideOf(listed);
    this.#spares = await ports.worktrees.spares(repository);
    const told = { log: this.#log, signal, onNews: () => this.#tellSoon() };
    if (isWhole) await readStatuses(ports.worktrees, listed, this.#statuses, told);
    await Promise.all([following, agents]);
    this.#tell();
  }

  #keepWhatIsKnown(error: unknown): void {
    const known = toAppError(error);
    this.#failure = known;
    if (known.code === 'bug') this.#log.error(known.message, error);
    else this.#log.debug(`refresh: ${known.message}`);
    if (!this.#repository || known.code === 'invalidInput' || known.code === 'missingTool') this.#problem = known;
    this.#tell();
  }

  #stopWatching(): void {
    this.#news.dispose();
    this.#gitWatch.dispose();
    this.#work.dispose();
    this.#agents.dispose();
    this.#cluster.dispose();
  }

  #tellSoon(): void {
    if (this.#disposed.signal.aborted) return;
    if (this.#isFollowed && !this.#visible) this.#telling.hear(gatherUnseenMs, gatherUnseenMs);
    else this.#telling.hear(gatherMs);
  }

  #tell(): void {
    this.#telling.told();
    if (this.#disposed.signal.aborted) return;
    this.#snapshot = toSnapshot({
      repository: this.#repository,
      hasEnvironmentFile: this.#hasEnvironmentFile,
      worktrees: this.#worktrees,
      consistsOf: this.#cluster.consistsOf,
      statuses: this.#statuses,
      leftAside: this.#leftAside,
      spares: this.#spares,
      environments: this.#cluster.environments,
      infra: this.#cluster.infra,
      cluster: this.#cluster.connection,
      clusterIdentity: this.#cluster.identity,
      outdatedCluster: this.#cluster.outdatedCluster,
      stateTrouble: this.#cluster.stateTrouble,
      atWork: this.#work.current,
      waits: this.#work.waits,
      agents: this.#agents.current,
      temporal: this.#cluster.temporal,
      notices: this.#notices,
      isSameFolder: this.#isSameFolder,
      now: Date.now(),
    });
    clearTimeout(this.#believing);
    const until = this.#isWatching ? flapsUntil(this.#cluster.environments, Date.now()) : undefined;
    if (until !== undefined) this.#believing = setTimeout(() => this.#tell(), until - Date.now());
    this.#changed.fire(this.#snapshot);
  }
}
