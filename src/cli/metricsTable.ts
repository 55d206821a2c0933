import { formatTable } from '../core/text/formatTable';
import type { EnvironmentMetrics, ServiceMetrics } from '../app/telemetry/environmentMetrics';
import type { TelemetryMark } from '../core/ports/telemetry';
import { printable, usageCells } from './table';
import { durationText } from './topTable';

const columns = ['SERVICE', 'REQUESTS', '4XX', '5XX', 'ERROR RATE', 'P50', 'P95', 'CPU', 'MEMORY', 'RESTARTS'];

/** A row a service; of how much of the time anything is known stands below it. */
export function metricsTable(metrics: EnvironmentMetrics): string {
  const { services, knownMs, fromMs, toMs } = metrics;
  if (services.length === 0) return 'Nothing ran in that time, or the cluster did not.';
  const table = formatTable([columns, ...services.map(cellsOf)]);
  const known = Math.min(Math.ceil(knownMs / 60_000), Math.round((toMs - fromMs) / 60_000));
  const updates = metrics.marks.filter(({ kind }) => kind === 'update').length;
  const note = `Known of ${known} of the last ${Math.round((toMs - fromMs) / 60_000)} minutes.`;
  return [table, updates > 0 ? `${note} Installed or updated: ${updates}.` : note].join('\n');
}

function cellsOf({ name, requests, p50Ms, p95Ms, cpuCores, memoryBytes, restarts }: ServiceMetrics): string[] {
  const all = requests && sumOf(requests);
  const errors = requests?.['5xx'] ?? 0;
  return [
    printable(name),
    ...(requests ? [String(all), String(requests['4xx']), String(errors)] : ['-', '-', '-']),
    all === undefined || all === 0 ? '-' : `${((errors / all) * 100).toFixed(1)} %`,
    ...[durationText(p50Ms), durationText(p95Ms)],
    ...usageCells({ cpuCores, memoryBytes }),
    String(restarts),
  ];
}

function sumOf(requests: NonNullable<ServiceMetrics['requests']>): number {
  return Object.values(requests).reduce((sum, one) => sum + one, 0);
}

/** What `--json` prints. */
export function metricsJson(
  { branch, path, namespace }: { branch: string | undefined; path: string; namespace: string },
  { fromMs, toMs, knownMs, services, marks }: EnvironmentMetrics,
): object {
  return {
    ...{ branch: branch ?? null, path, namespace },
    ...{ from: timeOf(fromMs), to: timeOf(toMs), knownSeconds: Math.round(knownMs / 1000) },
    services: services.map(({ name, requests, p50Ms, p95Ms, cpuCores, memoryBytes, restarts }) => ({
      name,
      requests: requests ? { total: sumOf(requests), ...requests } : null,
      errorRate: requests && sumOf(requests) > 0 ? requests['5xx'] / sumOf(requests) : null,
      ...{ p50Ms: p50Ms ?? null, p95Ms: p95Ms ?? null },
      ...{ cpuCores: cpuCores ?? null, memoryBytes: memoryBytes ?? null, restarts },
    })),
    marks: marks.map(({ at, ...mark }: TelemetryMark) => ({ at: timeOf(at), ...mark })),
  };
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
