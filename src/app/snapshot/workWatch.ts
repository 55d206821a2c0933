import type { KnownWorktree } from '../worktrees/readWorktrees';
import type { ReadPorts } from './readSnapshot';
import { readWaits } from './readWaits';
import { readWork, type WorkedAt } from './readWork';

/** A process that is killed tells nobody: how soon that is seen. Milliseconds. */
const lookMs = 5_000;

/** At which worktrees somebody is at work. While somebody is, it looks again from time to time. Disposed by whoever made it. */
export class WorkWatch {
  #atWork: ReadonlySet<string> = new Set();
  #waits: ReadonlyMap<string, string> = new Map();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param isWanted whether somebody looks: only then it goes on by itself
   * @param onEnd somebody is done, or died: what records say since decides which, so they are read again and `follow` is called with them
   */
  constructor(
    private readonly isWanted: () => boolean,
    private readonly onChange: () => void,
    private readonly onEnd: () => Promise<void>,
  ) {}

  get current(): ReadonlySet<string> {
    return this.#atWork;
  }

  /** Why environments wait to start, by the worktree's path. */
  get waits(): ReadonlyMap<string, string> {
    return this.#waits;
  }

  /** What a reading has found, together with the worktrees that it has read: neither means anything beside an older one of the other. */
  follow(locks: ReadPorts['locks'], { known, atWork }: WorkedAt, waits: ReadonlyMap<string, string>): void {
    this.#atWork = atWork;
    this.#waits = waits;
    this.#lookSoon(locks, known);
  }

  #lookSoon(locks: ReadPorts['locks'], known: readonly KnownWorktree[]): void {
    this.dispose();
    if (this.#atWork.size + this.#waits.size === 0 || !this.isWanted()) return;
    this.#timer = setTimeout(() => void this.#lookAgain(locks, known), lookMs);
  }

  /** A reading may be under way that knows more: it calls `follow`, and this ends. */
  async #lookAgain(locks: ReadPorts['locks'], known: readonly KnownWorktree[]): Promise<void> {
    const timer = this.#timer;
    const waiting = known.filter(({ worktree: { path } }) => this.#atWork.has(path) || this.#waits.has(path));
    const [found, waits] = await Promise.all([
      readWork(locks, known).catch(() => this.#atWork),
      readWaits(locks, waiting).catch(() => this.#waits),
    ]);
    if (timer !== this.#timer) return;
    const hasEnded =
      [...this.#atWork].some((path) => !found.has(path)) || [...this.#waits].some(([path]) => !waits.has(path));
    const isOther = found.size > this.#atWork.size || [...waits].some(([path, why]) => this.#waits.get(path) !== why);
    const isMore = !hasEnded && isOther;
    if (isMore) [this.#atWork, this.#waits] = [found, waits];
    // Also where the reading that is asked for fails.
    this.#lookSoon(locks, known);
    if (isMore) this.onChange();
    if (hasEnded) await this.onEnd();
  }

  /** Looks no more until it is told to. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
