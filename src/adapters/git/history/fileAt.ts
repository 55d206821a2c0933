import { AppError } from '../../../core/errors';
import type { Repository } from '../../../core/model';
import { isCommit, isPlain, type CommitFiles } from './commitFiles';
import type { Git } from '../program/git';

/**
 * A file's text as a commit has it, as it is stored: no filter and no textconv. undefined: no such file in it.
 *
 * @throws GitFailure when it is in the commit and cannot be read, as in a partial clone whose remote does not answer
 */
export async function fileAt(
  git: Git,
  files: CommitFiles,
  repository: Repository,
  commit: string,
  path: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const text = files.isListed(repository, commit) ? undefined : await textAt(git, repository, commit, path, signal);
  if (text !== undefined) return text;
  const found = await files.at(repository, commit, path, signal);
  if (!found) return undefined;
  if (found.kind !== 'blob')
    throw new AppError('invalidInput', `${path} is a folder in ${commit.slice(0, 7)}, and not a file.`);
  return git.run(repository.root, ['cat-file', 'blob', found.id], { trust: 'read', signal });
}

/** By one process, where there is such a file; undefined says nothing: neither that there is none, nor why it cannot be read. */
async function textAt(
  git: Git,
  { root }: Repository,
  commit: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (!isCommit(commit) || !isPlain(path) || /[\r\n\0]/.test(path)) return undefined;
  const input = `${commit}:${path}\n`;
  const said = (await git.try(root, ['cat-file', '--batch'], { trust: 'read', signal, input })) ?? '';
  const [head] = /^[0-9a-f]+ blob \d+\n/.exec(said) ?? [];
  // A line's end of its own stands behind each object.
  return head === undefined ? undefined : said.slice(head.length, -1);
}
