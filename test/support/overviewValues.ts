import { overviewRows, type OverviewFacts } from '../../src/app/view/overviewRow';
import { Trends } from '../../src/app/view/trends';
import type { EnvironmentLoad, RequestSample, TelemetrySample } from '../../src/core/ports/telemetry';
import { columnsMessage, rowsMessage, trendView } from '../../src/ui/overview/overviewMessages';
import type { ToOverview } from '../../webview/overviewProtocol';
import {
  anEntry,
  anEnvironment,
  anIdentity,
  aService,
  aSnapshot,
  aStatus,
  aWorktree,
  soonAfter,
} from '../unit/ui/builders';

const mib = 2 ** 20;
const asked = (perSecond: number, failing: number): RequestSample => ({
  perSecond: { '1xx': 0, '2xx': perSecond - failing, '3xx': 0, '4xx': 0, '5xx': failing },
  p50Ms: 4,
  p95Ms: 20 + perSecond * 3,
});
const healths = ['healthy', 'healthy', 'healthy', 'degraded', 'asleep', 'progressing'] as const;

/** So many environments, of each sort some. @param turn figures of another moment */
export function manyEnvironments(count: number, turn = 0) {
  const entries = Array.from({ length: count }, (_, index) => {
    const health = healths[index % healths.length] ?? 'healthy';
    const namespace = `worktree-task-${index}`;
    const services = ['frontend', 'backend', 'worker'].map((name) =>
      aService({ name, pods: [`${name}-1`], ...(health === 'degraded' && name === 'backend' ? { health } : {}) }),
    );
    const agent = { program: 'claude-code', session: `${index}`, since: soonAfter - index * 60_000 } as const;
    return {
      ...anEntry({
        worktree: aWorktree({ path: `/repo.worktrees/task-${index}`, branch: `feature/task-${index}` }),
        identity: anIdentity({ createdAt: new Date(soonAfter - index * 3_600_000).toISOString() }),
        environment: anEnvironment({ namespace, health, services, startedAt: soonAfter - index * 600_000 }),
        status: aStatus({ ahead: index % 3, behind: index % 5, changed: index % 4 }),
      }),
      ...(index % 4 === 1 ? { agents: [{ ...agent, state: 'working' } as const] } : {}),
      ...(index % 17 === 2 ? { agents: [{ ...agent, state: 'waiting', wait: 'permission' } as const] } : {}),
    };
  });
  const environments = new Map<string, EnvironmentLoad>();
  const past = new Map<string, TelemetrySample[]>();
  const trends = new Trends();
  for (let index = 0; index < count; index++) {
    if (healths[index % healths.length] === 'asleep') continue;
    const at = (minute: number): number => Math.abs(Math.sin(minute / 9 + index)) * (index + 1);
    const failing = (minute: number): number => (index % 6 === 3 && minute > 40 ? at(minute) / 3 : 0);
    const requests = asked(at(60 + turn), failing(60));
    environments.set(`worktree-task-${index}`, {
      pods: new Map([['backend-1', { cpuCores: at(60 + turn) / 40, memoryBytes: (60 + index * 7 + turn) * mib }]]),
      requests: new Map([['backend', requests]]),
      total: requests,
    });
    past.set(
      `worktree-task-${index}`,
      Array.from({ length: 60 }, (_, minute) => ({ minute, at: soonAfter - (59 - minute) * 60_000 }))
        .filter(({ minute }) => index % 5 !== 0 || minute < 20 || minute > 30)
        .map(({ minute, at: time }) => ({
          ...{ at: time, missing: {} },
          services: [
            {
              ...{ name: 'backend', cpuCores: at(minute) / 40, memoryBytes: (60 + index * 7) * mib, restarts: 0 },
              requests: asked(at(minute), failing(minute)),
            },
          ],
        })),
    );
  }
  trends.addPast(past);
  const snapshot = aSnapshot({ entries });
  const facts: OverviewFacts = {
    now: soonAfter,
    loads: { at: soonAfter, environments, missing: {} },
    sizes: new Map(
      entries.map(({ worktree }, index) => [worktree.path, { bytes: (index + 1) * 90 * mib, isCut: false }]),
    ),
    visits: new Map(),
    trends,
  };
  return { snapshot, facts, trends };
}

type Many = ReturnType<typeof manyEnvironments>;

/** What the extension tells its page of them. */
export function rowsOfMany({ snapshot, facts }: Many): ToOverview {
  const rows = overviewRows(snapshot, facts);
  return rowsMessage({ rows, snapshot, facts, failure: '', ofWindow: '/repo.worktrees/task-1' });
}

export function overviewMessages(many: Many): readonly ToOverview[] {
  const trends = many.snapshot.entries.map(({ worktree, environment }) =>
    trendView(worktree.path, many.trends.of(environment?.namespace ?? '', soonAfter)),
  );
  return [columnsMessage, rowsOfMany(many), { type: 'trends', trends }];
}
