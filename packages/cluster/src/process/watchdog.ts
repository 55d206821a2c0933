/** How many seconds the cluster's event loop may stand still. */
const STANDSTILL_TICKS = 10;
/** How many seconds its end may take: its services have their grace periods. */
const STOP_TICKS = 90;

export const TICK_MS = 1000;

/** Why a watchdog wants the cluster ended. */
export type Standstill = 'standstill' | 'stop';

/**
 * Decides when a cluster that does not get on is to be ended. It runs in another process and counts its own ticks instead of reading a
 * clock: a laptop that sleeps, a machine that was stopped or has no time for anybody costs it its own ticks too, and so is not taken
 * for a standstill. Time for which the cluster alone got no processor, because the machine is busy, is not counted either.
 */
export class Watchdog {
  private silent = 0;
  private stopping: number | undefined;
  private isOver = false;

  /** The cluster's event loop went round. */
  beat(): void {
    this.silent = 0;
  }

  /** The cluster has begun to end. */
  beginStop(): void {
    this.stopping ??= 0;
  }

  /** Whether the cluster has ended. */
  get isResting(): boolean {
    return this.isOver;
  }

  /** The cluster has ended: its number may soon be another's. */
  rest(): void {
    this.isOver = true;
  }

  /**
   * To be called every `TICK_MS`.
   *
   * @param sinceLast milliseconds since the last call
   * @param isPaused whether somebody has stopped the cluster's process on purpose: a debugger, a job control
   * @param waited milliseconds of these in which the cluster could run and got no processor: it cannot get on then
   */
  tick(sinceLast: number, isPaused: boolean, waited = 0): Standstill | undefined {
    if (this.isOver || isPaused || sinceLast > 2 * TICK_MS) return undefined;
    const counts = sinceLast > 0 ? Math.min(1, Math.max(0, 1 - waited / sinceLast)) : 0;
    this.silent += counts;
    if (this.stopping !== undefined) this.stopping += counts;
    if (this.silent > STANDSTILL_TICKS) return 'standstill';
    return (this.stopping ?? 0) > STOP_TICKS ? 'stop' : undefined;
  }
}
