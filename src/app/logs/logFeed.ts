import { isAbort, toAppError } from '../../core/errors';
import { OutputLines, type OutputLine } from '../../core/logs/outputLine';
import { runText } from '../../core/logs/runText';
import { timedLine } from '../../core/logs/timedLine';
import type { PodLine, LogPiece, LogRun } from '../../core/ports/workloads';

export interface LogFeedPorts {
  /** `Workloads.runs` of the namespace. */
  readonly runs: (service: string, signal: AbortSignal) => AsyncIterable<LogPiece>;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A line of a service, or that it was started; `at` in milliseconds since the epoch, undefined: nobody says. */
export type LogEntry = { readonly service: string; readonly pod: string; readonly at: number | undefined } & (
  { readonly kind: 'line'; readonly line: OutputLine } | { readonly kind: 'run'; readonly text: string }
);

export interface LogListener {
  /** As they come: those of one service are in order, those of several are not. */
  readonly onEntries: (entries: readonly LogEntry[]) => void;
  /** Why nothing of a service can be read now, in one line; it is tried again. undefined: it is read. */
  readonly onState: (service: string, failure: string | undefined) => void;
}

/** Of each run that is there when the reading begins, the last so many lines. */
export const logFeedTail = 1000;
/** So long news is gathered, in milliseconds, and so many are told at once at most: who prints faster is made to wait, as by a slow terminal. */
const gatherMs = 100;
const batchEntries = 500;
const againMs = 5000;

/** What the services of one environment print, over all their restarts, until it is disposed. */
export class LogFeed {
  readonly #ports: LogFeedPorts;
  readonly #listener: LogListener;
  readonly #over = new AbortController();
  readonly #followed = new Set<string>();
  #pending: LogEntry[] = [];
  #told: Promise<void> | undefined;

  constructor(ports: LogFeedPorts, listener: LogListener) {
    this.#ports = ports;
    this.#listener = listener;
  }

  /** Begins with those that are not read yet. One whose log has ended, as its environment went, is read again. */
  follow(services: readonly string[]): void {
    for (const service of services) {
      if (this.#followed.has(service)) continue;
      this.#followed.add(service);
      void this.#read(service, this.#over.signal).then(() => this.#followed.delete(service));
    }
  }

  dispose(): void {
    this.#over.abort();
    this.#pending = [];
  }

  /** Never rejects. */
  async #read(service: string, signal: AbortSignal): Promise<void> {
    const reader = new ServiceReader(service);
    let isFailed = false;
    while (!signal.aborted) {
      try {
        reader.begin();
        for await (const piece of this.#ports.runs(service, signal)) {
          if (signal.aborted) return;
          if (isFailed) this.#listener.onState(service, undefined);
          isFailed = false;
          const entry = reader.read(piece);
          if (entry) await this.#tell(entry, signal);
        }
        return;
      } catch (error) {
        if (signal.aborted) return;
        isFailed = true;
        const why = isAbort(error) ? 'the connection was closed' : toAppError(error).message;
        this.#listener.onState(service, `The log of ${service} cannot be read: ${why}`);
        await this.#ports.pause(againMs, signal);
      }
    }
  }

  async #tell(entry: LogEntry, signal: AbortSignal): Promise<void> {
    this.#pending.push(entry);
    this.#told ??= this.#ports.pause(gatherMs, signal).then(() => {
      const entries = this.#pending;
      this.#pending = [];
      this.#told = undefined;
      if (!signal.aborted) this.#listener.onEntries(entries);
    });
    if (this.#pending.length >= batchEntries) await this.#told;
  }
}

/** Pods of one service print beside each other. */
interface PodReading {
  lines: OutputLines;
  /** As the cluster told them, all of one length: the last one, and that before which all was told already. */
  last: string;
  known: string;
}

/** Reads the pieces of one service. */
class ServiceReader {
  readonly #service: string;
  readonly #pods = new Map<string, PodReading>();
  readonly #runs = new Set<string>();

  constructor(service: string) {
    this.#service = service;
  }

  /** It is read anew: what comes of what was read is left out. */
  begin(): void {
    for (const reading of this.#pods.values()) reading.known = reading.last;
  }

  read(piece: LogPiece): LogEntry | undefined {
    return 'line' in piece ? this.#line(piece) : this.#run(piece);
  }

  #line({ pod, line: whole }: PodLine): LogEntry | undefined {
    const { at, text } = timedLine(whole);
    const reading = this.#readingOf(pod);
    if (at !== undefined && at <= reading.known) return undefined;
    if (at !== undefined && at > reading.last) reading.last = at;
    return { kind: 'line', service: this.#service, pod, at: milliseconds(at), line: reading.lines.read(text) };
  }

  #readingOf(pod: string): PodReading {
    const reading = this.#pods.get(pod) ?? { lines: new OutputLines(), last: '', known: '' };
    this.#pods.set(pod, reading);
    return reading;
  }

  #run(run: LogRun): LogEntry | undefined {
    const key = `${run.pod} ${run.restarts}`;
    if (this.#runs.has(key)) return undefined;
    this.#runs.add(key);
    const isFollowing = this.#pods.size > 0 && !this.#pods.has(run.pod);
    this.#readingOf(run.pod).lines = new OutputLines();
    const text = runText(this.#service, run, isFollowing);
    return { kind: 'run', service: this.#service, at: milliseconds(run.startedAt), text, pod: run.pod };
  }
}

function milliseconds(time: string | undefined): number | undefined {
  const value = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(value) ? undefined : value;
}
