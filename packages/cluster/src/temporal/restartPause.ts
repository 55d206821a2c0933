const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** One that has lived so long begins anew with its pauses. */
const SETTLED_MS = 120_000;

/** How long a program that ends by itself is left alone: longer each time. */
export class RestartPause {
  private next = FIRST_MS;

  /** @param livedMs how long it ran @returns milliseconds until it may be started again */
  after(livedMs: number): number {
    if (livedMs >= SETTLED_MS) this.next = FIRST_MS;
    const pause = this.next;
    this.next = Math.min(pause * 2, LONGEST_MS);
    return pause;
  }
}
