import type { Worktree } from '../model';

/**
 * What a worktree is called by: its branch's ref. Without a branch the registration's own folder tells worktrees apart; it stays when
 * commits come and go.
 */
export function worktreeRef({ branch, gitDir }: Pick<Worktree, 'branch' | 'gitDir'>): string {
  return branch === undefined ? `worktree:${gitDir.split(/[\\/]/).at(-1) ?? ''}` : `refs/heads/${branch}`;
}
