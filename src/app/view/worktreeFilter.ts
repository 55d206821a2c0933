import type { Snapshot, WorktreeEntry } from '../../core/model';
import { plural } from '../../core/text/plural';
import { hasBegun, isFailing } from './attention';

/** What a person may want to see alone. `changed`: what is nowhere but there, not committed or not pushed. */
export const worktreeFilters = ['failing', 'waiting', 'environment', 'agents', 'changed'] as const;

export type WorktreeFilter = (typeof worktreeFilters)[number];

const words: Readonly<Record<WorktreeFilter, string>> = {
  failing: 'those that fail',
  waiting: 'those in which an agent waits for you',
  environment: 'those with an environment',
  agents: 'those with an agent',
  changed: 'those with changes that are not committed or not pushed',
};

/** @param filter undefined: all pass */
export function filterWorktrees(
  snapshot: Pick<Snapshot, 'cluster' | 'entries'>,
  filter: WorktreeFilter | undefined,
): readonly WorktreeEntry[] {
  if (filter === undefined) return snapshot.entries;
  const passes: Readonly<Record<WorktreeFilter, (entry: WorktreeEntry) => boolean>> = {
    failing: (entry) => isFailing(entry, snapshot),
    waiting: ({ agents }) => agents?.some(({ state }) => state === 'waiting') === true,
    environment: hasBegun,
    agents: ({ agents }) => agents !== undefined,
    changed: ({ status }) =>
      status !== undefined && status.changed + status.untracked + status.conflicts + status.ahead > 0,
  };
  return snapshot.entries.filter(passes[filter]);
}

/** `2 of 30 worktrees: those that fail` */
export function filterText(filter: WorktreeFilter, passed: number, of: number): string {
  return `${passed} of ${plural(of, 'worktree')}: ${words[filter]}`;
}
