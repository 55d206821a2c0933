import { AppError } from '../../../src/core/errors';
import type { Locks } from '../../../src/core/ports/host';

/** Locks in memory, between all that share the object. */
export class FakeLocks implements Locks {
  readonly #held = new Map<string, { readonly what: string }>();

  /** Keys that are held now. */
  get held(): string[] {
    return [...this.#held.keys()];
  }

  /** All holders die: what they held can be had again, and they can release nothing any more. */
  abandonAll(): void {
    this.#held.clear();
  }

  async isHeld(key: string): Promise<boolean> {
    return this.#held.has(key);
  }

  async whatHolds(key: string): Promise<string | undefined> {
    return this.#held.get(key)?.what;
  }

  async acquire(key: string, what: string): Promise<{ release(): Promise<void> }> {
    const holder = this.#held.get(key);
    if (holder) {
      throw new AppError('conflict', `Another process of Coppice (1) is at work here: ${holder.what}.`, {
        remedy: { title: 'Try Again', action: { kind: 'retry' } },
        cause: holder,
      });
    }
    const own = { what };
    this.#held.set(key, own);
    return {
      release: async () => {
        if (this.#held.get(key) === own) this.#held.delete(key);
      },
    };
  }
}
