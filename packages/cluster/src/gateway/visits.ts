import { uptime as systemUptime } from 'node:os';

interface Visited {
  open: number;
  /** By `now`. */
  last: number;
  /** The same by the two others. */
  at: number;
  up: number;
}

export interface VisitsOptions {
  /** Of a clock that only goes on, and stands still while the machine sleeps. Milliseconds */
  readonly now?: () => number;
  /** Of one that goes on then, too. Milliseconds */
  readonly uptime?: () => number;
  /** Milliseconds since the epoch. */
  readonly epoch?: () => number;
  /** When each namespace was used last before this start: milliseconds since the epoch. */
  readonly remembered?: ReadonlyMap<string, number>;
  /** Hears that something of it has changed. */
  readonly changed?: () => void;
}

/** What the clocks differ by without anybody having changed one. Milliseconds */
const DRIFT_MS = 2000;

/** Who uses the services of a namespace through this cluster: what is under way, and when the last of it was. */
export class Visits {
  private readonly visited = new Map<string, Visited>();
  private readonly before: Map<string, number>;
  private readonly now: () => number;
  private readonly uptime: () => number;
  private readonly epoch: () => number;
  private readonly changed: () => void;

  constructor({
    now = () => performance.now(),
    uptime = () => systemUptime() * 1000,
    epoch = Date.now,
    remembered,
    changed = () => undefined,
  }: VisitsOptions = {}) {
    this.now = now;
    this.uptime = uptime;
    this.epoch = epoch;
    this.before = new Map(remembered);
    this.changed = changed;
  }

  /** Which ones there are at the start: what is remembered of others is over. */
  startWith(namespaces: readonly string[]): void {
    for (const name of this.before.keys()) if (!namespaces.includes(name)) this.forget(name);
    for (const name of namespaces) this.know(name);
  }

  /** Of one that nobody can tell the last use of it is not told that it was long ago: it counts from now. */
  know(namespace: string): void {
    if (this.before.has(namespace) || this.visited.has(namespace)) return;
    this.before.set(namespace, this.epoch());
    this.changed();
  }

  /** Returns what is to be called once it is over. */
  begin(namespace: string): () => void {
    const visited = this.visited.get(namespace) ?? { open: 0, last: 0, at: 0, up: 0 };
    this.visited.set(namespace, visited);
    visited.open++;
    this.touch(visited);
    this.changed();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      visited.open--;
      this.touch(visited);
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
   * When the last of it was, by namespace: milliseconds since the epoch, and the same for as long as nobody comes. By a clock that was
   * put back since nothing was used in a time to come.
   */
  times(): ReadonlyMap<string, number> {
    const now = this.epoch();
    const before = [...this.before].map(([name, at]) => [name, Math.min(at, now)] as const);
    const since = [...this.visited].map(
      ([name, each]) => [name, each.open > 0 ? now : this.timeOf(each, now)] as const,
    );
    return new Map([...before, ...since]);
  }

  /** What is over and gone; what is still open goes on to count for nobody. */
  forget(namespace: string): void {
    const isKnown = this.before.delete(namespace);
    if (this.visited.delete(namespace) || isKnown) this.changed();
  }

  private touch(visited: Visited): void {
    Object.assign(visited, { last: this.now(), at: this.epoch(), up: this.uptime() });
  }

  private timeOf(visited: Visited, now: number): number {
    const time = now - (this.uptime() - visited.up);
    // The clock was put right since.
    if (Math.abs(time - visited.at) > DRIFT_MS) visited.at = time;
    return visited.at;
  }
}
