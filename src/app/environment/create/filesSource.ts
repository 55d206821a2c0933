import { environmentFileName, type EnvironmentFile } from '../../../core/environmentFile';
import { AppError } from '../../../core/errors';
import type { Worktree } from '../../../core/model';
import type { EnvironmentFiles } from '../../../core/ports/environmentFiles';
import type { KnownWorktree } from '../../worktrees/readWorktrees';
import type { Target } from '../preparedCreate';
import type { CreateRequest } from '../requests';

/**
 * The worktree whose files a create is to copy; undefined: none was named.
 *
 * @param file what the environment is made of, as the commit that it starts from has it
 * @throws notFound; conflict: there is a worktree already, or what would be made is not what its files say
 */
export async function filesSource(
  { environmentFiles }: { readonly environmentFiles: Pick<EnvironmentFiles, 'exists' | 'read'> },
  { filesFrom: path }: CreateRequest,
  known: readonly KnownWorktree[],
  target: Target,
  file: EnvironmentFile,
): Promise<Worktree | undefined> {
  if (path === undefined) return undefined;
  const source = sourceAt(path, known);
  const name = source.branch ?? path;
  // Its files would be mixed with those that are there.
  if (target.kind !== 'new')
    throw new AppError(
      'conflict',
      `The branch ${target.branch} exists already: a fork of ${name} is a new branch. Give it another name, or delete what is there ("coppice delete ${target.branch}").`,
    );
  if (source.beingMade !== undefined)
    throw new AppError('conflict', `The worktree of ${name} is not complete yet: fork it once it is.`);
  const own = (await environmentFiles.exists(path)) ? await environmentFiles.read(path) : undefined;
  if (JSON.stringify(own) !== JSON.stringify(file))
    throw new AppError(
      'conflict',
      `${environmentFileName} of ${name} is not what is committed there, and a new environment is made of what is committed: commit it first.`,
    );
  return source;
}

/** What is not committed is told apart from what is by the commit that both have. */
export function fromItsCommit(request: CreateRequest, known: readonly KnownWorktree[]): CreateRequest {
  const { filesFrom: path, target } = request;
  if (path === undefined || target.kind !== 'branch') return request;
  return { ...request, target: { ...target, base: sourceAt(path, known).head } };
}

function sourceAt(path: string, known: readonly KnownWorktree[]): Worktree {
  const source = known.find(({ worktree }) => worktree.path === path)?.worktree;
  if (source && source.prunable === undefined) return source;
  throw new AppError('notFound', `There is no worktree ${path} in this repository, or its folder is gone.`);
}
