/** What can be used again by another once its work is done. */
export interface Reusable {
  /** Whether it still answers; it is as new then. Rejects for the signal only. */
  wake(signal: AbortSignal | undefined): Promise<boolean>;
  /** Puts back all that its work has set or locked, and lets this process end meanwhile. False: that cannot be. Never rejects. */
  rest(): Promise<boolean>;
  /** Never rejects. */
  close(): Promise<void>;
}

/** The gaps between a create's questions are shorter. */
const keptMs = 2_000;
/** As many as one command uses at a time. */
const most = 2;

/**
 * Sessions that have done their work, kept open for a moment: to open one takes the server a process and both sides the reckoning of a
 * password, many times what a question takes. Nothing that was read is kept.
 */
export class KeptSessions<Session extends Reusable> {
  readonly #kept: { readonly session: Session; readonly timer: NodeJS.Timeout }[] = [];

  /** @returns one that answers now; undefined: none is kept. @throws what the signal says */
  async take(signal?: AbortSignal): Promise<Session | undefined> {
    for (let kept = this.#kept.pop(); kept; kept = this.#kept.pop()) {
      clearTimeout(kept.timer);
      const { session } = kept;
      let isAwake = false;
      try {
        isAwake = await session.wake(signal);
        if (isAwake) return session;
      } finally {
        // Not waited for: one that does not answer may not end either.
        if (!isAwake) void session.close();
      }
    }
    return undefined;
  }

  /** Resolves when nothing of its work is left in the server; where that cannot be done it is closed. Never rejects. */
  async keep(session: Session): Promise<void> {
    if (!(await session.rest())) return session.close();
    const timer = setTimeout(() => this.#end(session), keptMs).unref();
    this.#kept.push({ session, timer });
    if (this.#kept.length > most) this.#end(this.#kept[0]?.session);
  }

  #end(session: Session | undefined): void {
    const index = this.#kept.findIndex((kept) => kept.session === session);
    const [ended] = index === -1 ? [] : this.#kept.splice(index, 1);
    clearTimeout(ended?.timer);
    void ended?.session.close();
  }
}
