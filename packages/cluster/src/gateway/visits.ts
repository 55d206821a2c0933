interface Visited {
  open: number;
  last: number;
}

/** Who uses the services of a namespace through this cluster: what is under way, and when the last of it was. */
export class Visits {
  private readonly visited = new Map<string, Visited>();

  /** @param now of a clock that only goes on. Milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Returns what is to be called once it is over. */
  begin(namespace: string): () => void {
    const visited = this.visited.get(namespace) ?? { open: 0, last: 0 };
    this.visited.set(namespace, visited);
    visited.open++;
    visited.last = this.now();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      visited.open--;
      visited.last = this.now();
    };
  }

  isOpen(namespace: string): boolean {
    return (this.visited.get(namespace)?.open ?? 0) > 0;
  }

  /** undefined: there was none yet. */
  last(namespace: string): number | undefined {
    return this.visited.get(namespace)?.last;
  }

  /** When the last of it was, by namespace: milliseconds since the epoch. While the machine slept nobody came; those times are too late. */
  times(epoch: () => number = Date.now): ReadonlyMap<string, number> {
    const [now, then] = [epoch(), this.now()];
    return new Map([...this.visited].map(([name, { open, last }]) => [name, open > 0 ? now : now - (then - last)]));
  }

  /** What is over and gone; what is still open goes on to count for nobody. */
  forget(namespace: string): void {
    this.visited.delete(namespace);
  }
}
