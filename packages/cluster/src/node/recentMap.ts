const size = 1000;

/** Remembers the values of the keys that were set last, and forgets the oldest. */
export class RecentMap<Value> {
  readonly #values = new Map<string, Value>();

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > size && oldest !== undefined) this.#values.delete(oldest);
  }
}
