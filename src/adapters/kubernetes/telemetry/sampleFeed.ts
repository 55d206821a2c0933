import { setTimeout as delay } from 'node:timers/promises';
import { AppError, isAppError } from '../../../core/errors';
import type { PodFacts } from '../../../core/facts';
import type { ServiceSample, TelemetryListener, TelemetrySample } from '../../../core/ports/telemetry';
import { requestsBetween, type GatewayCounters, type GatewayRequests } from './gatewayRequests';
import type { KubeConnection } from '../connection/kubeConnection';
import { NamespacePods } from './namespacePods';
import { readPodUsage } from './podUsage';
import type { TelemetryTiming } from './telemetryTiming';
import type { WatchTiming } from '../watch/watchTiming';

export const notCounted = 'Requests are counted by the embedded cluster only; elsewhere a Prometheus tells of them.';

type Listener = Pick<TelemetryListener, 'onSamples' | 'onState'>;

/** The samples of one namespace: read while anybody listens, kept for a while for who comes next. */
export class SampleFeed {
  readonly #listeners = new Set<Listener>();
  #history: TelemetrySample[] = [];
  #failure: AppError | undefined;
  #running: { readonly stop: AbortController; readonly pods: NamespacePods } | undefined;

  constructor(
    private readonly connection: KubeConnection,
    private readonly gateway: GatewayRequests,
    private readonly namespace: string,
    private readonly timing: TelemetryTiming & WatchTiming,
  ) {}

  /** Whether it holds nothing that anybody would miss. */
  get isEmpty(): boolean {
    this.#forgetOld();
    return this.#listeners.size === 0 && this.#history.length === 0;
  }

  /** The pods, while anybody listens. */
  get pods(): NamespacePods | undefined {
    return this.#running?.pods;
  }

  /** Returns what ends it. */
  add(listener: Listener): () => void {
    this.#listeners.add(listener);
    this.#forgetOld();
    const past = [...this.#history];
    if (past.length > 0) listener.onSamples(past);
    if (this.#failure !== undefined) listener.onState?.(this.#failure.message);
    if (!this.#running) this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  #start(): void {
    const stop = new AbortController();
    const pods = new NamespacePods(this.connection, this.namespace, this.timing);
    this.#running = { stop, pods };
    pods.onDidChange(() => {
      if (pods.failure) this.#tellState(pods.failure);
    });
    void this.#run(pods, stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
  }

  #stop(): void {
    this.#running?.stop.abort();
    this.#running?.pods.dispose();
    this.#running = undefined;
    this.#failure = undefined;
  }

  async #run(pods: NamespacePods, signal: AbortSignal): Promise<void> {
    let before: GatewayCounters | undefined;
    for (;;) {
      const startedAt = performance.now();
      try {
        const isFirst = before === undefined;
        const [counted, usage] = await Promise.all([
          this.gateway.read(signal),
          readPodUsage(this.connection, this.namespace, signal),
          listed(pods, signal),
        ]);
        let after = counted;
        if (isFirst && counted) {
          // Rates need two readings: rather a short window than a first sample without them.
          const rest = this.timing.firstWindowMs - (performance.now() - counted.at);
          if (rest > 0) await delay(rest, undefined, { signal });
          before = counted;
          after = await this.gateway.read(signal);
        }
        signal.throwIfAborted();
        if (pods.failure === undefined) {
          this.#tell(this.#sample(pods.current ?? [], usage, before, after));
          this.#tellState(undefined);
        }
        before = after;
      } catch (error) {
        signal.throwIfAborted();
        before = undefined;
        this.#tellState(isAppError(error) ? error : cutOff());
      }
      const rest = this.timing.intervalMs - (performance.now() - startedAt);
      await delay(Math.max(rest, this.timing.intervalMs / 10), undefined, { signal });
    }
  }

  #sample(
    pods: readonly PodFacts[],
    usage: Awaited<ReturnType<typeof readPodUsage>>,
    before: GatewayCounters | undefined,
    after: GatewayCounters | undefined,
  ): TelemetrySample {
    const names = new Set([
      ...pods.map(({ service }) => service),
      ...(after?.services.get(this.namespace)?.keys() ?? []),
    ]);
    const services = [...names].sort().map((name): ServiceSample => {
      const own = pods.filter(({ service }) => service === name);
      const used = typeof usage === 'string' ? [] : own.flatMap((pod) => usage.get(pod.name) ?? []);
      const sum = (part: 'cpuCores' | 'memoryBytes'): number | undefined =>
        used.length === 0 ? undefined : used.reduce((total, one) => total + one[part], 0);
      return {
        name,
        cpuCores: sum('cpuCores'),
        memoryBytes: sum('memoryBytes'),
        restarts: own.reduce((total, { restarts }) => total + restarts, 0),
        requests: before && after && requestsBetween(before, after, this.namespace, name),
      };
    });
    const missing = {
      ...(typeof usage === 'string' ? { usage } : {}),
      ...(after ? {} : { requests: notCounted }),
    };
    return { at: Date.now(), services, missing };
  }

  #tell(sample: TelemetrySample): void {
    this.#history.push(sample);
    this.#forgetOld();
    for (const listener of [...this.#listeners]) listener.onSamples([sample]);
  }

  /** A cluster that goes away says so in several ways, one after another and to each request its own: it is told once. */
  #tellState(failure: AppError | undefined): void {
    if (this.#failure?.code === failure?.code) return;
    this.#failure = failure;
    for (const listener of [...this.#listeners]) listener.onState?.(failure?.message);
  }

  #forgetOld(): void {
    const oldest = Date.now() - this.timing.historyMs;
    this.#history = this.#history.filter(({ at }) => at >= oldest);
  }
}

export function cutOff(): AppError {
  return new AppError('unreachable', 'The cluster stopped in the middle of an answer.');
}

/** Resolves once the pods were listed, or could not be. */
async function listed(pods: NamespacePods, signal: AbortSignal): Promise<void> {
  if (pods.current || pods.failure) return;
  await new Promise<void>((resolve, reject) => {
    const subscription = pods.onDidChange(() => {
      subscription.dispose();
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = (): void => {
      subscription.dispose();
      reject(new Error('nobody listens any more'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
