/** Pushes may take this part of the time while news keeps coming: the next one waits 48 ms for one of 2 ms. */
const SHARE = 0.04;
/** What they may take besides, after a quiet time: the start of an environment is some ten pushes, of which each waits for the one before. */
const MOST_SPARED_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Calls a function that tells everything at once, after there was news: at once after a quiet time, and while news keeps coming no more
 * often than a small part of the time can pay for. News that arrives meanwhile is told together.
 */
export class PacedPush {
  readonly #push: () => Promise<void>;
  readonly #now: () => number;
  #isDue = false;
  #isRunning = false;
  #mayAgainAt = 0;
  /** Milliseconds that pushes may take now without a pause; below 0: what they took too much. */
  #spared = MOST_SPARED_MS;
  #sparedAt: number;

  /** @param now milliseconds */
  constructor(push: () => Promise<void>, now: () => number = () => performance.now()) {
    this.#push = push;
    this.#now = now;
    this.#sparedAt = now();
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
    const spared =
      Math.min(MOST_SPARED_MS, this.#spared + (start - this.#sparedAt) * SHARE) - (end - start) * (1 - SHARE);
    const pause = Math.min(LONGEST_PAUSE_MS, Math.max(0, -spared) / SHARE);
    this.#mayAgainAt = end + pause;
    // A pause that was cut short has paid for all.
    this.#spared = Math.max(spared, -pause * SHARE);
    this.#sparedAt = end;
    if (this.#isDue) this.#plan();
  }
}
