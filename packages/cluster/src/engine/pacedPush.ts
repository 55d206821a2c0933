/** A push may take this part of the time: the next one waits 48 ms for one of 2 ms. */
const SHARE = 0.04;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Calls a function that tells everything at once, after there was news: at once after a pause, and while news keeps coming no more
 * often than a small part of the time can pay for. News that arrives meanwhile is told together.
 */
export class PacedPush {
  readonly #push: () => Promise<void>;
  readonly #now: () => number;
  #isDue = false;
  #isRunning = false;
  #mayAgainAt = 0;

  /** @param now milliseconds */
  constructor(push: () => Promise<void>, now: () => number = () => performance.now()) {
    this.#push = push;
    this.#now = now;
  }

  /** There is news. */
  soon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    if (!this.#isRunning) this.#plan();
  }

  #plan(): void {
    const pause = this.#mayAgainAt - this.#now();
    if (pause <= 0) setImmediate(() => void this.#run());
    else setTimeout(() => void this.#run(), pause);
  }

  async #run(): Promise<void> {
    // What is news from now on is not in what is told now.
    this.#isDue = false;
    this.#isRunning = true;
    const start = this.#now();
    try {
      await this.#push();
    } catch {
      // Whoever was told is gone: the cluster is ending.
    }
    const end = this.#now();
    this.#isRunning = false;
    this.#mayAgainAt = end + Math.min(LONGEST_PAUSE_MS, (end - start) * (1 / SHARE - 1));
    if (this.#isDue) this.#plan();
  }
}
