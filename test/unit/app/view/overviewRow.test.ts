import { describe, expect, it } from 'vitest';
import { overviewJson } from '../../../../src/app/view/overviewJson';
import { overviewColumns, overviewRows, type OverviewFacts } from '../../../../src/app/view/overviewRow';
import { Trends } from '../../../../src/app/view/trends';
import type { ClusterLoads, EnvironmentLoad, RequestSample } from '../../../../src/core/ports/telemetry';
import {
  anEntry,
  anEnvironment,
  anIdentity,
  aService,
  aSnapshot,
  aStatus,
  aWorktree,
  bareMain,
  soonAfter,
} from '../../ui/builders';

const asked: RequestSample = {
  perSecond: { '1xx': 0, '2xx': 2, '3xx': 0, '4xx': 0, '5xx': 0.5 },
  p50Ms: 4,
  p95Ms: 120.4,
};
const load: EnvironmentLoad = {
  pods: new Map([
    ['backend-1', { cpuCores: 0.25, memoryBytes: 100 * 2 ** 20 }],
    ['frontend-1', { cpuCores: 0.05, memoryBytes: 2 * 2 ** 30 }],
  ]),
  requests: new Map([['backend', asked]]),
  total: asked,
};
const loadsOf = (...namespaces: string[]): ClusterLoads => ({
  at: soonAfter,
  environments: new Map(namespaces.map((namespace) => [namespace, load])),
  missing: {},
});
const factsOf = (more: Partial<OverviewFacts> = {}): OverviewFacts => ({ now: soonAfter, ...more });
const named = (name: string, health: 'healthy' | 'degraded' | 'asleep', startedAt?: number) =>
  anEntry({
    worktree: aWorktree({ path: `/w/${name}`, branch: name }),
    identity: anIdentity({ createdAt: new Date(soonAfter - 3 * 86_400_000).toISOString() }),
    environment: anEnvironment({
      namespace: `worktree-${name}`,
      health,
      ...(startedAt === undefined ? {} : { startedAt }),
    }),
  });

