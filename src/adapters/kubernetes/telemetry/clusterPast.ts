import {
  historyClasses,
  historyPath,
  type HistoryAnswer,
  type HistoryOfAll,
  type HistorySample,
} from '@coppice/cluster/contract';
import { histogramQuantile, type Bucket } from '../../../core/histogram';
import type {
  PastRange,
  RequestSample,
  StatusClass,
  TelemetryPast,
  TelemetrySample,
} from '../../../core/ports/telemetry';
import type { KubeConnection } from '../connection/kubeConnection';
import { statusOf } from '../connection/mapError';

/** What an embedded cluster kept of its environments. */
export class ClusterPast {
  constructor(private readonly connection: KubeConnection) {}

  /** undefined: it has no such environment, or was started by a Coppice that kept nothing yet. @throws AppError */
  async read(namespace: string, range: PastRange, signal?: AbortSignal): Promise<TelemetryPast | undefined> {
    const answer = await this.#ask<HistoryAnswer>(encodeURIComponent(namespace), range, signal);
    return answer && { samples: answer.samples.map((sample) => toSample(sample, answer.bounds)), marks: answer.marks };
  }

  /** undefined: it was started by a Coppice that kept nothing of all yet. @throws AppError */
  async readAll(
    range: PastRange,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, TelemetryPast['samples']> | undefined> {
    const answer = await this.#ask<HistoryOfAll>('', range, signal);
    if (!answer) return undefined;
    const { bounds, environments } = answer;
    return new Map(
      Object.entries(environments).map(([namespace, samples]) => [
        namespace,
        samples.map((sample) => toSample(sample, bounds)),
      ]),
    );
  }

  async #ask<Answer>(place: string, range: PastRange, signal: AbortSignal | undefined): Promise<Answer | undefined> {
    const { fromMs, toMs, stepMs } = range;
    const time = (ms: number): string => new Date(ms).toISOString();
    const query = { from: time(fromMs), to: time(toMs), step: String(stepMs / 1000) };
    const path = `${historyPath}${place}`;
    const request = { method: 'GET', path, query, verb: 'read', resource: 'the past of an environment' } as const;
    try {
      return await this.connection.json<Answer>(request, signal);
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }
}

function toSample({ at, seconds, services }: HistorySample, bounds: readonly number[]): TelemetrySample {
  return {
    at,
    forMs: seconds * 1000,
    services: services.map(({ name, cpuCores, memoryBytes, restarts = 0, requests }) => ({
      ...{ name, cpuCores, memoryBytes, restarts },
      requests: requests && toRequests(requests, bounds, seconds),
    })),
    missing: {},
  };
}

function toRequests(
  { byClass, durations }: NonNullable<HistorySample['services'][number]['requests']>,
  bounds: readonly number[],
  seconds: number,
): RequestSample {
  const rate = (name: StatusClass): number => (byClass[historyClasses.indexOf(name)] ?? 0) / seconds;
  let count = 0;
  const buckets = [...bounds, Infinity].map((bound, index): Bucket => {
    count += durations[index] ?? 0;
    return { bound, count };
  });
  const quantile = (q: number): number | undefined => {
    const found = histogramQuantile(q, buckets);
    return found === undefined ? undefined : found * 1000;
  };
  return {
    perSecond: { '1xx': rate('1xx'), '2xx': rate('2xx'), '3xx': rate('3xx'), '4xx': rate('4xx'), '5xx': rate('5xx') },
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
  };
}
