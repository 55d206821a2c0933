import { AppError } from '../../core/errors';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import type { Paths } from '../../core/ports/host';

/**
 * The folder of the worktree that is meant, which may be gone; or what finds it in a snapshot, for whoever knows it by a name: the snapshot
 * is read once then.
 */
export type WantedWorktree = string | ((snapshot: Snapshot) => string);

/** The worktree that is meant; where none is, the one that `folder` lies in. @throws notFound, and what `wanted` throws */
export function entryAt(
  { contains }: Pick<Paths, 'contains'>,
  snapshot: Snapshot,
  folder: string,
  wanted: WantedWorktree | undefined,
): WorktreeEntry {
  const { entries } = snapshot;
  const path = typeof wanted === 'function' ? wanted(snapshot) : wanted;
  const found =
    path === undefined
      ? // The innermost: worktrees may lie inside the main one.
        entries
          .filter(({ worktree }) => contains(worktree.path, folder))
          .sort((one, other) => other.worktree.path.length - one.worktree.path.length)[0]
      : entries.find(({ worktree }) => worktree.path === path);
  if (!found) throw new AppError('notFound', `${path ?? folder} is in no worktree.`);
  return found;
}
