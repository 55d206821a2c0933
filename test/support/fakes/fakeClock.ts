import type { Clock } from '../../../src/core/ports/host';

/** A clock that moves only when it is told to. */
export class FakeClock implements Clock {
  /** Milliseconds since the epoch. */
  constructor(private time = Date.UTC(2026, 10, 22, 10)) {}

  now(): number {
    return this.time;
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
  }
}
