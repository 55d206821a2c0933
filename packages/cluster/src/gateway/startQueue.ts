/** What is to be left of this machine when an environment starts. */
export interface StartLimits {
  /** Bytes that are to stay free. 0: nothing waits for memory. */
  readonly freeMemory: number;
  /** Above which load for each processor nothing starts. 0: nothing waits for it. */
  readonly load: number;
  /** How long it waits for that. Milliseconds */
  readonly waitMs: number;
}

/** Why something does not start yet. */
export interface NoRoom {
  /** What is said of it anew when it is another one. */
  readonly kind: 'memory' | 'load' | 'turn';
  /** In words that follow "because". */
  readonly reason: string;
}

export interface QueueParts {
  /** undefined: it waits for nothing. Asked at each look: what a person sets counts at once. */
  limitsOf(namespace: string): StartLimits | undefined;
  /** How many others are on their way. */
  startingBut(namespace: string): number;
  /** undefined: there is room. Never rejects. */
  noRoom(namespace: string, limits: StartLimits, starting: number): Promise<NoRoom | undefined>;
  start(namespace: string): void;
  /** Hears why one waits, when that changes; undefined: it does not any more. */
  tell(namespace: string, reason: string | undefined): void;
}

/** Between two looks, while anything waits. Milliseconds */
const LOOK_MS = 1000;

interface Waiting {
  /** When somebody asked for it; undefined: nobody does who would wait for it. */
  since: number | undefined;
  /** It ran when the cluster ended: it starts whenever there is room, after what somebody asks for. */
  readonly isReturning: boolean;
  /** Somebody was told that it waits. */
  isTold: boolean;
  /** Whoever had no room starts alone: what one start takes is seen by the next. */
  hadNoRoom: boolean;
  said: NoRoom | undefined;
}

/**
 * Environments that are to start and for which this machine has no room yet, in the order in which they were asked for. One is asked
 * about at a time, and the machine only while any waits.
 */
export class StartQueue {
  private readonly waiting = new Map<string, Waiting>();
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;
  private isOver = false;

  /** @param now of a clock that only goes on. Milliseconds */
  constructor(
    private readonly parts: QueueParts,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Starts it once there is room. What has no limits starts before this returns; asked again it changes nothing, unless nobody has asked
   * yet for what comes back with the cluster.
   *
   * @param isReturning it comes back with the cluster, and that it waits was told before: it waits for as long as it takes
   */
  ask(namespace: string, isReturning = false): void {
    if (this.isOver) return;
    const before = this.waiting.get(namespace);
    if (before) {
      if (!isReturning && !this.isAsked(namespace, before)) before.since = this.now();
      return;
    }
    if (!this.parts.limitsOf(namespace)) {
      this.parts.start(namespace);
      if (isReturning) this.parts.tell(namespace, undefined);
      return;
    }
    const since = isReturning ? undefined : this.now();
    const waits = { since, isReturning, hadNoRoom: isReturning, said: undefined, isTold: isReturning };
    this.waiting.set(namespace, waits);
    void this.look();
  }

  has(namespace: string): boolean {
    return this.waiting.has(namespace);
  }

  /** "waits to start, because …"; undefined: it does not wait, or is just being asked about. */
  reasonOf(namespace: string): string | undefined {
    const said = this.waiting.get(namespace)?.said;
    return said && `waits to start, because ${said.reason}`;
  }

  /** There is nothing to start any more. */
  forget(namespace: string): void {
    const waiting = this.waiting.get(namespace);
    this.waiting.delete(namespace);
    if (waiting?.isTold) this.parts.tell(namespace, undefined);
  }

  close(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.waiting.clear();
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    clearTimeout(this.timer);
    let isFirst = true;
    // One that comes meanwhile is looked at in the same round.
    const seen = new Set<Waiting>();
    for (let next = this.nextBut(seen); next; next = this.nextBut(seen)) {
      const [namespace, waiting] = next;
      seen.add(waiting);
      const why = isFirst ? await this.whyNot(namespace, waiting) : behind;
      if (this.isOver) return;
      if (this.waiting.get(namespace) !== waiting) continue;
      if (!why) {
        // In this order: who looks meanwhile sees that it is on its way.
        this.parts.start(namespace);
        this.forget(namespace);
        continue;
      }
      isFirst = false;
      this.refuse(namespace, waiting, why);
    }
    this.isLooking = false;
    if (this.waiting.size > 0) this.timer = setTimeout(() => void this.look(), LOOK_MS);
  }

  /** What waits for as long as it takes keeps nobody waiting who does not. */
  private nextBut(seen: ReadonlySet<Waiting>): readonly [string, Waiting] | undefined {
    const left = [...this.waiting].filter(([, waiting]) => !seen.has(waiting));
    return left.find(([namespace, waiting]) => this.isAsked(namespace, waiting)) ?? left[0];
  }

  private isAsked(namespace: string, { since, isReturning }: Waiting): boolean {
    if (!isReturning) return true;
    const { waitMs = 0 } = this.parts.limitsOf(namespace) ?? {};
    return since !== undefined && this.now() - since < waitMs;
  }

  private async whyNot(namespace: string, waiting: Waiting): Promise<NoRoom | undefined> {
    const limits = this.parts.limitsOf(namespace);
    if (!limits) return undefined;
    const starting = this.parts.startingBut(namespace);
    if (waiting.hadNoRoom && starting > 0) return behind;
    const why = await this.parts.noRoom(namespace, limits, starting);
    waiting.hadNoRoom ||= why !== undefined;
    return why;
  }

  /** Whoever asks for it after its time is over begins anew. */
  private refuse(namespace: string, waiting: Waiting, why: NoRoom): void {
    const isNews = waiting.said?.kind !== why.kind;
    waiting.said = isNews || waiting.said === undefined ? why : waiting.said;
    const limits = this.parts.limitsOf(namespace);
    const { since, isReturning } = waiting;
    if (limits && !isReturning && since !== undefined && this.now() - since >= limits.waitMs)
      return this.forget(namespace);
    if (isNews) this.parts.tell(namespace, this.reasonOf(namespace));
    waiting.isTold = true;
  }
}

const behind: NoRoom = { kind: 'turn', reason: 'another environment is being started' };

/** What the annotation of a namespace says: megabytes, load, seconds. Of what is none it is undefined, as where nothing is limited. */
export function parseStartLimits(text: string | undefined): StartLimits | undefined {
  const words = (text ?? '').split(' ');
  if (words.length !== 3 || !words.every((word) => /^\d{1,7}$/.test(word))) return undefined;
  const [megabytes = 0, load = 0, seconds = 0] = words.map(Number);
  if (megabytes === 0 && load === 0) return undefined;
  return { freeMemory: megabytes * 2 ** 20, load, waitMs: seconds * 1000 };
}
