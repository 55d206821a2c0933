import { signalTree } from '@coppice/host/signalTree';
import { setTimeout as delay } from 'node:timers/promises';
import { isThere, signalSeen } from './killProcessTree';
import { linuxStartOf } from './linuxCensus';
import { membersOf } from './membersOf';
import type { ProcessCensus } from './processCensus';
import type { ProcessGroup } from './processGroup';
import type { SeenProcess } from './seenProcess';

/** How soon we look whether those that were asked have ended, and how seldom at last. */
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 200;
/** A busy machine takes its time to list its processes: the signal does not wait for that. */
const LOOK_MS = 500;
/** What so many SIGKILLs in so much time have not ended is held by the kernel: we wait no longer. */
const GIVE_UP_MS = 5000;
const GIVE_UP_TRIES = 5;

/** By which what Windows calls the start of a process may be earlier than what we saw. */
const CLOCK_STEP_MS = 1000;

/** The numbers (`RunMarks`) of a run's own processes, and of those that are started beside them. */
export interface RunNumbers {
  own: string;
  guests: string;
}

/**
 * One run of a container: its first process, and whatever comes from it, in whatever group, session or place in the tree of
 * processes.
 *
 * How they are found: see `membersOf`. On Linux nothing escapes that has the kernel's own mark (`RunMarks`), short of a program that
 * sets its own limit of file locks to another number and empties its environment and leaves its session and its parent. Without
 * prlimit, and on macOS, a program escapes that does the last three. On Windows one escapes whose parent ended before it was seen,
 * when that parent was not the first process. Nothing is read while a run goes on, unless somebody asks.
 */
export class ProcessRun {
  /** The exit code of the first process, once all are gone. Never rejects. */
  readonly exited: Promise<number>;
  private known = new Map<number, string>();
  private leaderStart: string | undefined;
  private readonly notBefore = process.platform === 'win32' ? fileTime(Date.now() - CLOCK_STEP_MS) : undefined;
  private deadline = Number.POSITIVE_INFINITY;
  private asking: Promise<void> | undefined;
  private ending: Promise<void> | undefined;
  private wake: () => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly group: ProcessGroup,
    private readonly numbers: RunNumbers,
    private readonly census: Pick<ProcessCensus, 'take'>,
    private readonly log: (message: string) => void,
  ) {
    this.leaderStart = process.platform === 'linux' ? linuxStartOf(group.pid) : undefined;
    this.exited = group.exited.then(async (code) => {
      // As with a container: when its first process ends by itself, the others end at once.
      if (!this.asking) this.hurry(0);
      await this.end();
      clearTimeout(this.timer);
      return code;
    });
  }

  /**
   * Sends the signal to every process of the run, gives all of them the time to end, and then ends those that are left. Called
   * again it can only shorten that time. Resolves when all are gone.
   */
  async stop(signal: NodeJS.Signals, graceMs: number): Promise<void> {
    if (this.asking || graceMs <= 0) this.hurry(graceMs);
    this.asking ??= this.ask(signal, graceMs);
    await this.asking;
    await this.end();
    await this.exited;
  }

  /** The numbers of its processes now. Rejects when the system does not tell. */
  async pids(): Promise<number[]> {
    return (await this.look()).own.map(({ pid }) => pid);
  }

  private hurry(ms: number): void {
    const deadline = performance.now() + ms;
    if (deadline >= this.deadline) return;
    this.deadline = deadline;
    clearTimeout(this.timer);
    // Whatever else takes its time: the first process and its group are gone by then.
    this.timer = setTimeout(() => this.group.signal('SIGKILL'), ms);
    this.wake();
  }

  private get isLate(): boolean {
    return performance.now() >= this.deadline;
  }

  private async ask(signal: NodeJS.Signals, graceMs: number): Promise<void> {
    this.group.spareOthers();
    // Before anybody ends: afterwards a child has another parent, by which it cannot be known.
    const looking = this.look();
    await Promise.race([looking, delay(LOOK_MS)]);
    if (this.isLate) return;
    // Their time begins when they hear of it.
    this.hurry(graceMs);
    this.group.signal(signal);
    const { own } = await looking;
    if (this.isLate) return;
    for (const one of own) if (one.group !== this.group.pid) signalSeen(one, signal);
    if (!this.group.alive && own.some((one) => one.group === this.group.pid)) signalTree(this.group.pid, signal);
  }

  private end(): Promise<void> {
    this.ending ??= this.untilAllAreGone();
    return this.ending;
  }

  private async untilAllAreGone(): Promise<void> {
    let tries = 0;
    let firstTry = 0;
    for (;;) {
      const { own, guests } = await this.look();
      if (own.length === 0 && !this.group.alive) {
        if (guests.length === 0) return;
        this.hurry(0);
      }
      const left = [...own, ...(this.isLate ? guests : [])];
      if (tries >= GIVE_UP_TRIES && performance.now() > firstTry + GIVE_UP_MS) {
        this.log(`cannot end the processes ${left.map(({ pid }) => pid).join(', ')}`);
        return;
      }
      if (this.isLate) {
        if (tries++ === 0) firstTry = performance.now();
        if (this.group.alive || left.some((one) => one.group === this.group.pid)) {
          signalTree(this.group.pid, 'SIGKILL');
        }
        for (const one of left) signalSeen(one, 'SIGKILL');
      }
      await this.change(left);
    }
  }

  /** Resolves when all of them are gone, when the time is over, or when it became shorter. */
  private async change(left: readonly SeenProcess[]): Promise<void> {
    const wasLate = this.isLate;
    let woken = false;
    const wakening = new Promise<void>((resolve) => {
      this.wake = () => {
        woken = true;
        resolve();
      };
    });
    const began = performance.now();
    for (let pause = FIRST_PAUSE_MS; !woken; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      if (!this.group.alive && !left.some(isThere)) return;
      // One more look, should something have been started between the look and the signal.
      if (wasLate ? performance.now() - began > LONGEST_PAUSE_MS : this.isLate) return;
      const rest = Math.max(1, Math.min(pause, wasLate ? pause : this.deadline - performance.now()));
      const ended = this.group.alive ? this.group.exited : wakening;
      await Promise.race([delay(rest), wakening, ended]);
    }
  }

  private async look(): Promise<{ own: SeenProcess[]; guests: SeenProcess[] }> {
    const all = await this.census.take();
    const { leaderStart, notBefore, known, numbers, group } = this;
    const own = membersOf({ leader: group.pid, leaderStart, notBefore, run: numbers.own, known }, all);
    this.leaderStart ??= group.alive ? own.find(({ pid }) => pid === group.pid)?.start : undefined;
    this.known = new Map(own.map(({ pid, start }) => [pid, start]));
    return { own, guests: all.filter(({ run }) => run === numbers.guests) };
  }
}

/** A moment as Windows counts it: in steps of 100 ns since 1601. */
function fileTime(ms: number): string {
  return String((BigInt(Math.round(ms)) + 11_644_473_600_000n) * 10_000n);
}
