import type { Worktree } from '../model';

/** How long notice stands before something goes by itself. Milliseconds */
export const noticeMs = 24 * 3600_000;

/** When what such a notice is of goes at the earliest: milliseconds since the epoch. @param lookedAt when it was looked at last */
export function goesAfter({ stood }: { readonly stood: number }, lookedAt: number): number {
  return lookedAt + Math.max(0, noticeMs - stood);
}

/** Whether a worktree is what notice was given of, and nobody has locked it since: as far as is known before the next look. */
export function isOfNotice(
  { gitDir, branch, head, locked }: Pick<Worktree, 'gitDir' | 'branch' | 'head' | 'locked'>,
  notice: Pick<Worktree, 'gitDir' | 'head'> & { readonly branch?: string },
): boolean {
  const isSame = notice.gitDir === gitDir && notice.branch === branch && notice.head === head;
  return isSame && locked === undefined;
}
