/** What applications have told of single requests, where it is kept. */
export interface Traces {
  /**
   * Names of all services that anything is kept of, whoever's they are.
   * @throws unreachable, timeout, denied, failed where something else answers
   */
  services(signal: AbortSignal): Promise<readonly string[]>;
  /** Whole ones in which the service took part in that namespace. @throws as `services` */
  find(wanted: TracesWanted, signal: AbortSignal): Promise<readonly Trace[]>;
  /** undefined: nothing is kept of it. @throws as `services` */
  read(id: string, signal: AbortSignal): Promise<Trace | undefined>;
}

export interface TracesWanted {
  readonly service: string;
  readonly namespace: string;
  /** Milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Those alone in which a span of the service has failed. */
  readonly isFailed: boolean;
  readonly limit: number;
}

/** One request through all that took part in it. */
export interface Trace {
  /** 32 lower-case hexadecimal digits. */
  readonly id: string;
  /** In no order. */
  readonly spans: readonly TraceSpan[];
}

export interface TraceSpan {
  readonly id: string;
  /** The span that caused it; it may be missing among them. */
  readonly parent: string | undefined;
  readonly service: string;
  /** undefined: nobody says where it ran. */
  readonly namespace: string | undefined;
  readonly operation: string;
  /** Milliseconds since the epoch, with fractions. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly isFailed: boolean;
  /** What it says of its failure, in a line; undefined: nothing. */
  readonly message: string | undefined;
}
