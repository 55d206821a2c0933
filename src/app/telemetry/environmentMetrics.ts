import { AppError } from '../../core/errors';
import { telemetryPastMs, type StatusClass, type Telemetry, type TelemetryMark } from '../../core/ports/telemetry';

export interface MetricsRequest {
  readonly namespace: string;
  /** How far back, in milliseconds. */
  readonly lengthMs: number;
}

/** What is undefined is not known. */
export interface ServiceMetrics {
  readonly name: string;
  /** How many there were, by class of the status; those that the client gave up count as 4xx. undefined: no route leads to it. */
  readonly requests: Readonly<Record<StatusClass, number>> | undefined;
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  /** The mean. */
  readonly cpuCores: number | undefined;
  /** The most. */
  readonly memoryBytes: number | undefined;
  /** In that time. */
  readonly restarts: number;
}

/** Of a time, in milliseconds since the epoch. */
export interface EnvironmentMetrics {
  readonly fromMs: number;
  readonly toMs: number;
  /** Of how much of it anything is known: of the rest the cluster was down, or the environment asleep. */
  readonly knownMs: number;
  readonly services: readonly ServiceMetrics[];
  /** Oldest first. */
  readonly marks: readonly TelemetryMark[];
}

/** What an environment was asked and has used over a time that is past, service by service. @throws invalidInput, notConfigured */
export function environmentMetrics(ports: { readonly past: Telemetry['past']; readonly now: () => number }) {
  return async ({ namespace, lengthMs }: MetricsRequest, signal?: AbortSignal): Promise<EnvironmentMetrics> => {
    if (!(lengthMs > 0 && lengthMs <= telemetryPastMs))
      throw new AppError('invalidInput', 'A cluster keeps the last 6 hours of an environment, and no more.');
    const toMs = ports.now();
    const fromMs = toMs - lengthMs;
    const past = await ports.past(namespace, { fromMs, toMs, stepMs: lengthMs }, signal);
    if (!past)
      throw new AppError(
        'notConfigured',
        'Nothing tells what was: the embedded cluster does, once it was started by this version of Coppice; elsewhere a Prometheus, that of coppice.prometheus.url or one that infra runs. "coppice top" tells what is now.',
      );
    // One step is one sample, if there is any.
    const sample = past.samples.at(-1);
    const { forMs: knownMs = 0, services = [] } = sample ?? {};
    const restartsOf = (name: string): number =>
      past.marks.reduce((sum, mark) => (mark.kind === 'restart' && mark.service === name ? sum + mark.count : sum), 0);
    return {
      ...{ fromMs, toMs, knownMs },
      services: services.map(({ name, cpuCores, memoryBytes, requests }) => ({
        ...{ name, cpuCores, memoryBytes },
        requests: requests && countsOf(requests.perSecond, knownMs / 1000),
        p50Ms: requests?.p50Ms,
        p95Ms: requests?.p95Ms,
        restarts: restartsOf(name),
      })),
      marks: past.marks,
    };
  };
}

function countsOf(perSecond: Readonly<Record<StatusClass, number>>, seconds: number): Record<StatusClass, number> {
  const of = (name: StatusClass): number => Math.round(perSecond[name] * seconds);
  return { '1xx': of('1xx'), '2xx': of('2xx'), '3xx': of('3xx'), '4xx': of('4xx'), '5xx': of('5xx') };
}
