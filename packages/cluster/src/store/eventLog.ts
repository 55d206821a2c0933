import type { KubeObject } from '../schema/kubeObject';

/** One write of one object. `revision` is the cluster's own count, before it becomes a resourceVersion. */
export interface ObjectEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  kind: string;
  revision: number;
  /** As it is now; of a deleted one the last state, with the version of the deletion. */
  object: KubeObject;
  /** As it was before; absent for a new one. */
  previous?: KubeObject;
}

type Listener = (event: ObjectEvent) => void;

/** The last events of all kinds, and who wants to hear the next ones. */
export class EventLog {
  private events: ObjectEvent[] = [];
  /** Events up to and including this revision may be forgotten. */
  private forgotten = 0;
  private readonly listeners = new Set<Listener>();

  constructor(private readonly capacity = 1_000) {}

  /** The oldest revision that `subscribe` can continue from. */
  get oldest(): number {
    return this.forgotten;
  }

  get listenerCount(): number {
    return this.listeners.size;
  }

  /** Whether every event after this revision is still known. */
  reaches(revision: number): boolean {
    return revision >= this.forgotten;
  }

  add(event: ObjectEvent): void {
    this.events.push(event);
    // Dropped in halves, so that a full log does not move on every write.
    if (this.events.length > 2 * this.capacity) {
      const dropped = this.events.splice(0, this.events.length - this.capacity);
      this.forgotten = dropped.at(-1)?.revision ?? this.forgotten;
    }
    for (const listener of [...this.listeners]) {
      if (this.listeners.has(listener)) listener(event);
    }
  }

  /** Hears every later event; with `after` first those since that revision. */
  subscribe(listener: Listener, after?: number): () => void {
    if (after !== undefined) {
      for (const event of this.events.slice(this.firstAfter(after))) listener(event);
    }
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Forgets all events: what follows continues from this revision. */
  restart(revision: number): void {
    this.events = [];
    this.forgotten = revision;
  }

  close(): void {
    this.listeners.clear();
  }

  private firstAfter(revision: number): number {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.events[middle]?.revision ?? Infinity) <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
