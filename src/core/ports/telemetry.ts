import type { EnvironmentUsage } from './usages';

/** What the services of an environment do right now, as their cluster tells it: what is drawn where there is no Grafana. */
export interface Telemetry {
  /**
   * Follows one environment until the signal aborts. What the listener has no method for is not asked for; who watches the
   * same namespace shares the readings; while nobody watches, nothing is asked at all. Starts no cluster. Never throws:
   * what goes wrong is told by `onState`, and tried again.
   */
  watch(namespace: string, listener: TelemetryListener, signal: AbortSignal): void;
  /**
   * What the cluster itself kept of an environment's past, whoever looked at it then. undefined: it keeps none, or knows no such
   * environment. @throws AppError
   */
  past(namespace: string, range: PastRange, signal?: AbortSignal): Promise<TelemetryPast | undefined>;
  /**
   * The same of all environments of the cluster, by namespace, in one answer; those of which nothing is kept are not in it. @throws AppError
   */
  pastOfAll(range: PastRange, signal?: AbortSignal): Promise<ReadonlyMap<string, TelemetryPast['samples']> | undefined>;
  /**
   * Follows all environments of the cluster at once until the signal aborts: however many there are, they cost as many requests as one.
   * Else as `watch`.
   */
  watchAll(listener: LoadListener, signal: AbortSignal): void;
}

/** Its methods are called from a turn of the event loop of their own, never from within `watchAll`. */
export interface LoadListener {
  /** About `telemetryIntervalMs` apart. */
  readonly onLoads: (loads: ClusterLoads) => void;
  /** Why nothing new comes, in one line; undefined: it comes again. Called when that changes. */
  readonly onState?: (failure: string | undefined) => void;
}

/** What all environments of a cluster do at a moment, in milliseconds since the epoch. */
export interface ClusterLoads {
  readonly at: number;
  /** By namespace; of whose pods nobody knows anything, and to which no route leads, is not in it. */
  readonly environments: ReadonlyMap<string, EnvironmentLoad>;
  /** Why this cluster does not tell something of any of them, in a line that a person can act on. */
  readonly missing: TelemetrySample['missing'];
}

export interface EnvironmentLoad {
  /** What its pods use, by their names. */
  readonly pods: ReadonlyMap<string, EnvironmentUsage>;
  /** What went through the gateway in the last `loadWindowMs`, by service that a route leads to. */
  readonly requests: ReadonlyMap<string, RequestSample>;
  /** The same of all services together; undefined: no route leads to any. */
  readonly total: RequestSample | undefined;
}

/** A rate of so little time jumps. The first are of the second that it takes to know any. */
export const loadWindowMs = 60_000;

/** Milliseconds since the epoch; of each `stepMs` becomes one sample, of which the processors are a mean and memory is the most. */
export interface PastRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** Both oldest first. */
export interface TelemetryPast {
  /** Of a time in which the cluster was down, or the environment asleep, there is none. */
  readonly samples: readonly TelemetrySample[];
  readonly marks: readonly TelemetryMark[];
}

/** What happened to an environment at a moment, in milliseconds since the epoch. */
export type TelemetryMark =
  | { readonly at: number; readonly kind: 'created' }
  /** Its release was installed or changed. */
  | { readonly at: number; readonly kind: 'update'; readonly revision: number }
  /** So many containers of a service were started again. */
  | { readonly at: number; readonly kind: 'restart'; readonly service: string; readonly count: number };

/** No cluster keeps more. */
export const telemetryPastMs = 6 * 60 * 60_000;

/** At most this much of the past is kept for who begins to watch. */
export const telemetryHistoryMs = 15 * 60_000;
export const telemetryIntervalMs = 5000;
/** At most so many events are told: the newest. */
export const telemetryEventLimit = 100;
/** So many of each service's last lines come first. */
export const telemetryLogLines = 200;

/** Its methods are called from a turn of the event loop of their own, never from within `watch`. */
export interface TelemetryListener {
  /** First, if there is a past, all of it at once, oldest first; then one at a time, about `telemetryIntervalMs` apart. */
  readonly onSamples: (samples: readonly TelemetrySample[]) => void;
  /** All that are known, newest first, whenever that changes. */
  readonly onEvents?: (events: readonly EnvironmentEvent[]) => void;
  /** As they come; those of one service are in order. */
  readonly onLogLines?: (lines: readonly EnvironmentLogLine[]) => void;
  /** Why nothing new comes, in one line; undefined: it comes again. Called when that changes. */
  readonly onState?: (failure: string | undefined) => void;
}

export interface TelemetrySample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** It tells of so many before that; undefined: since the sample before. */
  readonly forMs?: number;
  /** By name. */
  readonly services: readonly ServiceSample[];
  /**
   * Why something is known of no service, in one line that a person can act on. What is undefined of a single service only
   * is what there is nothing to say of: it runs no pod, or no route leads to it.
   */
  readonly missing: { readonly usage?: string; readonly requests?: string };
}

export interface ServiceSample {
  readonly name: string;
  /** Cores: 0.5 is half of one. The mean over a window that the cluster chooses. */
  readonly cpuCores: number | undefined;
  readonly memoryBytes: number | undefined;
  /** Of the containers of its present pods, since they were made. */
  readonly restarts: number;
  readonly requests: RequestSample | undefined;
}

/** What went through the gateway to a service since the sample before. */
export interface RequestSample {
  /** Requests per second, by class of the status. Those that the client gave up count as 4xx, opened WebSockets as 1xx. */
  readonly perSecond: Readonly<Record<StatusClass, number>>;
  /** Until the whole answer was sent, in milliseconds; undefined when none was. Streams and WebSockets do not count. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
}

export type StatusClass = '1xx' | '2xx' | '3xx' | '4xx' | '5xx';

export interface EnvironmentEvent {
  /** The same for as long as it is the same event, which may happen again. */
  readonly id: string;
  /** When it happened last, in milliseconds since the epoch. */
  readonly at: number;
  readonly type: 'Normal' | 'Warning';
  /** One word: BackOff, Unhealthy, Killing… */
  readonly reason: string;
  /** What it is about: `Pod/backend-5d4…`. */
  readonly object: string;
  /** Text of anybody's: never markup. */
  readonly message: string;
  /** How often it happened. */
  readonly count: number;
}

export interface EnvironmentLogLine {
  readonly service: string;
  /** Text of anybody's, without its end: never markup. */
  readonly text: string;
}
