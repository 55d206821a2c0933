interface Visited {
  open: number;
  last: number;
}

export interface VisitsOptions {
  /** Of a clock that only goes on. Milliseconds */
  readonly now?: () => number;
  /** When each namespace was used last before this start: milliseconds since the epoch. */
  readonly remembered?: ReadonlyMap<string, number>;
  /** Hears that something of it has changed. */
  readonly changed?: () => void;
}

/** Who uses the services of a namespace through this cluster: what is under way, and when the last of it was. */
export class Visits {
  private readonly visited = new Map<string, Visited>();
  private readonly before: Map<string, number>;
  private readonly now: () => number;
  private readonly changed: () => void;

  constructor({ now = () => performance.now(), remembered, changed = () => undefined }: VisitsOptions = {}) {
    this.now = now;
    this.before = new Map(remembered);
    this.changed = changed;
  }

  /** Which ones there are at the start: what is remembered of others is over. */
  startWith(namespaces: readonly string[]): void {
    for (const name of this.before.keys()) if (!namespaces.includes(name)) this.forget(name);
    for (const name of namespaces) this.know(name);
  }

  /** Of one that nobody can tell the last use of it is not told that it was long ago: it counts from now. */
  know(namespace: string, epoch: () => number = Date.now): void {
    if (this.before.has(namespace) || this.visited.has(namespace)) return;
    this.before.set(namespace, epoch());
    this.changed();
  }

  /** Returns what is to be called once it is over. */
  begin(namespace: string): () => void {
    const visited = this.visited.get(namespace) ?? { open: 0, last: 0 };
    this.visited.set(namespace, visited);
    visited.open++;
    visited.last = this.now();
    this.changed();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      visited.open--;
      visited.last = this.now();
      // What is over after its namespace has gone is of no interest.
      if (this.visited.get(namespace) === visited) this.changed();
    };
  }

  isOpen(namespace: string): boolean {
    return (this.visited.get(namespace)?.open ?? 0) > 0;
  }

  isAnyOpen(): boolean {
    return [...this.visited.values()].some(({ open }) => open > 0);
  }

  /** undefined: there was none since the start. */
  last(namespace: string): number | undefined {
    return this.visited.get(namespace)?.last;
  }

  /**
   * When the last of it was, by namespace: milliseconds since the epoch. While the machine slept nobody came; those times are too late. By
   * a clock that was put back since nothing was used in a time to come.
   */
  times(epoch: () => number = Date.now): ReadonlyMap<string, number> {
    const [now, then] = [epoch(), this.now()];
    const before = [...this.before].map(([name, at]) => [name, Math.min(at, now)] as const);
    const since = [...this.visited].map(
      ([name, { open, last }]) => [name, open > 0 ? now : now - (then - last)] as const,
    );
    return new Map([...before, ...since]);
  }

  /** What is over and gone; what is still open goes on to count for nobody. */
  forget(namespace: string): void {
    const isKnown = this.before.delete(namespace);
    if (this.visited.delete(namespace) || isKnown) this.changed();
  }
}
