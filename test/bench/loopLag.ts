const everyMs = 2;

/** How long the event loop could not run a timer that was due, at worst. Milliseconds. */
export class LoopLag {
  #longest = 0;
  #last = performance.now();
  readonly #timer = setInterval(() => this.#look(), everyMs);

  stop(): number {
    this.#look();
    clearInterval(this.#timer);
    return this.#longest;
  }

  #look(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last - everyMs);
    this.#last = now;
  }
}
