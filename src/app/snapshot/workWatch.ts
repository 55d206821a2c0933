import type { KnownWorktree } from '../worktrees/readWorktrees';
import type { ReadPorts } from './readSnapshot';
import { readWork, type WorkedAt } from './readWork';

/** A process that is killed tells nobody: how soon that is seen. Milliseconds. */
const lookMs = 5_000;

/** At which worktrees somebody is at work. While somebody is, it looks again from time to time. Disposed by whoever made it. */
export class WorkWatch {
  #atWork: ReadonlySet<string> = new Set();
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

  /** What a reading has found, together with the worktrees that it has read: neither means anything beside an older one of the other. */
  follow(locks: ReadPorts['locks'], { known, atWork }: WorkedAt): void {
    this.#atWork = atWork;
    this.#lookSoon(locks, known);
  }

  #lookSoon(locks: ReadPorts['locks'], known: readonly KnownWorktree[]): void {
    this.dispose();
    if (this.#atWork.size === 0 || !this.isWanted()) return;
    this.#timer = setTimeout(() => void this.#lookAgain(locks, known), lookMs);
  }

  /** A reading may be under way that knows more: it calls `follow`, and this ends. */
  async #lookAgain(locks: ReadPorts['locks'], known: readonly KnownWorktree[]): Promise<void> {
    const timer = this.#timer;
    const found = await readWork(locks, known).catch(() => this.#atWork);
    if (timer !== this.#timer) return;
    const hasEnded = [...this.#atWork].some((path) => !found.has(path));
    const isMore = !hasEnded && found.size > this.#atWork.size;
    if (isMore) this.#atWork = found;
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
