/** Where nobody looks, news are read once in so long: an agent that commits is no reason for git's processes in every window. Milliseconds. */
const unseenMs = 5_000;

/** How soon news are read: at once where somebody looks, else seldom, the first of them at once. Disposed by whoever made it. */
export class NewsPace {
  #readAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param isSeen whether somebody looks */
  constructor(
    private readonly isSeen: () => boolean,
    private readonly read: () => void,
  ) {}

  hear(): void {
    if (this.isSeen()) return this.read();
    const pause = Math.max(0, this.#readAt + unseenMs - performance.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#readAt = performance.now();
      this.read();
    }, pause);
  }

  /** What it has heard and not read is forgotten; it may hear again. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
