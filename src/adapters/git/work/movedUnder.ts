import type { Worktree } from '../../../core/model';
import type { Git } from '../program/git';

/**
 * What a worktree's index and files are of where something else has moved its branch and left them: what git shows there as changes takes
 * back what the branch was brought. Git 2.55's `git history` and `git replay` do so by default
 * (findings/git-history-moves-branches-of-other-worktrees.sh), `git update-ref` always did.
 *
 * @param head where the branch is now
 * @returns a commit; undefined: it is no such worktree, or nobody can tell any more
 */
export async function movedUnder(
  git: Git,
  { path }: Pick<Worktree, 'path'>,
  head: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  // What is done in a worktree itself is written down in its own log.
  const argv = ['log', '--walk-reflogs', '--max-count=1', '--format=%H', 'HEAD', '--'];
  const last = (await git.try(path, argv, { trust: 'read', signal }))?.trim();
  if (!last || last === head) return undefined;
  const same = await git.try(path, ['diff-index', '--cached', '--quiet', last, '--'], { trust: 'check', signal });
  return same === undefined ? undefined : last;
}
