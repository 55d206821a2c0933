import type { Readable } from 'node:stream';

/**
 * A signal that is aborted when time is up or when another signal is. Leaves nothing behind once lifted, which
 * AbortSignal.timeout and AbortSignal.any do not promise: thousands of requests share one long-lived signal.
 */
export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #isOver = false;
  readonly #onAbort = (): void => this.#controller.abort();

  constructor(
    milliseconds: number,
    private readonly parent: AbortSignal | undefined,
  ) {
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.#controller.abort();
    }, milliseconds);
    if (parent?.aborted) this.#onAbort();
    else parent?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  lift(): void {
    clearTimeout(this.#timer);
    this.parent?.removeEventListener('abort', this.#onAbort);
  }

  /** The parent signal goes on ending the stream after the limit was lifted, until the stream has ended. */
  keepAborting(stream: Readable): void {
    const { parent } = this;
    if (!parent) return;
    const onAbort = (): void => void stream.destroy();
    parent.addEventListener('abort', onAbort, { once: true });
    stream.once('close', () => parent.removeEventListener('abort', onAbort));
  }
}
