import { historyClasses, type HistorySample, type HistoryService } from '../contract';
import type { ServiceRequests } from '../gateway/requestCounts';

/** What a container's processes have used so far. */
export interface ContainerReading {
  readonly service: string;
  /** The same for as long as it is the same run. */
  readonly run: string;
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}

/** The counters of one environment at one moment. */
export interface Reading {
  /** Of a clock that only goes on. Milliseconds */
  readonly clock: number;
  /** How often containers were started again, by service that has pods. */
  readonly restarts: ReadonlyMap<string, number>;
  /** undefined: the system does not tell. */
  readonly containers: readonly ContainerReading[] | undefined;
  readonly requests: readonly Pick<ServiceRequests, 'service' | 'requests' | 'latency'>[];
}

/** What happened between two moments; undefined: nothing runs, and nobody has asked for anything. @param at milliseconds since the epoch */
export function between(before: Reading, after: Reading, at: number): HistorySample | undefined {
  const seconds = Math.max(after.clock - before.clock, 1) / 1000;
  const asked = new Map(
    after.requests.map((now) => {
      const then = before.requests.find(({ service }) => service === now.service);
      return [now.service, requestsSince(then, now)] as const;
    }),
  );
  const wereAsked = [...asked].filter(([, { byClass }]) => byClass.some((count) => count > 0)).map(([name]) => name);
  const names = [...new Set([...after.restarts.keys(), ...wereAsked])].sort();
  if (names.length === 0) return undefined;
  const services = names.map((name): HistoryService => {
    const restarts = after.restarts.get(name);
    const requests = asked.get(name);
    return {
      name,
      ...usageOf(name, before, after, seconds),
      ...(restarts === undefined ? {} : { restarts }),
      ...(requests ? { requests } : {}),
    };
  });
  return { at, seconds, services };
}

/** How many containers of each service were started again meanwhile. Pods that others took the place of count from nothing. */
export function restartsBetween(before: Reading, after: Reading): [service: string, count: number][] {
  return [...after.restarts].flatMap(([service, now]): [string, number][] => {
    const then = before.restarts.get(service) ?? 0;
    return now > then ? [[service, now - then]] : [];
  });
}

function usageOf(
  name: string,
  before: Reading,
  after: Reading,
  seconds: number,
): Pick<HistoryService, 'cpuCores' | 'memoryBytes'> {
  const own = after.containers?.filter(({ service }) => service === name) ?? [];
  if (own.length === 0) return {};
  let [cpuSeconds, memoryBytes] = [0, 0];
  for (const now of own) {
    const then = before.containers?.find(({ run }) => run === now.run);
    // Of a process that was counted and has ended, what it used goes with it.
    cpuSeconds += Math.max(0, now.cpuSeconds - (then?.cpuSeconds ?? 0));
    memoryBytes += now.memoryBytes;
  }
  return { cpuCores: cpuSeconds / seconds, memoryBytes };
}

type Counted = Pick<ServiceRequests, 'requests' | 'latency'>;

/** A counter that is lower than before began anew: its service was made again. */
function requestsSince(before: Counted | undefined, after: Counted): { byClass: number[]; durations: number[] } {
  const [then, now] = [classesOf(before), classesOf(after)];
  const isAnew = now.some((count, index) => count < (then[index] ?? 0));
  const less = (counts: readonly number[], earlier: readonly number[]): number[] =>
    counts.map((count, index) => count - (isAnew ? 0 : (earlier[index] ?? 0)));
  return { byClass: less(now, then), durations: less(after.latency.buckets, before?.latency.buckets ?? []) };
}

function classesOf(counted: Counted | undefined): number[] {
  const sums = historyClasses.map(() => 0);
  for (const { code, count } of counted?.requests ?? []) {
    const index = Number(code[0]) - 1;
    if (index in sums) sums[index] = (sums[index] ?? 0) + count;
  }
  return sums;
}
