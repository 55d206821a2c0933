import type { ClusterLoads, EnvironmentLoad, RequestSample, TelemetrySample } from '../../core/ports/telemetry';

const minuteMs = 60_000;
/** The last hour, a point a minute. */
export const trendPoints = 60;

/** What is undefined nobody knows. */
interface TrendPoint {
  readonly requestsPerSecond: number | undefined;
  /** Those that were answered with a status of 500 and more. */
  readonly errorsPerSecond: number | undefined;
  readonly cpuCores: number | undefined;
  readonly memoryBytes: number | undefined;
}

/** One for each minute of the last hour, oldest first; undefined: the cluster was down then, or the environment asleep. */
export type Trend = readonly (TrendPoint | undefined)[];

/** From when on to when the past is asked for, so that each of its steps is a minute here. Milliseconds since the epoch. */
export function trendRange(now: number): { readonly fromMs: number; readonly toMs: number; readonly stepMs: number } {
  const toMs = (minuteOf(now) + 1) * minuteMs;
  return { fromMs: toMs - trendPoints * minuteMs, toMs, stepMs: minuteMs };
}

/** What environments did over the last hour: as their cluster kept it, and as it was heard since. */
export class Trends {
  readonly #points = new Map<string, Map<number, TrendPoint>>();

  /** @param past by namespace, a sample a minute at most */
  addPast(past: ReadonlyMap<string, readonly TelemetrySample[]>): void {
    for (const [namespace, samples] of past)
      for (const sample of samples) this.#put(namespace, sample.at, ofPast(sample));
  }

  addLoads({ at, environments }: ClusterLoads): void {
    for (const [namespace, load] of environments) {
      const point = ofLoad(load);
      if (point) this.#put(namespace, at, point);
    }
  }

  /** @param now milliseconds since the epoch */
  of(namespace: string, now: number): Trend {
    const points = this.#points.get(namespace);
    const last = minuteOf(now);
    for (const minute of points?.keys() ?? []) if (minute <= last - trendPoints) points?.delete(minute);
    return Array.from({ length: trendPoints }, (_, index) => points?.get(last - trendPoints + 1 + index));
  }

  #put(namespace: string, at: number, point: TrendPoint): void {
    const points = this.#points.get(namespace) ?? new Map<number, TrendPoint>();
    // What is told at the end of a minute is of that minute.
    this.#points.set(namespace, points.set(minuteOf(at - 1), point));
  }
}

export function allPerSecond({ perSecond }: Pick<RequestSample, 'perSecond'>): number {
  return Object.values(perSecond).reduce((sum, one) => sum + one, 0);
}

/** What all pods use together; undefined: of none it is known. */
export function usageOfPods({ pods }: Pick<EnvironmentLoad, 'pods'>): Pick<TrendPoint, 'cpuCores' | 'memoryBytes'> {
  const all = [...pods.values()];
  const sum = (part: 'cpuCores' | 'memoryBytes') =>
    all.length === 0 ? undefined : all.reduce((total, one) => total + one[part], 0);
  return { cpuCores: sum('cpuCores'), memoryBytes: sum('memoryBytes') };
}

function ofPast({ services }: TelemetrySample): TrendPoint {
  const sum = (values: readonly (number | undefined)[]): number | undefined => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : known.reduce((total, one) => total + one, 0);
  };
  return {
    requestsPerSecond: sum(services.map(({ requests }) => requests && allPerSecond(requests))),
    errorsPerSecond: sum(services.map(({ requests }) => requests?.perSecond['5xx'])),
    cpuCores: sum(services.map(({ cpuCores }) => cpuCores)),
    memoryBytes: sum(services.map(({ memoryBytes }) => memoryBytes)),
  };
}

/** undefined: nothing runs, and nobody asks for anything. */
function ofLoad(load: EnvironmentLoad): TrendPoint | undefined {
  const { total } = load;
  const requestsPerSecond = total && allPerSecond(total);
  if (load.pods.size === 0 && !requestsPerSecond) return undefined;
  return { requestsPerSecond, errorsPerSecond: total?.perSecond['5xx'], ...usageOfPods(load) };
}

function minuteOf(ms: number): number {
  return Math.floor(ms / minuteMs);
}
