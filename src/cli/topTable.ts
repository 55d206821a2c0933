import { formatTable } from '../core/text/formatTable';
import { msText } from '../app/view/amounts';
import type { RequestSample, ServiceSample } from '../core/ports/telemetry';
import { printable, usageCells } from './table';
import type { Told } from './topRounds';

export interface TopTarget {
  readonly namespace: string;
  readonly branch: string | undefined;
  readonly path: string;
}

const columns = ['SERVICE', 'CPU', 'MEMORY', 'RESTARTS', 'REQUESTS/S', 'ERRORS/S', 'P50', 'P95'];

/** A row a service; what is not known is `-`, and below it is said why. */
export function topTable({ sample, failure }: Told<TopTarget>): string {
  const rows = (sample?.services ?? []).map(cellsOf);
  const notes = [failure, sample?.missing.usage, sample?.missing.requests].filter((note) => note !== undefined);
  const table = rows.length === 0 ? 'No service runs.' : formatTable([columns, ...rows]);
  return [table, ...notes.map(printable)].join('\n');
}

function cellsOf({ name, cpuCores, memoryBytes, restarts, requests }: ServiceSample): string[] {
  return [
    printable(name),
    ...usageCells({ cpuCores, memoryBytes }),
    String(restarts),
    requests ? rate(sumOf(requests)) : '-',
    requests ? rate(requests.perSecond['5xx']) : '-',
    durationText(requests?.p50Ms),
    durationText(requests?.p95Ms),
  ];
}

function sumOf({ perSecond }: RequestSample): number {
  return Object.values(perSecond).reduce((sum, one) => sum + one, 0);
}

function rate(perSecond: number): string {
  return perSecond === 0 ? '0' : perSecond.toFixed(perSecond < 10 ? 1 : 0);
}

export function durationText(ms: number | undefined): string {
  return ms === undefined ? '-' : msText(ms);
}

/** What `--json` prints. */
export function topJson(told: readonly Told<TopTarget>[]): object {
  return {
    worktrees: told.map(({ target: { branch, path, namespace }, sample, failure }) => ({
      branch: branch ?? null,
      path,
      namespace,
      failure: failure ?? null,
      at: sample ? new Date(sample.at).toISOString() : null,
      missing: { usage: sample?.missing.usage ?? null, requests: sample?.missing.requests ?? null },
      services: (sample?.services ?? []).map(({ name, cpuCores, memoryBytes, restarts, requests }) => ({
        name,
        cpuCores: cpuCores ?? null,
        memoryBytes: memoryBytes ?? null,
        restarts,
        requests: requests
          ? { perSecond: requests.perSecond, p50Ms: requests.p50Ms ?? null, p95Ms: requests.p95Ms ?? null }
          : null,
      })),
    })),
  };
}
