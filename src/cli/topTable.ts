import type { RequestSample, ServiceSample } from '../core/ports/telemetry';
import { formatTable, printable, usageCells } from './table';
import type { Told } from './topRounds';

export interface TopTarget {
  /** What the worktree is called in the table. */
  readonly name: string;
  readonly namespace: string;
  readonly branch: string | undefined;
  readonly path: string;
}

const columns = ['SERVICE', 'CPU', 'MEMORY', 'RESTARTS', 'REQUESTS/S', 'ERRORS/S', 'P50', 'P95'];

/** A row a service; what is not known is `-`, and below it is said why. */
export function topTable(told: readonly Told<TopTarget>[], withNames: boolean): string {
  const rows = told.flatMap(({ target, sample }) =>
    (sample?.services ?? []).map((service) => [...(withNames ? [target.name] : []), ...cellsOf(service)]),
  );
  const header = [...(withNames ? ['WORKTREE'] : []), ...columns];
  const notes = told.flatMap(({ target, sample, failure }) =>
    [failure, sample?.missing.usage, sample?.missing.requests].flatMap((note) =>
      note === undefined ? [] : printable(withNames && note === failure ? `${target.name}: ${note}` : note),
    ),
  );
  const table = rows.length === 0 ? 'No service runs.' : formatTable([header, ...rows]);
  return [table, ...new Set(notes)].join('\n');
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
  if (ms === undefined) return '-';
  return ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
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
