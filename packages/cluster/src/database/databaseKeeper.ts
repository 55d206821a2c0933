/** How often it is looked whether the server lives. */
export const LOOK_MS = 2_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** One that has lived so long begins anew with its pauses. */
const SETTLED_MS = 120_000;

/** Decides when a database server that is wanted and does not live is started again. Milliseconds of any clock. */
export class DatabaseKeeper {
  private deadSince: number | undefined;
  private startedAt: number | undefined;
  private pause = FIRST_PAUSE_MS;
  private notBefore = 0;

  /**
   * To be called with each look.
   *
   * @returns whether it is to be started now. One that was dead at one look only may just be starting: it is left alone.
   */
  look({ isWanted, isAlive }: { isWanted: boolean; isAlive: boolean }, now: number): boolean {
    if (isAlive || !isWanted) {
      this.deadSince = undefined;
      if (isAlive && this.startedAt !== undefined && now - this.startedAt >= SETTLED_MS) this.forget();
      return false;
    }
    this.deadSince ??= now;
    if (this.deadSince === now || now < this.notBefore) return false;
    this.startedAt = now;
    this.notBefore = now + this.pause;
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
    return true;
  }

  private forget(): void {
    this.startedAt = undefined;
    this.pause = FIRST_PAUSE_MS;
    this.notBefore = 0;
  }
}
