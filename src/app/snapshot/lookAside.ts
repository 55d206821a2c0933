import type { LeftFolder, Repository, Worktree } from '../../core/model';
import type { Worktrees } from '../../core/ports/worktrees';

/**
 * Begin before the worktrees are listed, and give the list to what comes back: a folder that is set aside after that is one of a
 * delete that is at work, and is told only where it lay there before.
 */
export async function lookAside(
  worktrees: Pick<Worktrees, 'leftAside'>,
  repository: Repository,
): Promise<(listed: readonly Worktree[]) => Promise<LeftFolder[]>> {
  const before = new Set((await worktrees.leftAside(repository, [])).map(({ folder }) => folder));
  return async (listed) => {
    if (before.size === 0) return [];
    const left = await worktrees.leftAside(repository, listed);
    return left.filter(({ folder }) => before.has(folder));
  };
}
