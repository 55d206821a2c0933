import { traitsOf } from '../../core/clusterTraits';
import type { Cluster } from '../../core/ports/cluster';
import { AppError, isAppError } from '../../core/errors';
import type { Owner } from '../../core/model';
import type { Locks } from '../../core/ports/host';
import { plural } from '../../core/text/plural';
import type { Settings } from '../../core/settings';
import type { StartWait } from '../run/run';
import { withBriefLock } from '../run/withLock';
import { AskedCluster, mostStarts, type AskedPorts, type AskedStart } from './askedCluster';
import { leastUsed, type LeastUsedPorts } from './leastUsed';
import { waitLock } from './waitLock';

export interface StartPorts extends LeastUsedPorts, AskedPorts {
  readonly cluster: Cluster;
  readonly locks: Locks;
  readonly settings: () => Pick<Settings, 'start.freeMemory' | 'start.load' | 'start.waitTime'>;
}

export interface StartRequest extends AskedStart {
  readonly owner: Owner;
}

/** What was let start has settled, or is not started after all: whoever waits may be next. Never rejects; done again it does nothing. */
export type SettledStart = () => Promise<void>;

/** Between two looks at the machine, while somebody waits. Milliseconds. */
const lookMs = 1000;
/** What would make room is looked for again after this time. Milliseconds. */
const leastUsedMs = 30_000;

type Verdict = { readonly kind: 'start'; readonly settled: SettledStart } | Refusal;

interface Refusal {
  readonly kind: 'memory' | 'load' | 'turn';
  /** In words that follow "because". */
  readonly reason: string;
}

/**
 * Waits until this machine has room for what an environment starts: free memory above its limit, also once the services are there, as far
 * as it is known what those of its repository use, and a load below its own. Where pods run elsewhere, and without limits, it lets all
 * start. Whoever had no room starts alone, until its time is over: what one start takes is seen by the next. Holds no lock of the environment, and looks at the
 * machine only while somebody waits.
 *
 * @param tell hears why it waits, when that changes
 * @returns to be called once the services have settled
 * @throws timeout after `start.waitTime`
 */
export async function startGate(
  ports: StartPorts,
  start: StartRequest,
  tell: (line: string, waits: StartWait) => void,
  signal: AbortSignal,
): Promise<SettledStart> {
  const { 'start.freeMemory': freeMemory, 'start.load': load, 'start.waitTime': waitSeconds } = ports.settings();
  if (traitsOf(ports.cluster.identity).runsImages || (freeMemory === 0 && load === 0)) return async () => undefined;
  const until = performance.now() + waitSeconds * 1000;
  const row = new WaitLock(ports.locks, start.owner);
  const asked = new AskedCluster(ports, start);
  let refusal: Refusal | undefined;
  let hadNoRoom = false;
  let least: { readonly found: StartWait['leastUsed']; readonly at: number } | undefined;
  let told = '';
  try {
    for (;;) {
      signal.throwIfAborted();
      const isTimeUp = performance.now() >= until;
      const verdict = await look(ports, start, asked, { alone: hadNoRoom && !isTimeUp, before: refusal }, signal);
      if (verdict.kind === 'start') return verdict.settled;
      refusal = verdict;
      hadNoRoom ||= verdict.kind !== 'turn';
      if (!least || isTimeUp || performance.now() - least.at >= leastUsedMs) {
        // What is only offered must not end a create.
        const found = await leastUsed(ports, start.repository, start.owner, signal).catch(() => undefined);
        signal.throwIfAborted();
        least = { found, at: performance.now() };
      }
      if (isTimeUp) throw tooLate(verdict, waitSeconds, least.found);
      const news = `${verdict.kind} ${least.found?.path ?? ''}`;
      if (news !== told) {
        const reason = `waits to start, because ${verdict.reason}`;
        await row.say(reason);
        tell(`${reason}; it waits for ${duration(waitSeconds)} at most`, { reason, leastUsed: least.found });
      }
      told = news;
      await pause(Math.min(lookMs, Math.max(0, until - performance.now())), signal);
    }
  } finally {
    await row.release();
  }
}

