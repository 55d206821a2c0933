import type { Repository } from '../../core/model';
import type { KindAt } from '../../core/ports/worktrees';
import type { Git } from './git';

/** What a commit has at a path. What lies behind a link is not in it. */
export async function kindAt(
  git: Git,
  repository: Repository,
  commit: string,
  path: string,
  signal?: AbortSignal,
): Promise<KindAt | undefined> {
  if (path === '.') return 'folder';
  const argv = ['ls-tree', '-z', '--full-tree', commit, '--', path];
  const [, mode, kind] = /^(\d+) (\w+) /.exec(await git.run(repository.root, argv, { trust: 'read', signal })) ?? [];
  if (kind === undefined) return undefined;
  // A submodule is a folder once it is checked out, and before that an empty one.
  if (kind === 'tree' || kind === 'commit') return 'folder';
  return mode === '120000' ? 'link' : 'file';
}
