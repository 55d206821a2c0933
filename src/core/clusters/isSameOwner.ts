import type { Owner } from '../model';

/** Asked before anything is changed that belongs to somebody. */
export function isSameOwner(a: Owner | undefined, b: Owner): boolean {
  return a !== undefined && a.repositoryId === b.repositoryId && a.worktreeId === b.worktreeId;
}
