import { gatewayMetrics, versionSuffix } from '@coppice/cluster/contract';
import { text as readText } from 'node:stream/consumers';
import { histogramQuantile, type Bucket } from '../../../core/histogram';
import type { RequestSample, StatusClass } from '../../../core/ports/telemetry';
import type { KubeConnection } from '../connection/kubeConnection';
import { parseMetrics } from './metricsText';

/** What went through the gateway of an embedded cluster since it started, at one moment. */
export interface GatewayCounters {
  /** Milliseconds of this process's clock. */
  readonly at: number;
  /** By namespace and service. */
  readonly services: ReadonlyMap<string, ReadonlyMap<string, ServiceCounters>>;
}

interface ServiceCounters {
  readonly byClass: Record<StatusClass, number>;
  /** By ascending bound, in seconds. */
  readonly buckets: Bucket[];
}

/** Whoever asks within this time gets what was read for the one before. */
const sharedMs = 500;
const requestsName = gatewayMetrics.requests;
const bucketName = `${gatewayMetrics.durations}_bucket`;
const classes: readonly StatusClass[] = ['1xx', '2xx', '3xx', '4xx', '5xx'];

/** Reads the counters of a gateway, where the cluster has one that counts: the embedded one. */
export class GatewayRequests {
  #latest: { readonly at: number; readonly counters: Promise<GatewayCounters> } | undefined;
  #asked: { readonly version: string; readonly counts: boolean } | undefined;

  constructor(private readonly connection: KubeConnection) {}

  /**
   * undefined when this cluster does not count. Its `/metrics` are then not asked for: another Kubernetes tells of itself there, at
   * great length. @throws AppError
   */
  async read(signal: AbortSignal): Promise<GatewayCounters | undefined> {
    if (!(await this.#counts(signal))) return undefined;
    const now = performance.now();
    if (!this.#latest || now - this.#latest.at > sharedMs) this.#latest = { at: now, counters: this.#fetch() };
    const latest = this.#latest;
    try {
      return await latest.counters;
    } catch (error) {
      if (this.#latest === latest) this.#latest = undefined;
      throw error;
    }
  }

  async #counts(signal: AbortSignal): Promise<boolean> {
    const version = await this.connection.version();
    if (this.#asked?.version === version) return this.#asked.counts;
    const found = await this.connection.json<{ gitVersion?: string }>(
      { method: 'GET', path: '/version', verb: 'read', resource: 'version' },
      signal,
    );
    const counts = found.gitVersion?.endsWith(versionSuffix) === true;
    this.#asked = { version, counts };
    return counts;
  }

  /** Without anybody's signal: others wait for it too. It has a time limit of its own. */
  async #fetch(): Promise<GatewayCounters> {
    const request = { method: 'GET', path: '/metrics', verb: 'read', resource: 'metrics' } as const;
    const limit = AbortSignal.timeout(10_000);
    const body = await readText(await this.connection.stream(request, limit));
    return { at: performance.now(), services: parseCounters(body) };
  }
}

/** What one service was asked between two readings. undefined: no route leads to it. */
export function requestsBetween(
  before: GatewayCounters,
  after: GatewayCounters,
  namespace: string,
  service: string,
): RequestSample | undefined {
  const now = after.services.get(namespace)?.get(service);
  if (!now) return undefined;
  return toSample(since(before.services.get(namespace)?.get(service), now), secondsBetween(before, after));
}

/** The same of each service of a namespace, and of all of them together. */
export function requestsIn(
  before: GatewayCounters,
  after: GatewayCounters,
  namespace: string,
): { readonly requests: ReadonlyMap<string, RequestSample>; readonly total: RequestSample | undefined } {
  const seconds = secondsBetween(before, after);
  const counted = [...(after.services.get(namespace) ?? [])].map(
    ([name, now]) => [name, since(before.services.get(namespace)?.get(name), now)] as const,
  );
  const [first, ...others] = counted.map(([, one]) => one);
  const all = first && others.reduce(together, first);
  return {
    requests: new Map(counted.map(([name, one]) => [name, toSample(one, seconds)])),
    total: all && toSample(all, seconds),
  };
}

function secondsBetween(before: GatewayCounters, after: GatewayCounters): number {
  return Math.max(after.at - before.at, 1) / 1000;
}

/** What was counted since. */
function since(then: ServiceCounters | undefined, now: ServiceCounters): ServiceCounters {
  const byClass = noRequests();
  for (const one of classes) byClass[one] = increase(then?.byClass[one], now.byClass[one]);
  const isReset = (then?.buckets.at(-1)?.count ?? 0) > (now.buckets.at(-1)?.count ?? 0);
  const buckets = now.buckets.map(({ bound, count }, index) => {
    return { bound, count: count - (isReset ? 0 : (then?.buckets[index]?.count ?? 0)) };
  });
  return { byClass, buckets };
}

/** All services have the same buckets. */
function together(one: ServiceCounters, other: ServiceCounters): ServiceCounters {
  const byClass = noRequests();
  for (const each of classes) byClass[each] = one.byClass[each] + other.byClass[each];
  const [more, less] = one.buckets.length < other.buckets.length ? [other, one] : [one, other];
  const buckets = more.buckets.map(({ bound, count }, index) => {
    return { bound, count: count + (less.buckets[index]?.count ?? 0) };
  });
  return { byClass, buckets };
}

function toSample({ byClass, buckets }: ServiceCounters, seconds: number): RequestSample {
  const perSecond = noRequests();
  for (const one of classes) perSecond[one] = byClass[one] / seconds;
  return { perSecond, p50Ms: toMs(histogramQuantile(0.5, buckets)), p95Ms: toMs(histogramQuantile(0.95, buckets)) };
}

/** A counter that is lower than before began anew. */
function increase(before: number | undefined, after: number): number {
  return before === undefined || before > after ? after : after - before;
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

function noRequests(): Record<StatusClass, number> {
  return { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 };
}

function parseCounters(body: string): GatewayCounters['services'] {
  const namespaces = new Map<string, Map<string, ServiceCounters>>();
  const of = (labels: Readonly<Record<string, string>>): ServiceCounters => {
    const { namespace = '', service = '' } = labels;
    const services = namespaces.get(namespace) ?? new Map<string, ServiceCounters>();
    const counters = services.get(service) ?? { byClass: noRequests(), buckets: [] };
    namespaces.set(namespace, services.set(service, counters));
    return counters;
  };
  const found = parseMetrics(body, [requestsName, bucketName]);
  for (const { labels, value } of found.get(requestsName) ?? []) {
    const first = labels['code']?.[0];
    const statusClass = classes.find((one) => one[0] === first);
    if (statusClass) of(labels).byClass[statusClass] += value;
  }
  for (const { labels, value } of found.get(bucketName) ?? []) {
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
    of(labels).buckets.push({ bound, count: value });
  }
  for (const services of namespaces.values())
    for (const { buckets } of services.values()) buckets.sort((a, b) => a.bound - b.bound);
  return namespaces;
}
