import { historyClasses, type HistoryMark, type HistorySample, type HistoryService } from '../contract';
import { readOwnRecord } from '@coppice/host/migrateRecord';
import { historyRecord } from '../state/stateRecords';

/** What one line of a file of the history says; the first one is the file's own record. */
export type HistoryLine = { readonly sample: HistorySample } | { readonly mark: HistoryMark };

/** The first line of each file. */
export function headLine(namespace: string): string {
  return JSON.stringify({ version: historyRecord.version, namespace });
}

/**
 * Whether a first line says that the file can be gone on with.
 *
 * @throws Error in words for a person, when a newer Coppice wrote it
 */
export function isHeadLine(line: string, path: string): boolean {
  return readOwnRecord(historyRecord, line, path) !== undefined;
}

/** Arrays without names, and without the zeros at their ends: six hours of it lie on the disk. */
export function sampleLine({ at, seconds, services }: HistorySample): string {
  return JSON.stringify([
    at,
    round(seconds, 10),
    services.map(({ name, cpuCores, memoryBytes, restarts, requests }) => [
      name,
      cpuCores === undefined ? null : round(cpuCores, 1e4),
      memoryBytes === undefined ? null : Math.round(memoryBytes / 1024),
      restarts ?? null,
      ...(requests ? [trimmed(requests.byClass), trimmed(requests.durations)] : []),
    ]),
  ]);
}

export function markLine(mark: HistoryMark): string {
  const { at, kind } = mark;
  if (kind === 'restart') return JSON.stringify([at, kind, mark.service, mark.count]);
  return JSON.stringify(kind === 'update' ? [at, kind, mark.revision] : [at, kind]);
}

/** undefined: the line was torn when the machine or the cluster ended, or is nothing of ours. Never throws. */
export function parseHistoryLine(line: string): HistoryLine | undefined {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!Array.isArray(read) || !isAmount(read[0])) return undefined;
  const [at, second, third, fourth] = read as [number, ...unknown[]];
  if (second === 'update') return isAmount(third) ? { mark: { at, kind: second, revision: third } } : undefined;
  if (second === 'restart') {
    const isWhole = typeof third === 'string' && isAmount(fourth);
    return isWhole ? { mark: { at, kind: second, service: third, count: fourth } } : undefined;
  }
  if (!isAmount(second) || !Array.isArray(third)) return undefined;
  const services = third.flatMap((one) => parseService(one) ?? []);
  return services.length === third.length ? { sample: { at, seconds: second, services } } : undefined;
}

function parseService(read: unknown): HistoryService | undefined {
  if (!Array.isArray(read)) return undefined;
  const [name, cpuCores, kibibytes, restarts, byClass, durations] = read as unknown[];
  if (typeof name !== 'string') return undefined;
  const areRequests = isAmounts(byClass) && byClass.length <= historyClasses.length && isAmounts(durations);
  return {
    name,
    ...(isAmount(cpuCores) ? { cpuCores } : {}),
    ...(isAmount(kibibytes) ? { memoryBytes: kibibytes * 1024 } : {}),
    ...(isAmount(restarts) ? { restarts } : {}),
    ...(areRequests ? { requests: { byClass: historyClasses.map((_, index) => byClass[index] ?? 0), durations } } : {}),
  };
}

function trimmed(counts: readonly number[]): readonly number[] {
  return counts.slice(0, counts.findLastIndex((count) => count > 0) + 1);
}

function isAmounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isAmount);
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function round(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
