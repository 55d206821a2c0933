/** What comes in one moment is one: a change is often several objects. Milliseconds. */
const momentMs = 4;

/**
 * Tells of news: after a quiet time in a moment, as whoever waits for one change waits no longer, and while news keeps coming no more
 * often than once in a time, so that a burst is few tellings.
 */
export class GatheredNews {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #toldAt = -Infinity;

  constructor(private readonly tell: () => void) {}

  /**
   * There is news.
   *
   * @param gatherMs the least time between two tellings. Milliseconds.
   * @param leastMs how long it is gathered also after a quiet time
   */
  hear(gatherMs: number, leastMs = Math.min(momentMs, gatherMs)): void {
    const pause = Math.max(leastMs, this.#toldAt + gatherMs - performance.now());
    this.#timer ??= setTimeout(() => {
      this.told();
      this.tell();
    }, Math.ceil(pause));
  }

  /** All that was heard is told, by whoever calls this. */
  told(): void {
    this.forget();
    this.#toldAt = performance.now();
  }

  /** What was heard is not told any more. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
