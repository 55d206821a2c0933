import { expect, it } from 'vitest';
import { filterText, filterWorktrees, type WorktreeFilter } from '../../../../src/app/view/worktreeFilter';
import type { WorktreeEntry } from '../../../../src/core/model';
import { anEntry, anEnvironment, aSnapshot, aStatus, aWorktree, bareMain, offline } from '../../ui/builders';

function named(branch: string, change: Partial<WorktreeEntry> = {}): WorktreeEntry {
  return anEntry({ worktree: aWorktree({ branch, path: `/repo.worktrees/${branch}` }), ...change });
}

const agent = { program: 'claude-code', session: 's', since: 5 } as const;
const without = { environment: undefined, identity: undefined };
const entries = [
  bareMain,
  named('well'),
  named('failing', { environment: anEnvironment({ health: 'degraded' }) }),
  named('asks', { ...without, agents: [{ ...agent, state: 'waiting' }] }),
  named('works', { ...without, agents: [{ ...agent, state: 'working' }] }),
  named('edited', { ...without, status: aStatus({ untracked: 1 }) }),
  named('unpushed', { ...without, status: aStatus({ ahead: 1 }) }),
  named('unread', { ...without, status: undefined }),
];

it.each<[WorktreeFilter, string[]]>([
  ['failing', ['failing']],
  ['waiting', ['asks']],
  ['environment', ['well', 'failing']],
  ['agents', ['asks', 'works']],
  ['changed', ['edited', 'unpushed']],
])('shows those alone that are %s', (filter, expected) => {
  const left = filterWorktrees(aSnapshot({ entries }), filter);
  expect(left.map(({ worktree }) => worktree.branch)).toEqual(expected);
});

it('shows all without a filter, and keeps what failed last while the cluster is away', () => {
  expect(filterWorktrees(aSnapshot({ entries }), undefined)).toBe(entries);
  expect(filterWorktrees(aSnapshot({ entries, cluster: offline }), 'failing')).toHaveLength(1);
});

it('says how many it leaves, and which', () => {
  expect(filterText('failing', 1, 1)).toBe('1 of 1 worktree: those that fail');
  expect(filterText('agents', 0, 30)).toBe('0 of 30 worktrees: those with an agent');
});
