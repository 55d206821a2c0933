import { abortError } from '../../exec/abort';

interface Asked<T> {
  readonly answer: Promise<T>;
  readonly abort: AbortController;
  waiting: number;
}

/** Who asks the same while another is being answered gets the same answer. It is given up once nobody waits for it any more. */
export class AskedOnce<T> {
  readonly #asked = new Map<string, Asked<T>>();

  /** @throws what `ask` throws; the AbortError when the caller's own signal is aborted */
  async ask(key: string, ask: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) throw abortError(signal);
    const asked = this.#asked.get(key) ?? this.#begin(key, ask);
    asked.waiting++;
    const done = new AbortController();
    try {
      return await Promise.race([asked.answer, ...(signal ? [aborted(signal, done.signal)] : [])]);
    } finally {
      done.abort();
      asked.waiting--;
      if (asked.waiting === 0) {
        this.#forget(key, asked);
        asked.abort.abort();
      }
    }
  }

  isAsked(key: string): boolean {
    return this.#asked.has(key);
  }

  /** What was asked until now is no answer to who asks from now on: something has changed. */
  forget(): void {
    this.#asked.clear();
  }

  #begin(key: string, ask: (signal: AbortSignal) => Promise<T>): Asked<T> {
    const abort = new AbortController();
    const asked: Asked<T> = { answer: ask(abort.signal), abort, waiting: 0 };
    // Whoever waits for it hears of a failure.
    asked.answer.catch(() => undefined).finally(() => this.#forget(key, asked));
    this.#asked.set(key, asked);
    return asked;
  }

  #forget(key: string, asked: Asked<T>): void {
    if (this.#asked.get(key) === asked) this.#asked.delete(key);
  }
}

/** Rejects when a signal aborts; nothing is left of it once nobody listens any more. */
function aborted(signal: AbortSignal, end: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(abortError(signal)), { once: true, signal: end });
  });
}
