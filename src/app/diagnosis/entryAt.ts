import { AppError } from '../../core/errors';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import type { Paths } from '../../core/ports/host';

/** The worktree whose folder is `path`; without it the one that `folder` lies in. @throws notFound */
export function entryAt(
  { contains }: Pick<Paths, 'contains'>,
  { entries }: Snapshot,
  folder: string,
  path: string | undefined,
): WorktreeEntry {
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
