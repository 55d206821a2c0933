/** How much slower the engine's clock goes while it is ahead of the machine's: what waits by it hardly notices. */
const SLOWER = 1 / 20;

/** Ahead by less, it is told as it is: times are told in whole seconds, and what is told is not to change all the time. */
const TOLD_MS = 1000;

/** Never goes back. It follows the machine's clock where that is put forwards, as after a sleep; where that is put back, it slows down until they meet. */
export class EngineTime {
  private seen: number;
  private time: number;

  /**
   * @param monotonic of a clock that only goes on, milliseconds
   * @param epoch what the machine's clock says, milliseconds since the epoch
   */
  constructor(
    private readonly monotonic: () => number = () => performance.now(),
    private readonly epoch: () => number = Date.now,
  ) {
    this.seen = monotonic();
    this.time = epoch();
  }

  /** Milliseconds since the epoch, whole. */
  now(): number {
    const now = this.monotonic();
    this.time = Math.max(this.epoch(), this.time + (now - this.seen) * (1 - SLOWER));
    this.seen = now;
    return Math.floor(this.time);
  }

  /** A time of this clock, as the machine's tells it by now. */
  toMachine(time: number): number {
    const ahead = this.now() - this.epoch();
    return ahead < TOLD_MS ? time : time - ahead;
  }
}

/**
 * The engine's own: it compares all that it remembers with what its clock says, so that one that was put back would leave whatever waits
 * waiting for as much longer.
 */
export const engineTime = new EngineTime();
