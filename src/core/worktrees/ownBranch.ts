import type { Identity, Worktree } from '../model';

/**
 * The branch that Coppice made for a worktree, while it is still the one that is checked out there: only that one may go
 * with the worktree. Whatever else was checked out since, or the branch was renamed to, is the person's own.
 */
export function ownBranch(
  worktree: Pick<Worktree, 'branch'>,
  identity: Pick<Identity, 'createdBranch' | 'ref'> | undefined,
): string | undefined {
  const { branch } = worktree;
  return identity?.createdBranch === true && identity.ref === `refs/heads/${branch}` ? branch : undefined;
}