/** Whoever waits already goes on when a look fails: a cluster that is started again, a git that is busy. */
async function look(
  ports: StartPorts,
  start: StartRequest,
  asked: AskedCluster,
  { alone, before }: { readonly alone: boolean; readonly before: Refusal | undefined },
  signal: AbortSignal,
): Promise<Verdict> {
  try {
    if (before && !(await asked.isWanted(signal))) return { kind: 'start', settled: async () => undefined };
    // Whoever starts looks once more under the lock of the environment: it may have been woken meanwhile.
    return await decide(ports, start, asked, alone, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!before || !isAppError(error) || error.code === 'bug') throw error;
    return before;
  }
}

class WaitLock {
  #held: { release(): Promise<void> } | undefined;

  constructor(
    private readonly locks: Locks,
    private readonly owner: Owner,
  ) {}

  async say(what: string): Promise<void> {
    await this.release();
    try {
      this.#held = await this.locks.acquire(waitLock(this.owner), what);
    } catch (error) {
      // Another one waits for the same environment, and says it.
      if (!isAppError(error, 'conflict')) throw error;
    }
  }

  async release(): Promise<void> {
    await this.#held?.release().catch(() => undefined);
    this.#held = undefined;
  }
}

/** One at a time, so that no two count on the same memory. */
async function decide(
  ports: StartPorts,
  start: StartRequest,
  asked: AskedCluster,
  alone: boolean,
  signal: AbortSignal,
): Promise<Verdict> {
  const { locks, machineLoad, settings } = ports;
  const { 'start.freeMemory': freeMemory, 'start.load': mostLoad } = settings();
  const limit = freeMemory * 2 ** 20;
  const before = limit > 0 ? await asked.need(limit, signal) : undefined;
  return withBriefLock(locks, 'start', 'it is decided what may start', signal, async (): Promise<Verdict> => {
    const slots = await Promise.all(Array.from({ length: mostStarts }, (_, slot) => locks.isHeld(slotLock(slot))));
    const starting = slots.filter(Boolean).length;
    const slot = slots.indexOf(false);
    if (slot < 0 || (alone && starting > 0)) return { kind: 'turn', reason: 'another environment is being started' };
    const [memory, load] = await Promise.all([
      limit > 0 ? machineLoad.memory() : undefined,
      mostLoad > 0 ? machineLoad.load() : undefined,
    ]);
    // Of what is being started nobody knows how much of its memory it has already.
    const need = before?.need;
    const wanted = limit + (need ?? 0) + starting * (need ?? limit);
    // What has come free since then, others may want: what is needed was asked by what there was.
    const free = memory && Math.min(memory.free, before?.free ?? memory.free);
    if (free !== undefined && free < wanted) return { kind: 'memory', reason: memoryReason(free, limit, wanted) };
    if (load !== undefined && load > mostLoad)
      return { kind: 'load', reason: `the load is ${load.toFixed(1)} a processor, above ${mostLoad} (start.load)` };
    const lock = await locks.acquire(slotLock(slot), `${start.namespace} is being started`);
    let released: Promise<void> | undefined;
    return { kind: 'start', settled: () => (released ??= lock.release().catch(() => undefined)) };
  });
}

function slotLock(slot: number): string {
  return `start ${slot}`;
}

function memoryReason(free: number, limit: number, wanted: number): string {
  const kept = `${megabytes(limit)} are to stay free (start.freeMemory)`;
  const needs = wanted > limit ? ` and what is started may need ${megabytes(wanted - limit)}` : '';
  return `${megabytes(free)} of memory are free, while ${kept}${needs}`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

function duration(seconds: number): string {
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} minutes` : plural(seconds, 'second');
}

function tooLate({ reason }: Refusal, waitSeconds: number, least: StartWait['leastUsed']): AppError {
  const said = `Not started, because ${reason}; it has waited for ${duration(waitSeconds)} (start.waitTime).`;
  if (!least) return new AppError('timeout', said);
  return new AppError('timeout', said, {
    explanation: `In a terminal: coppice sleep ${least.name}`,
    remedy: { title: 'Sleep the Least Used', action: { kind: 'sleepLeastUsed' } },
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
