interface Batch<T> {
  readonly lines: readonly T[];
  readonly taken: () => void;
}

/** Merges lines of several writers for one reader. A writer waits until its lines were read: a slow reader slows the sources. */
export class LineMerge<T = string> {
  readonly #batches: Batch<T>[] = [];
  #wakeReader: (() => void) | undefined;
  #end: { readonly failure: Error | undefined } | undefined;

  /** Resolves once the lines were read, or the reading is over. */
  write(lines: readonly T[]): Promise<void> {
    if (this.#end) return Promise.resolve();
    return new Promise((resolve) => {
      this.#batches.push({ lines, taken: resolve });
      this.#wakeReader?.();
    });
  }

  /** The reader gets what was written, and then the failure or the end. Only the first end counts. */
  end(failure?: Error): void {
    this.#end ??= { failure };
    this.#wakeReader?.();
  }

  /** To be read once. */
  async *read(): AsyncGenerator<T, void> {
    try {
      for (;;) {
        const batch = this.#batches.shift();
        if (batch) {
          try {
            yield* batch.lines;
          } finally {
            batch.taken();
          }
          continue;
        }
        if (this.#end) {
          if (this.#end.failure) throw this.#end.failure;
          return;
        }
        await new Promise<void>((resolve) => (this.#wakeReader = resolve));
        this.#wakeReader = undefined;
      }
    } finally {
      this.end();
      for (const batch of this.#batches.splice(0)) batch.taken();
    }
  }
}
