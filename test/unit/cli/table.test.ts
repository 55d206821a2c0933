import { formatTable } from '../../../src/core/text/formatTable';
import { expect, it } from 'vitest';
import { environmentOf } from '../../../src/cli/context';
import { entryJson } from '../../../src/app/view/snapshotJson';
import { clusterNotes, printable, worktreeTable } from '../../../src/cli/table';
import type { UnclaimedEnvironment, Snapshot, WorktreeEntry } from '../../../src/core/model';
import { anEntry, anEnvironment, aSnapshot, aWorktree } from '../ui/builders';

it('makes columns as wide as they must be, by characters and not by code units', () => {
  const rows = [
    ['NAME', 'STATUS', 'CHANGES'],
    ['🌳🌳🌳', 'Healthy', ''],
    ['a', '-', '↑1'],
  ];
  expect(formatTable(rows)).toBe('NAME  STATUS   CHANGES\n🌳🌳🌳   Healthy\na     -        ↑1');
  expect(formatTable([])).toBe('');
});

it.each([
  ['plain ünïcode 🌳', 'plain ünïcode 🌳'],
  ['\u001b[31mred\u0007', 'red\\u{7}'],
  ['cut off\u001b', 'cut off\\u{1b}'],
  ['a\u202eb\u200b', 'a\\u{202e}b\\u{200b}'],
  ['line\nbreak', 'line\\u{a}break'],
  ['\u001b[1;31mred\u001b[0m', 'red'],
  ['a\u001b[2Jb\u001b]0;title\u0007c', 'abc'],
])('prints %j without what would move the cursor', (text, printed) => {
  expect(printable(text)).toBe(printed);
});

const worktree: WorktreeEntry['worktree'] = {
  path: '/code/app.worktrees/topic',
  gitDir: '/code/app/.git/worktrees/topic',
  isMain: false,
  branch: 'topic',
  head: '0123456789',
  locked: undefined,
  prunable: undefined,
};
const bare: WorktreeEntry = { worktree, status: undefined, identity: undefined, environment: undefined };
const snapshot: Snapshot = {
  repository: undefined,
  hasEnvironmentFile: true,
  entries: [bare],
  cluster: { state: 'offline', reason: 'the cluster does not answer', since: '2026-01-01T00:00:00Z' },
  orphans: [],
};

it('does not speak of a cluster that nothing was ever made in', () => {
  expect(clusterNotes(snapshot)).toEqual([]);
  expect(worktreeTable(snapshot)).toBe('NAME   STATUS          BRANCH  CHANGES\ntopic  No environment  topic');
  const without = { ...snapshot, hasEnvironmentFile: false };
  expect(worktreeTable(without)).toBe('NAME   STATUS  BRANCH  CHANGES\ntopic  -       topic');
});

it('shows a detached head by its commit, a lost folder as gone, and an orphan without a worktree', () => {
  const gone: WorktreeEntry = { ...bare, worktree: { ...worktree, branch: undefined, prunable: 'gone' } };
  const orphan: UnclaimedEnvironment = {
    isBeingCreated: false,
    repositoryId: 'r',
    worktreeId: 'w',
    namespace: 'worktree-old',
    slug: 'old',
    ref: 'refs/heads/old',
    folder: '/gone',
    database: undefined,
    health: 'healthy',
    terminating: false,
    services: [],
  };
  const table = worktreeTable({ ...snapshot, entries: [gone], cluster: { state: 'online' }, orphans: [orphan] });
  expect(table.split('\n')).toEqual([
    'NAME   STATUS          BRANCH         CHANGES',
    'topic  Folder is gone  (0123456)',
    'old    Orphan          (no worktree)',
  ]);
});

it('tells a worktree whose record cannot be read from one without an environment, with what to do', () => {
  const damaged = '/code/coppice.json cannot be understood: it is no JSON. Repair it, or delete it.';
  const [table = '', note] = worktreeTable({ ...snapshot, entries: [{ ...bare, damaged }] }).split('\n\n');
  expect(table.split('\n')[1]).toBe('topic  Record cannot be read  topic');
  expect(note).toBe(damaged);
  expect(entryJson({ ...bare, damaged }, snapshot)).toMatchObject({ damaged, environment: null });
  expect(() => environmentOf({ ...bare, damaged }, snapshot)).toThrow(damaged);
});

it('says below the table that the cluster is outdated, and how it is restarted', () => {
  const outdatedCluster = { running: '0.1.0', own: '0.2.0' };
  const [, , note] = worktreeTable({ ...snapshot, cluster: { state: 'online' }, outdatedCluster })
    .split('\n')
    .slice(-3);
  expect(note).toBe(
    'The embedded cluster still runs version 0.1.0; restarted, it is 0.2.0. Restart it: coppice cluster stop && coppice cluster start',
  );
});

it('says what environments use, where anybody tells that of one', () => {
  const entries = ['a', 'b'].map((branch) =>
    anEntry({
      worktree: aWorktree({ branch, path: `/${branch}` }),
      identity: undefined,
      environment: anEnvironment({ namespace: `worktree-${branch}`, services: [] }),
      status: undefined,
    }),
  );
  const all = aSnapshot({ entries });
  const usages = new Map([['worktree-a', { cpuCores: 0.254, memoryBytes: 300.4 * 2 ** 20 }]]);
  expect(worktreeTable(all, usages).split('\n')).toEqual([
    'NAME  STATUS   CPU   MEMORY   BRANCH  CHANGES',
    'a     Healthy  0.25  300 MiB  a',
    'b     Healthy  -     -        b',
  ]);
  expect(worktreeTable(all, new Map()).split('\n')[0]).toBe('NAME  STATUS   BRANCH  CHANGES');
});
