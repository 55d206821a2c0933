import type { Repository } from '../../../core/model';
import type { KindAt } from '../../../core/ports/worktrees';
import type { CommitFiles } from './commitFiles';

/** What a commit has at a path. What lies behind a link is not in it. */
export async function kindAt(
  files: CommitFiles,
  repository: Repository,
  commit: string,
  path: string,
  signal?: AbortSignal,
): Promise<KindAt | undefined> {
  if (path === '.') return 'folder';
  const found = await files.at(repository, commit, path, signal);
  if (!found) return undefined;
  // A submodule is a folder once it is checked out, and before that an empty one.
  if (found.kind === 'tree' || found.kind === 'commit') return 'folder';
  return found.mode === '120000' ? 'link' : 'file';
}
