import { setTimeout as delay } from 'node:timers/promises';

/** After a look this many times its length nobody looks, however many ask, but no longer than the longest rest. */
const RESTS_A_LOOK = 25;

/**
 * A look at something that is the same for all who ask: all who ask while a look is due share it. Where a look is slow the next one waits
 * longer.
 */
export class SharedLook<T> {
  #next: Promise<T> | undefined;
  #resting: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly look: () => Promise<T>,
    private readonly longestRestMs: number,
  ) {}

  /** As it is at a moment after the call. Rejects when the look does. */
  take(): Promise<T> {
    this.#next ??= this.#resting.then(async () => {
      this.#next = undefined;
      const began = performance.now();
      const looking = this.look();
      const rest = (): Promise<void> =>
        delay(Math.min((performance.now() - began) * RESTS_A_LOOK, this.longestRestMs), undefined, { ref: false });
      this.#resting = looking.then(rest, rest);
      return looking;
    });
    return this.#next;
  }
}