describe('the rows of the overview', () => {
  it('are of environments, what needs a person first and then what was used last', () => {
    const waiting = {
      ...named('asks', 'healthy'),
      agents: [{ program: 'claude-code', session: 's', since: soonAfter - 60_000, state: 'waiting' } as const],
    };
    const entries = [
      bareMain,
      named('sleeps', 'asleep'),
      named('old', 'healthy', soonAfter - 7_200_000),
      named('new', 'healthy', soonAfter - 60_000),
      named('broken', 'degraded'),
      waiting,
    ];
    const orphan = { ...anEnvironment({ namespace: 'worktree-left', slug: 'left' }), isBeingCreated: false };
    const rows = overviewRows(aSnapshot({ entries, orphans: [orphan] }), factsOf());
    expect(rows.map(({ cells, attention, id }) => [cells.name.text, attention, id])).toEqual([
      ['asks', 'waiting', '/w/asks'],
      ['broken', 'failing', '/w/broken'],
      ['left', 'failing', 'worktree-left'],
      ['new', 'running', '/w/new'],
      ['old', 'running', '/w/old'],
      ['sleeps', 'resting', '/w/sleeps'],
    ]);
    for (const { cells } of rows) expect(Object.keys(cells).sort()).toEqual([...overviewColumns].sort());
    expect(rows[0]?.cells.agent).toMatchObject({ text: 'waits for an answer' });
  });

  it('say what is known in few signs, and in words where signs are no words', () => {
    const entry = {
      ...named('feature', 'degraded', soonAfter - 60_000),
      status: aStatus({ ahead: 1, behind: 4, changed: 1, untracked: 1, conflicts: 1 }),
    };
    const services = [aService(), aService({ name: 'frontend', pods: ['frontend-1'], health: 'degraded' })];
    const snapshot = aSnapshot({
      entries: [
        { ...entry, environment: anEnvironment({ namespace: 'worktree-feature', health: 'degraded', services }) },
      ],
    });
    const facts = factsOf({
      loads: loadsOf('worktree-feature'),
      sizes: new Map([['/w/feature', { bytes: 1.2 * 2 ** 30, isCut: true }]]),
      visits: new Map([['worktree-feature', soonAfter - 30_000]]),
    });
    const [row] = overviewRows(snapshot, facts);
    const texts = overviewColumns.map((column) => row?.cells[column].text);
    expect(texts).toEqual([
      ...['feature', 'degraded 1/2', '', '↑1 ↓4 ●2 1 conflict', '2.5/s', '20 %', '120 ms', '30 %', '2.1 GiB'],
      ...['> 1.2 GiB', 'now', '3d'],
    ]);
    expect(row?.cells.health.words).toBe('degraded, 1 of 2 services healthy');
    expect(row?.cells.branch.words).toBe('1 commit ahead, 4 commits behind, 2 changed files, 1 conflict');
    expect(row?.cells.age.words).toBe('created 3 days ago');
    const trends = new Trends();
    trends.addLoads(loadsOf('worktree-feature'));
    const [told] = overviewRows(snapshot, { ...facts, trends });
    expect(told?.cells.requests).toEqual({ text: '2.5/s', words: '2.5/s, at most 2.5/s in the last hour', order: 2.5 });
    expect(told?.cells.memory.words).toBe('2.1 GiB, at most 2.1 GiB in the last hour');
    expect(row?.cells.requests.words).toBeUndefined();
    const json = row && overviewJson(row, snapshot, facts, trends.of('worktree-feature', soonAfter), '');
    expect(json).toMatchObject({
      ...{ branch: 'feature', path: '/w/feature', namespace: 'worktree-feature', failure: null, agent: null },
      ...{ requestsPerSecond: 2.5, errorShare: 0.2, p95Ms: 120.4, cpuCores: 0.3, diskBytes: 1.2 * 2 ** 30 },
      usedAt: new Date(soonAfter - 30_000).toISOString(),
      view: { state: 'degraded', attention: 'failing' },
      services: [
        { name: 'backend', cpuCores: 0.25, restarts: 0, requests: { p95Ms: 120.4 } },
        { name: 'frontend', memoryBytes: 2 * 2 ** 30, requests: null },
      ],
    });
    expect(JSON.parse(JSON.stringify(json))).toHaveProperty('trend.requestsPerSecond.59', 2.5);
  });

  it('tell the open pull request of the branch, also where nothing else is known of it', () => {
    const entries = [
      named('feature', 'asleep'),
      { ...named('two', 'asleep'), status: undefined },
      named('x', 'asleep'),
    ];
    const checks = { passed: 0, pending: 0, failed: ['lint'] };
    const requestOf = (number: number) => ({ number, url: '', isDraft: false, checks });
    const pullRequests = new Map([
      ['feature', requestOf(12)],
      ['two', requestOf(13)],
    ]);
    const rows = overviewRows(aSnapshot({ entries }), factsOf({ pullRequests }));
    const branchOf = (name: string) => rows.find(({ cells }) => cells.name.text === name)?.cells.branch;
    expect(branchOf('feature')?.text).toMatch(/#12 ✗$/);
    expect(branchOf('feature')?.words).toMatch(/pull request 12, 1 check failed$/);
    expect(branchOf('two')).toEqual({ text: '#13 ✗', words: 'pull request 13, 1 check failed', order: undefined });
    expect(branchOf('x')?.text).not.toContain('#');
  });

  it('claim nothing of what nobody knows', () => {
    const entries = [{ ...named('feature', 'asleep'), status: undefined }];
    const [row] = overviewRows(aSnapshot({ entries }), factsOf({ loads: loadsOf('worktree-other') }));
    for (const column of ['branch', 'requests', 'errors', 'p95', 'cpu', 'memory', 'disk'] as const)
      expect(row?.cells[column], column).toMatchObject({ text: '', order: undefined });
    // Nothing was asked: there is no share of nothing.
    const still: EnvironmentLoad = {
      ...load,
      total: { ...asked, perSecond: { ...asked.perSecond, '2xx': 0, '5xx': 0 } },
    };
    const loads = { ...loadsOf(), environments: new Map([['worktree-feature', still]]) };
    const [quiet] = overviewRows(aSnapshot({ entries }), factsOf({ loads }));
    expect(quiet?.cells.requests.text).toBe('0/s');
    expect(quiet?.cells.errors.text).toBe('');
  });
});
