import type { HistorySample, HistoryService } from '../contract';

/**
 * Samples put together, one for each step of time in which there is any. Processors are a mean, memory is the most that was used: a peak
 * must not go under. A step without samples stays without.
 *
 * @param samples oldest first, after `from`; milliseconds
 */
export function inSteps(samples: readonly HistorySample[], from: number, step: number): HistorySample[] {
  const steps = new Map<number, HistorySample[]>();
  for (const sample of samples) {
    const index = Math.floor((sample.at - 1 - from) / step);
    const known = steps.get(index);
    if (known) known.push(sample);
    else steps.set(index, [sample]);
  }
  return [...steps.values()].map((all) => (all.length === 1 && all[0] ? all[0] : together(all)));
}

function together(samples: readonly HistorySample[]): HistorySample {
  const names = [...new Set(samples.flatMap(({ services }) => services.map(({ name }) => name)))];
  return {
    at: samples.at(-1)?.at ?? 0,
    seconds: samples.reduce((sum, { seconds }) => sum + seconds, 0),
    services: names.map((name) => ofService(name, samples)),
  };
}

function ofService(name: string, samples: readonly HistorySample[]): HistoryService {
  let [cpuSeconds, measured]: [number, number] = [0, 0];
  let memoryBytes: number | undefined;
  let restarts: number | undefined;
  let requests: HistoryService['requests'];
  for (const { seconds, services } of samples) {
    const one = services.find((service) => service.name === name);
    if (!one) continue;
    if (one.cpuCores !== undefined) {
      cpuSeconds += one.cpuCores * seconds;
      measured += seconds;
    }
    if (one.memoryBytes !== undefined) memoryBytes = Math.max(memoryBytes ?? 0, one.memoryBytes);
    restarts = one.restarts ?? restarts;
    if (one.requests)
      requests = {
        byClass: sums(requests?.byClass, one.requests.byClass),
        durations: sums(requests?.durations, one.requests.durations),
      };
  }
  return {
    name,
    ...(measured > 0 ? { cpuCores: cpuSeconds / measured } : {}),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(restarts === undefined ? {} : { restarts }),
    ...(requests ? { requests } : {}),
  };
}

function sums(one: readonly number[] = [], other: readonly number[]): number[] {
  const length = Math.max(one.length, other.length);
  return Array.from({ length }, (_, index) => (one[index] ?? 0) + (other[index] ?? 0));
}
