import { entryJson } from '../view/snapshotJson';
import { comparedMs, type ComparedWorktree, type WorktreeComparison, type OrReason } from './compareWorktrees';

/** Fields are added, never renamed or taken away: others build on them. What cannot be told is null, with why beside it. */
export function comparisonJson({ snapshot, base, attempts, overlaps }: WorktreeComparison): object {
  return {
    base: base ?? null,
    minutes: comparedMs / 60_000,
    worktrees: attempts.map((attempt) => attemptJson(attempt, snapshot)),
    overlaps: overlaps.map(({ path, names }) => ({ path, worktrees: names })),
  };
}

function attemptJson(
  { entry, name, work, metrics, database }: ComparedWorktree,
  snapshot: WorktreeComparison['snapshot'],
): object {
  return {
    ...{ name, ...entryJson(entry, snapshot) },
    work: valueOf(work, ({ commits, subjects, files, isCut }) => ({
      ...{ commits, subjects, isCut },
      files: files.map(({ path, added, removed, isUntracked }) => ({
        ...{ path, added: added ?? null, removed: removed ?? null, untracked: isUntracked },
      })),
    })),
    requests: valueOf(metrics, ({ services }) =>
      services.map(({ name: service, requests, restarts }) => ({ service, requests: requests ?? null, restarts })),
    ),
    database: valueOf(database, (changes) => {
      const { kind } = changes;
      if (kind !== 'changed') return { kind, ...(kind === 'unknown' ? { why: changes.reason } : {}) };
      const { rows, tables, examples, schema } = changes;
      return { kind, rows, tables, schema, examples };
    }),
  };
}

function valueOf<T>(told: OrReason<T> | undefined, toJson: (value: T) => unknown): object | null {
  if (!told) return null;
  return 'value' in told ? { value: toJson(told.value), why: null } : { value: null, why: told.reason };
}
