import { AppError } from '../../core/errors';
import type { Repository } from '../../core/model';
import type { Git } from './git';

/**
 * A file's text as a commit has it, as it is stored: no filter and no textconv. undefined: no such file in it.
 *
 * @throws GitFailure when it is in the commit and cannot be read, as in a partial clone whose remote does not answer
 */
export async function fileAt(
  git: Git,
  repository: Repository,
  commit: string,
  path: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const options = { trust: 'read', signal } as const;
  // Where there is no such path, this succeeds and prints nothing: any failure is one.
  const listed = await git.run(repository.root, ['ls-tree', '-z', '--full-tree', commit, '--', path], options);
  const found = /^\d+ (\w+) ([0-9a-f]+)\t/.exec(listed);
  if (!found) return undefined;
  const [, kind, blob = ''] = found;
  if (kind !== 'blob')
    throw new AppError('invalidInput', `${path} is a folder in ${commit.slice(0, 7)}, and not a file.`);
  return git.run(repository.root, ['cat-file', 'blob', blob], options);
}
