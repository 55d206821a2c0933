/** How often one item may be taken up again at once, ... */
const AT_ONCE = 20;
/** ... and after how long it may once more. */
const THEN_EVERY_MS = 5_000;
/** How many items are remembered before those that have rested are forgotten. */
const PRUNE_AT = 500;

interface Used {
  /** How many of `AT_ONCE` are used. Below zero never. */
  count: number;
  at: number;
}

/** Holds back whoever is taken up again and again, however often each time was a success. */
export class RetryLimit {
  private readonly items = new Map<unknown, Used>();

  /** @param now milliseconds */
  constructor(private readonly now: () => number) {}

  get size(): number {
    return this.items.size;
  }

  /** Counts one retry of the item. Returns after how many milliseconds it may take place. */
  take(item: unknown): number {
    const used = this.usedOf(item);
    if (this.items.size >= PRUNE_AT && !this.items.has(item)) this.prune();
    this.items.set(item, { count: used + 1, at: this.now() });
    return Math.max(0, used + 1 - AT_ONCE) * THEN_EVERY_MS;
  }

  private usedOf(item: unknown): number {
    const used = this.items.get(item);
    return used ? Math.max(0, used.count - (this.now() - used.at) / THEN_EVERY_MS) : 0;
  }

  private prune(): void {
    for (const item of [...this.items.keys()]) if (this.usedOf(item) === 0) this.items.delete(item);
  }
}
