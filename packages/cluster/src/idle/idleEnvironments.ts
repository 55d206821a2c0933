import { folderAnnotation, sleepAfterAnnotation } from '../contract';
import { numberAt, type KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';

/** Longer than any timer can be set. */
const LONGEST_MS = 2_000_000_000;

export interface IdleParts {
  objects: ObjectStore;
  visits: { isOpen(namespace: string): boolean; last(namespace: string): number | undefined };
  /** Whether anything works in a folder or in the services themselves, which nobody has used for so long; undefined: nobody can tell. */
  isWorkedIn(folder: string, namespace: string, forMs: number): Promise<boolean | undefined>;
  /**
   * Puts the environment of a worktree to sleep, unless something of it was changed in the last so many milliseconds.
   *
   * @returns how many milliseconds ago it was; undefined: it sleeps. Rejects with why it does not.
   */
  putToSleep(folder: string, unusedMs: number): Promise<number | undefined>;
  log(message: string): void;
  /** Of a clock that only goes on: while the machine sleeps nobody is away from their work. Milliseconds */
  now?: () => number;
}

interface Watched {
  /** Since when it counts, where nothing was asked for since: its last change, or the start of this cluster. */
  since: number;
  timer: NodeJS.Timeout | undefined;
  isLooking: boolean;
}

/**
 * Puts environments to sleep that nobody has used for as long as their namespace says. Each has one timer, at the earliest moment at which
 * that can be so; only then anybody is asked. What is not known counts as use: it stays awake.
 */
export class IdleEnvironments {
  private readonly watched = new Map<string, Watched>();
  private readonly unsubscribe: () => void;
  private readonly now: () => number;
  private isOver = false;

  constructor(private readonly parts: IdleParts) {
    this.now = parts.now ?? (() => performance.now());
    for (const { metadata } of parts.objects.list('Namespace').items) this.touch(metadata.name);
    this.unsubscribe = parts.objects.subscribe((event) => {
      const { metadata } = event.object;
      if (event.kind === 'Namespace') {
        if (event.type === 'DELETED') this.forget(metadata.name);
        else if (event.type === 'ADDED' || isChanged(event.object, event.previous)) this.touch(metadata.name);
      }
      // Made, updated, scaled, restarted, woken: somebody wants something of it. How it fares is no use.
      const isWanted = event.type !== 'MODIFIED' || metadata.generation !== event.previous?.metadata.generation;
      if (event.kind === 'Deployment' && isWanted) this.touch(metadata.namespace ?? '');
    });
  }

  close(): void {
    this.isOver = true;
    this.unsubscribe();
    for (const { timer } of this.watched.values()) clearTimeout(timer);
  }

  private touch(namespace: string): void {
    const watched = this.watched.get(namespace) ?? { since: 0, timer: undefined, isLooking: false };
    this.watched.set(namespace, watched);
    watched.since = this.now();
    this.arm(namespace, watched);
  }

  private forget(namespace: string): void {
    clearTimeout(this.watched.get(namespace)?.timer);
    this.watched.delete(namespace);
  }

  private arm(namespace: string, watched: Watched): void {
    clearTimeout(watched.timer);
    watched.timer = undefined;
    const after = this.after(namespace);
    if (this.isOver || after === undefined || !this.isAwake(namespace)) return;
    const inMs = this.lastUse(namespace, watched) + after - this.now();
    watched.timer = setTimeout(() => void this.look(namespace, watched), Math.min(Math.max(0, inMs), LONGEST_MS));
    watched.timer.unref();
  }

  private async look(namespace: string, watched: Watched): Promise<void> {
    const after = this.after(namespace);
    const folder = this.namespaceOf(namespace)?.metadata.annotations?.[folderAnnotation] ?? '';
    if (watched.isLooking || after === undefined || folder === '') return;
    watched.isLooking = true;
    try {
      if (this.now() - this.lastUse(namespace, watched) >= after) await this.decide(namespace, folder, watched);
    } catch (error) {
      watched.since = this.now();
      this.parts.log(`${namespace} stays awake: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      watched.isLooking = false;
    }
    if (this.watched.get(namespace) === watched) this.arm(namespace, watched);
  }

  private async decide(namespace: string, folder: string, watched: Watched): Promise<void> {
    const { visits, isWorkedIn, putToSleep, log } = this.parts;
    const last = this.lastUse(namespace, watched);
    const isUsed = visits.isOpen(namespace) || (await isWorkedIn(folder, namespace, this.now() - last)) !== false;
    // Somebody may have come while that was looked for.
    if (this.isOver || this.lastUse(namespace, watched) !== last) return;
    if (isUsed) {
      watched.since = this.now();
      return;
    }
    const changedMs = await putToSleep(folder, this.now() - last);
    if (changedMs === undefined) log(`${namespace} sleeps: nobody has used it`);
    else watched.since = Math.max(watched.since, this.now() - changedMs);
  }

  private lastUse(namespace: string, { since }: Watched): number {
    return Math.max(since, this.parts.visits.last(namespace) ?? 0);
  }

  /** Milliseconds; undefined: never. */
  private after(namespace: string): number | undefined {
    const text = this.namespaceOf(namespace)?.metadata.annotations?.[sleepAfterAnnotation] ?? '';
    return /^[1-9]\d{0,8}$/.test(text) ? Number(text) * 1000 : undefined;
  }

  private isAwake(namespace: string): boolean {
    const { items } = this.parts.objects.list('Deployment', namespace);
    return items.some((each) => (numberAt(each, 'spec', 'replicas') ?? 1) > 0);
  }

  private namespaceOf(name: string): KubeObject | undefined {
    const found = this.parts.objects.get('Namespace', undefined, name);
    return found?.metadata.deletionTimestamp === undefined ? found : undefined;
  }
}

function isChanged(object: KubeObject, previous: KubeObject | undefined): boolean {
  const said = ({ metadata }: KubeObject): string => JSON.stringify(metadata.annotations ?? {});
  return previous === undefined || said(object) !== said(previous);
}
