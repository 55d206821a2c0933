import type { Logger } from '../../../core/ports/host';
import type {
  LoadListener,
  PastRange,
  Telemetry,
  TelemetryListener,
  TelemetryPast,
} from '../../../core/ports/telemetry';
import { followEvents } from './eventFeed';
import { ClusterPast } from './clusterPast';
import { GatewayRequests } from './gatewayRequests';
import type { KubeConnection } from '../connection/kubeConnection';
import { followLoads } from './loadFeed';
import { followLogs } from './logFeed';
import { SampleFeed } from './sampleFeed';
import { defaultTelemetryTiming, type TelemetryTiming } from './telemetryTiming';
import { defaultWatchTiming, type WatchTiming } from '../watch/watchTiming';

/** Telemetry from the Kubernetes API alone: metrics.k8s.io, events, logs, and what an embedded cluster's gateway counts. */
export class KubernetesTelemetry implements Telemetry {
  readonly #feeds = new Map<string, SampleFeed>();
  readonly #gateway: GatewayRequests;
  readonly #timing: TelemetryTiming & WatchTiming;
  readonly #past: ClusterPast | undefined;

  /** @param connection the cluster's own: what it refuses is refused here */
  constructor(
    private readonly connection: KubeConnection,
    private readonly log: Logger,
    { keepsPast = false, ...timing }: Partial<TelemetryTiming & WatchTiming> & { readonly keepsPast?: boolean } = {},
  ) {
    this.#timing = { ...defaultWatchTiming, ...defaultTelemetryTiming, ...timing };
    this.#gateway = new GatewayRequests(connection);
    this.#past = keepsPast ? new ClusterPast(connection) : undefined;
  }

  watch(namespace: string, listener: TelemetryListener, signal: AbortSignal): void {
    // Not from within the call: who calls has not yet kept what it would need to answer.
    setImmediate(() => {
      if (!signal.aborted) this.#watch(namespace, this.#guarded(listener, signal), signal);
    });
  }

  async past(namespace: string, range: PastRange, signal?: AbortSignal): Promise<TelemetryPast | undefined> {
    return this.#past?.read(namespace, range, signal);
  }

  async pastOfAll(
    range: PastRange,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, TelemetryPast['samples']> | undefined> {
    return this.#past?.readAll(range, signal);
  }

  watchAll(listener: LoadListener, signal: AbortSignal): void {
    setImmediate(() => {
      if (signal.aborted) return;
      const guarded: LoadListener = {
        onLoads: (loads) => this.#guard(signal, () => listener.onLoads(loads)),
        onState: (failure) => this.#guard(signal, () => listener.onState?.(failure)),
      };
      void followLoads(this.connection, this.#gateway, this.#timing, guarded, signal);
    });
  }

  /** What a listener throws is its own trouble, and none of those who listen beside it; after the end it hears nothing. */
  #guarded(listener: TelemetryListener, signal: AbortSignal): TelemetryListener {
    const guard = (tell: () => void): void => this.#guard(signal, tell);
    return {
      onSamples: (samples) => guard(() => listener.onSamples(samples)),
      onState: (failure) => guard(() => listener.onState?.(failure)),
      ...(listener.onEvents && { onEvents: (events) => guard(() => listener.onEvents?.(events)) }),
      ...(listener.onLogLines && { onLogLines: (lines) => guard(() => listener.onLogLines?.(lines)) }),
    };
  }

  #guard(signal: AbortSignal, tell: () => void): void {
    if (signal.aborted) return;
    try {
      tell();
    } catch (error) {
      this.log.error('A listener to telemetry failed.', error);
    }
  }

  #watch(namespace: string, listener: TelemetryListener, signal: AbortSignal): void {
    for (const [name, feed] of this.#feeds) if (feed.isEmpty) this.#feeds.delete(name);
    const feed = this.#feeds.get(namespace) ?? new SampleFeed(this.connection, this.#gateway, namespace, this.#timing);
    this.#feeds.set(namespace, feed);
    const ends = [feed.add(listener)];
    const { connection, log } = this;
    const { onEvents, onLogLines } = listener;
    if (onEvents) ends.push(followEvents(connection, namespace, this.#timing, log, onEvents));
    if (onLogLines && feed.pods) {
      followLogs({ connection, namespace, timing: this.#timing, log, pods: feed.pods }, onLogLines, signal);
    }
    signal.addEventListener('abort', () => ends.forEach((end) => end()), { once: true });
  }
}
