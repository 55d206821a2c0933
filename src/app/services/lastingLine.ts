import type { Disposable } from '../../core/event';

/** Tells a line once it has been the same for a while, and once only in a row: what is over at once is no news to anybody. */
export class LastingLine implements Disposable {
  #line = '';
  #told = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param afterMs how long it must stay as it is. Milliseconds */
  constructor(
    private readonly tell: (line: string) => void,
    private readonly afterMs: number,
  ) {}

  /** @param line as it is from now on; '': there is nothing to tell */
  set(line: string): void {
    if (line === this.#line) return;
    clearTimeout(this.#timer);
    this.#line = line;
    if (line === '' || line === this.#told) return;
    this.#timer = setTimeout(() => {
      this.#told = line;
      this.tell(line);
    }, this.afterMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
