import type { Snapshot } from '../../core/model';
import type { EnvironmentLoad } from '../../core/ports/telemetry';
import { figuresOf, type OverviewFacts, type OverviewRow } from './overviewRow';
import type { Trend } from './trends';
import { worktreeView } from './worktreeView';

/**
 * What is said of an environment in JSON; null for what nobody knows. Fields are added, never renamed or taken away.
 *
 * @param failure why nothing is known of now; '' when it is
 */
export function overviewJson(
  row: OverviewRow,
  snapshot: Pick<Snapshot, 'cluster' | 'hasEnvironmentFile'>,
  { loads, sizes }: OverviewFacts,
  trend: Trend,
  failure: string,
): object {
  const { entry, namespace, load, cells } = row;
  const view = entry && worktreeView(entry, snapshot);
  const { status, agents = [] } = entry ?? {};
  return {
    branch: entry?.worktree.branch ?? null,
    path: entry?.worktree.path ?? null,
    namespace: namespace ?? entry?.identity?.names.namespace ?? null,
    failure: failure === '' ? null : failure,
    at: loads ? new Date(loads.at).toISOString() : null,
    missing: { usage: loads?.missing.usage ?? null, requests: loads?.missing.requests ?? null },
    services: servicesJson(row),
    view: {
      name: cells.name.text,
      state: view?.state ?? 'orphan',
      words: cells.health.text,
      why: view?.why ?? null,
      attention: row.attention,
    },
    agent: agents[0] ? { state: agents[0].state, words: cells.agent.text, count: agents.length } : null,
    status: status
      ? {
          ...{ ahead: status.ahead, behind: status.behind, conflicts: status.conflicts },
          ...{ changed: status.changed, untracked: status.untracked },
        }
      : null,
    ...known({ ...figuresOf(load) }),
    diskBytes: entry ? (sizes?.get(entry.worktree.path)?.bytes ?? null) : null,
    ...known({ usedAt: timeOf(cells.used.order), createdAt: entry?.identity?.createdAt }),
    trend: {
      minutes: trend.length,
      requestsPerSecond: trend.map((point) => point?.requestsPerSecond ?? null),
      errorsPerSecond: trend.map((point) => point?.errorsPerSecond ?? null),
      cpuCores: trend.map((point) => point?.cpuCores ?? null),
      memoryBytes: trend.map((point) => point?.memoryBytes ?? null),
    },
  };
}

/** As the snapshot knows them, with what their pods use. */
function servicesJson({ entry, load }: OverviewRow): object[] {
  return (entry?.environment?.services ?? []).map(({ name, pods, restarts }) => {
    const requests = load?.requests.get(name);
    return {
      name,
      ...known(usageOfSome(load, pods)),
      restarts,
      requests: requests
        ? { perSecond: requests.perSecond, p50Ms: requests.p50Ms ?? null, p95Ms: requests.p95Ms ?? null }
        : null,
    };
  });
}

function usageOfSome(load: EnvironmentLoad | undefined, names: readonly string[]) {
  const used = names.flatMap((name) => load?.pods.get(name) ?? []);
  const sum = (part: 'cpuCores' | 'memoryBytes') =>
    used.length === 0 ? undefined : used.reduce((total, one) => total + one[part], 0);
  return { cpuCores: sum('cpuCores'), memoryBytes: sum('memoryBytes') };
}

function known(values: Readonly<Record<string, string | number | undefined>>): Record<string, string | number | null> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? null]));
}

function timeOf(order: number | string | undefined): string | undefined {
  return typeof order === 'number' ? new Date(-order).toISOString() : undefined;
}
