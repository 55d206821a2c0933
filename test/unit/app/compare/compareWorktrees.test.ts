import { describe, expect, it } from 'vitest';
import { comparisonJson } from '../../../../src/app/compare/comparisonJson';
import { comparisonRows, fileRows, overlapText } from '../../../../src/app/compare/comparisonRows';
import {
  compareWorktrees,
  type WorktreeComparison,
  type CompareWorktreesPorts,
} from '../../../../src/app/compare/compareWorktrees';
import { AppError } from '../../../../src/core/errors';
import type { FileSince } from '../../../../src/core/ports/worktreeChanges';
import { anEntry, aService, aSnapshot, aWorktree, anEnvironment, offline } from '../../ui/builders';

const run = { signal: new AbortController().signal, report: () => undefined };
const file = (path: string, added?: number, removed?: number): FileSince => ({
  ...{ path, added, removed, isUntracked: added === undefined },
});
const [one, two, three] = ['one', 'two', 'three'].map((branch) =>
  anEntry({
    worktree: aWorktree({ branch, path: `/w/${branch}` }),
    ...(branch === 'three' ? { environment: undefined, identity: undefined } : {}),
  }),
);
const entries = [one, two, three].flatMap((entry) => entry ?? []);
const files: Record<string, FileSince[]> = {
  '/w/one': [file('a.ts', 3, 1), file('b.ts', 1, 0)],
  '/w/two': [file('a.ts', 5, 0), file('new.txt')],
  '/w/three': [],
};
const requests = { '1xx': 0, '2xx': 7, '3xx': 0, '4xx': 1, '5xx': 2 };

const ports = (change: Partial<CompareWorktreesPorts> = {}): CompareWorktreesPorts => ({
  changes: {
    commonCommit: async () => 'abc',
    since: async ({ path }) => ({ commits: 2, subjects: ['s'], files: files[path] ?? [], isCut: false }),
  },
  metrics: async () => ({
    ...{ fromMs: 0, toMs: 1, knownMs: 1, marks: [] },
    services: [{ name: 'backend', requests, p50Ms: 1, p95Ms: 1, cpuCores: 1, memoryBytes: 1, restarts: 4 }],
  }),
  databases: async () => ({
    changes: async () => ({ kind: 'changed', rows: 12, tables: 3, examples: [], schema: true }),
  }),
  ...change,
});
const compare = (
  change?: Partial<CompareWorktreesPorts>,
  paths = ['/w/one', '/w/two', '/w/three'],
  snapshot = aSnapshot({ entries }),
): Promise<WorktreeComparison> => compareWorktrees(ports(change), 50)({ snapshot, paths }, run);
const rowOf = (comparison: WorktreeComparison, title: string): readonly string[] | undefined =>
  comparisonRows(comparison)
    .find(([first]) => first === title)
    ?.slice(1);

