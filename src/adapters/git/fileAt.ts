import type { Repository } from '../../core/model';
import type { Git } from './git';

/** A file's text as a commit has it, as it is stored: no filter and no textconv. undefined: no such file in it. */
export async function fileAt(
  git: Git,
  repository: Repository,
  commit: string,
  path: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const options = { trust: 'read', signal } as const;
  const argv = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}:${path}`];
  const blob = (await git.try(repository.root, argv, options))?.trim();
  return blob ? git.try(repository.root, ['cat-file', 'blob', blob], options) : undefined;
}
