import { describe, expect, it } from 'vitest';
import {
  lastActivity,
  orderWorktrees,
  type WorktreeOrder,
  type WorktreeSort,
} from '../../../../src/app/view/worktreeOrder';
import type { WorktreeEntry } from '../../../../src/core/model';
import { anEntry, anEnvironment, anIdentity, aSnapshot, aStatus, aWorktree, bareMain } from '../../ui/builders';

function named(branch: string, change: Partial<WorktreeEntry> = {}): WorktreeEntry {
  return anEntry({ worktree: aWorktree({ branch, path: `/repo.worktrees/${branch}` }), ...change });
}

const without = { environment: undefined, identity: undefined };
const bare = (branch: string): WorktreeEntry => named(branch, without);
const committedAt = (date: string): Partial<WorktreeEntry> => ({
  status: aStatus({ lastCommit: { id: '0123456', subject: 'x', date } }),
  identity: anIdentity({ createdAt: '2020-01-01T00:00:00Z' }),
});

function order(
  entries: readonly WorktreeEntry[],
  ofWindow?: WorktreeEntry,
  sort?: WorktreeSort,
  other: WorktreeOrder = {},
): string[][] {
  const { shown, grouped } = orderWorktrees(aSnapshot({ entries }), ofWindow, { sort, ...other });
  return [shown, grouped].map((some) => some.map(({ worktree }) => worktree.branch ?? ''));
}

const failing = named('z-failing', { environment: anEnvironment({ health: 'degraded' }) });
const resting = named('a-resting', { environment: anEnvironment({ health: 'asleep' }) });

describe('the order of worktrees', () => {
  it('is the window, what fails, what runs, what rests, and what has nothing', () => {
    const entries = [bareMain, bare('b'), resting, named('c'), named('window'), failing];
    expect(order(entries, entries[4])[0]).toEqual(['window', 'z-failing', 'c', 'a-resting', 'main', 'b']);
  });

  it('is by what was worked at last, and then as a person counts', () => {
    const old = named('a', committedAt('2026-01-01T10:00:00+02:00'));
    const young = named('b', committedAt('2026-01-01T09:00:00Z'));
    expect(order([old, young])[0]).toEqual(['b', 'a']);
    expect(order([named('task-12'), named('task-4')])[0]).toEqual(['task-4', 'task-12']);
    expect(order([bare('task-12'), bare('task-4')])[0]).toEqual(['task-4', 'task-12']);
  });

  it('can be by name or by activity alone, with the window first still', () => {
    const window = named('m', committedAt('2020-01-01T00:00:00Z'));
    const entries = [
      { ...failing, ...committedAt('2026-01-01T00:00:00Z') },
      named('x', committedAt('2026-01-02T00:00:00Z')),
      window,
    ];
    expect(order(entries, window, 'name')[0]).toEqual(['m', 'x', 'z-failing']);
    expect(order(entries, window, 'activity')[0]).toEqual(['m', 'x', 'z-failing']);
    expect(order(entries, window, 'attention')[0]).toEqual(['m', 'z-failing', 'x']);
  });

  it('can be by memory: what nobody tells of comes after, by what was worked at last', () => {
    const using = (branch: string): WorktreeEntry =>
      named(branch, { environment: anEnvironment({ namespace: `worktree-${branch}` }) });
    const told = new Map([
      ['worktree-small', 1],
      ['worktree-large', 2 ** 30],
      ['worktree-none', 0],
    ]);
    const memoryOf = (namespace: string): number | undefined => told.get(namespace);
    const entries = [bareMain, using('untold'), ...['none', 'small', 'large'].map(using)];
    const [shown] = order(entries, undefined, 'memory', { memoryOf });
    expect(shown).toEqual(['large', 'small', 'none', 'untold', 'main']);
  });

  it('groups none where it is told not to', () => {
    const entries = [bareMain, failing, ...['a', 'b', 'c', 'd', 'e'].map(bare)];
    expect(order(entries, undefined, 'name', { isGrouping: false })).toEqual([
      ['a', 'b', 'c', 'd', 'e', 'main', 'z-failing'],
      [],
    ]);
  });

  it('groups those without an environment where there are at least four', () => {
    const some = ['d', 'c', 'b'].map(bare);
    expect(order([bareMain, failing, ...some])[1]).toEqual([]);
    expect(order([bareMain, failing, ...some, bare('a')])).toEqual([
      ['z-failing', 'main'],
      ['a', 'b', 'c', 'd'],
    ]);
  });

  it('groups neither where nothing has an environment, nor the worktree of the window', () => {
    const some = ['a', 'b', 'c', 'd', 'e'].map(bare);
    expect(order([bareMain, ...some])[1]).toEqual([]);
    expect(order([bareMain, failing, ...some], some[1])).toEqual([
      ['b', 'z-failing', 'main'],
      ['a', 'c', 'd', 'e'],
    ]);
  });
});

describe('the last activity', () => {
  it('is the latest of the commit, the create and the pods', () => {
    const commit = committedAt('2026-01-01T00:00:00Z');
    expect(lastActivity(named('a', commit))).toBe(Date.UTC(2026, 0, 1));
    const startedAt = Date.UTC(2026, 0, 2);
    expect(lastActivity(named('a', { ...commit, environment: anEnvironment({ startedAt }) }))).toBe(startedAt);
    const identity = anIdentity({ createdAt: '2026-01-03T00:00:00Z' });
    expect(lastActivity(named('a', { ...commit, identity }))).toBe(Date.UTC(2026, 0, 3));
    expect(lastActivity(bare('a'))).toBeUndefined();
  });
});