describe('worktrees side by side', () => {
  it('have a cell each for what is told of them', async () => {
    const comparison = await compare();
    expect(comparisonRows(comparison)).toEqual([
      ['', 'one', 'two', 'three'],
      ['status', '1/1 healthy', '1/1 healthy', 'no environment'],
      ['commits', '2', '2', '2'],
      ['files', '2 (+4 -1)', '2 (+5 -0, 1 new)', '0 (+0 -0)'],
      ['requests', '10', '10', ''],
      ['errors', '2 of 5xx, 1 of 4xx', '2 of 5xx, 1 of 4xx', ''],
      ['restarts', '4', '4', ''],
      ['database', '12 rows in 3 tables, its schema changed', '12 rows in 3 tables, its schema changed', ''],
    ]);
    expect(fileRows(comparison)).toEqual({
      rows: [
        ['a.ts', '+3 -1', '+5 -0', ''],
        ['b.ts', '+1 -0', '', ''],
        ['new.txt', '', 'new', ''],
      ],
      left: 0,
    });
  });

  it('are warned of where several have changed a file', async () => {
    const comparison = await compare();
    expect(comparison.overlaps).toEqual([{ path: 'a.ts', names: ['one', 'two'] }]);
    expect(overlapText(comparison)).toMatch(/^Changed in more than one: a\.ts \(one, two\)\. /);
    expect(overlapText(await compare(undefined, ['/w/one', '/w/three']))).toBeUndefined();
  });

  it('say what cannot be told, and why, and wait for nothing that does not answer', async () => {
    const never = <T>(signal: AbortSignal): Promise<T> =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    const comparison = await compare({
      metrics: async () => Promise.reject(new AppError('notConfigured', 'This cluster keeps nothing.')),
      databases: async () => ({ changes: (_, signal) => (signal ? never(signal) : Promise.resolve(undefined)) }),
    });
    expect([rowOf(comparison, 'requests'), rowOf(comparison, 'database')]).toEqual([
      ['?', '?', ''],
      ['?', '?', ''],
    ]);
    expect(JSON.parse(JSON.stringify(comparisonJson(comparison)))).toMatchObject({
      base: 'abc',
      worktrees: [
        {
          name: 'one',
          branch: 'one',
          requests: { value: null, why: 'This cluster keeps nothing.' },
          database: { why: 'no answer came in time' },
        },
        {},
        { name: 'three', requests: null, database: null, work: { value: { commits: 2 } } },
      ],
      overlaps: [{ path: 'a.ts', worktrees: ['one', 'two'] }],
    });
  });

  it('ask nothing of a cluster that is away, and are told without a common commit', async () => {
    const asked: string[] = [];
    const comparison = await compare(
      {
        metrics: async (repository) => (asked.push(repository), Promise.reject(new AppError('bug', 'asked'))),
        changes: { ...ports().changes, commonCommit: async () => undefined },
      },
      undefined,
      aSnapshot({ entries, cluster: offline }),
    );
    expect([asked, rowOf(comparison, 'commits'), comparison.overlaps]).toEqual([[], ['?', '?', '?'], []]);
  });

  it('ask for a database server once, and a service of each once', async () => {
    const asked = { databases: 0, changes: 0, metrics: 0, since: 0, common: 0 };
    const { databases, metrics, changes } = ports();
    await compare({
      databases: async (...given) => {
        asked.databases += 1;
        const opened = await databases(...given);
        return { changes: (...which) => ((asked.changes += 1), opened.changes(...which)) };
      },
      metrics: (...given) => ((asked.metrics += 1), metrics(...given)),
      changes: {
        commonCommit: (...given) => ((asked.common += 1), changes.commonCommit(...given)),
        since: (...given) => ((asked.since += 1), changes.since(...given)),
      },
    });
    expect(asked).toEqual({ databases: 1, changes: 2, metrics: 2, since: 3, common: 1 });
  });

  it('say of each database why its server cannot be asked', async () => {
    const comparison = await compare({
      databases: async () => Promise.reject(new AppError('unreachable', 'the database server does not run')),
    });
    expect(comparison.attempts.map(({ database }) => database)).toEqual([
      { reason: 'the database server does not run' },
      { reason: 'the database server does not run' },
      undefined,
    ]);
  });

  it('need two, and ones that are there', async () => {
    await expect(compare({}, ['/w/one', '/w/one'])).rejects.toMatchObject({ code: 'invalidInput' });
    await expect(compare({}, ['/w/one', '/w/none'])).rejects.toMatchObject({ code: 'notFound' });
  });

  it('show the health of each', async () => {
    const services = [aService({ health: 'degraded', state: 'CrashLoopBackOff' }), aService({ name: 'web' })];
    const broken = { ...entries[1], environment: anEnvironment({ health: 'degraded', services }) };
    const comparison = await compare(
      {},
      ['/w/one', '/w/two'],
      aSnapshot({ entries: [entries[0], { ...anEntry(), ...broken }].flatMap((each) => each ?? []) }),
    );
    expect(rowOf(comparison, 'status')?.[1]).toMatch(/^1\/2 /);
  });
});
