import {
  telemetryEventLimit,
  type EnvironmentEvent,
  type EnvironmentLogLine,
  type ClusterLoads,
  type EnvironmentLoad,
  type LoadListener,
  type PastRange,
  type Telemetry,
  type TelemetryListener,
  type TelemetryMark,
  type TelemetryPast,
  type TelemetrySample,
} from '../../../src/core/ports/telemetry';

interface Known {
  samples: TelemetrySample[];
  marks: TelemetryMark[];
  events: EnvironmentEvent[];
  lines: EnvironmentLogLine[];
  failure: string | undefined;
}

/** Telemetry that a test tells what to tell. */
export class FakeTelemetry implements Telemetry {
  /** Whether it stands for a cluster that keeps what was. */
  keepsPast = true;
  readonly #known = new Map<string, Known>();
  readonly #all = new Set<LoadListener>();
  #failureOfAll: string | undefined;
  readonly #watchers = new Map<string, Set<TelemetryListener>>();

  watch(namespace: string, listener: TelemetryListener, signal: AbortSignal): void {
    setImmediate(() => {
      if (signal.aborted) return;
      const watchers = this.#watchersOf(namespace);
      watchers.add(listener);
      signal.addEventListener('abort', () => watchers.delete(listener), { once: true });
      const { samples, events, lines, failure } = this.#of(namespace);
      if (samples.length > 0) listener.onSamples([...samples]);
      listener.onEvents?.(events);
      if (lines.length > 0) listener.onLogLines?.([...lines]);
      if (failure !== undefined) listener.onState?.(failure);
    });
  }

  watchAll(listener: LoadListener, signal: AbortSignal): void {
    setImmediate(() => {
      if (signal.aborted) return;
      this.#all.add(listener);
      signal.addEventListener('abort', () => this.#all.delete(listener), { once: true });
      if (this.#known.size > 0) listener.onLoads(this.#loads());
      if (this.#failureOfAll !== undefined) listener.onState?.(this.#failureOfAll);
    });
  }

  async pastOfAll(range: PastRange): Promise<ReadonlyMap<string, TelemetryPast['samples']> | undefined> {
    if (!this.keepsPast) return undefined;
    const found = new Map<string, TelemetryPast['samples']>();
    for (const namespace of this.#known.keys()) {
      const { samples = [] } = (await this.past(namespace, range)) ?? {};
      if (samples.length > 0) found.set(namespace, samples);
    }
    return found;
  }

  /** How many follow all of them now. */
  get watchersOfAll(): number {
    return this.#all.size;
  }

  setFailureOfAll(failure: string | undefined): void {
    this.#failureOfAll = failure;
    for (const one of this.#all) one.onState?.(failure);
  }

  /** What it was told before, one sample for each that it was told. */
  async past(namespace: string, { fromMs, toMs }: PastRange): Promise<TelemetryPast | undefined> {
    const known = this.#known.get(namespace);
    const isWithin = ({ at }: { readonly at: number }): boolean => at > fromMs && at <= toMs;
    if (!this.keepsPast || !known) return undefined;
    const samples = known.samples.map((sample) => ({ forMs: 5000, ...sample }));
    return { samples: samples.filter(isWithin), marks: known.marks.filter(isWithin) };
  }

  addMark(namespace: string, mark: TelemetryMark): void {
    this.#of(namespace).marks.push(mark);
  }

  /** How many follow it now. */
  watchers(namespace: string): number {
    return this.#watchersOf(namespace).size;
  }

  addSample(namespace: string, sample: TelemetrySample): void {
    this.#of(namespace).samples.push(sample);
    for (const one of this.#watchersOf(namespace)) one.onSamples([sample]);
    for (const one of this.#all) one.onLoads(this.#loads());
  }

  /** A new one, or one that happened again. */
  putEvent(namespace: string, event: EnvironmentEvent): void {
    const known = this.#of(namespace);
    const all = [event, ...known.events.filter(({ id }) => id !== event.id)];
    known.events = all.sort((a, b) => b.at - a.at).slice(0, telemetryEventLimit);
    for (const one of this.#watchersOf(namespace)) one.onEvents?.(known.events);
  }

  addLines(namespace: string, service: string, ...texts: readonly string[]): void {
    const lines = texts.map((text) => ({ service, text }));
    this.#of(namespace).lines.push(...lines);
    for (const one of this.#watchersOf(namespace)) one.onLogLines?.(lines);
  }

  setFailure(namespace: string, failure: string | undefined): void {
    this.#of(namespace).failure = failure;
    for (const one of this.#watchersOf(namespace)) one.onState?.(failure);
  }

  /** Each service has one pod, `<service>-1`. */
  #loads(): ClusterLoads {
    const of = ({ samples }: Known): EnvironmentLoad => {
      const { services = [] } = samples.at(-1) ?? {};
      const requests = new Map(services.flatMap(({ name, requests: asked }) => (asked ? [[name, asked]] : [])));
      const used = services.flatMap(({ name, cpuCores, memoryBytes }) =>
        cpuCores === undefined || memoryBytes === undefined ? [] : [[`${name}-1`, { cpuCores, memoryBytes }] as const],
      );
      return { pods: new Map(used), requests, total: [...requests.values()][0] };
    };
    const latest = [...this.#known.values()].flatMap(({ samples }) => samples.at(-1) ?? []);
    return {
      at: Math.max(0, ...latest.map(({ at }) => at)),
      environments: new Map([...this.#known].map(([namespace, known]) => [namespace, of(known)])),
      missing: latest[0]?.missing ?? {},
    };
  }

  #of(namespace: string): Known {
    const known = this.#known.get(namespace) ?? { samples: [], marks: [], events: [], lines: [], failure: undefined };
    this.#known.set(namespace, known);
    return known;
  }

  #watchersOf(namespace: string): Set<TelemetryListener> {
    const watchers = this.#watchers.get(namespace) ?? new Set();
    this.#watchers.set(namespace, watchers);
    return watchers;
  }
}
