import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import pLimit from 'p-limit';
import { AppError } from '../../../core/errors';
import type { Repository, Worktree } from '../../../core/model';
import type { Git } from '../program/git';
import { comparablePath, platformPath } from '../files/paths';
import { describeWork } from './repositoryWork';
import { statusConcurrency } from '../program/statusConcurrency';
import type { FolderContents } from '../files/walkFolder';

/** A submodule that is checked out; its git directory is in the worktree's own, and goes with it. */
export interface CheckedOutSubmodule {
  /** Relative to the worktree, with `/`. */
  readonly path: string;
  readonly gitDir: string;
}

export interface InnerRepositories {
  readonly submodules: readonly CheckedOutSubmodule[];
  /** Clones and worktrees that would lose something, each with what. */
  readonly nested: readonly { readonly path: string; readonly what: string }[];
}

/**
 * What the repositories that lie in a worktree's folder would lose with it. Another linked worktree always counts: somebody works
 * there, or did.
 *
 * @throws conflict when the repository itself lies in the folder
 */
export async function innerRepositories(
  git: Git,
  repository: Repository,
  worktree: Worktree,
  contents: Pick<FolderContents, 'repositories' | 'bareRepositories' | 'isCut'>,
  signal?: AbortSignal,
): Promise<InnerRepositories> {
  const limit = pLimit(statusConcurrency);
  const going = worktree.path;
  const ownModules = (await comparablePath(join(worktree.gitDir, 'modules'))) + sep;
  const commonDir = await comparablePath(repository.commonDir);
  const submodules: CheckedOutSubmodule[] = [];
  const look = async (path: string): Promise<{ path: string; what: string } | undefined> => {
    const folder = join(worktree.path, path);
    const gitDir = await gitDirOf(folder);
    if (gitDir === undefined) return { path, what: 'its .git cannot be read' };
    const comparable = await comparablePath(gitDir);
    if (comparable === commonDir) throw holdsRepository(worktree, repository);
    if (comparable.startsWith(ownModules)) {
      submodules.push({ path, gitDir });
      return undefined;
    }
    const owner = await commonDirOf(gitDir);
    const isLinked = owner !== undefined;
    const work = await describeWork(git, { folder, gitDir, isLinked, going }, signal);
    const parts = isLinked ? [`a worktree of ${repositoryName(owner)}`, ...work] : work;
    return parts.length === 0 ? undefined : { path, what: parts.join(', ') };
  };
  const lookBare = async (path: string): Promise<{ path: string; what: string } | undefined> => {
    const gitDir = join(worktree.path, path);
    if ((await comparablePath(gitDir)) === commonDir) throw holdsRepository(worktree, repository);
    const work = await describeWork(git, { folder: undefined, gitDir, isLinked: false, going }, signal);
    return work.length === 0 ? undefined : { path, what: work.join(', ') };
  };
  const found = await Promise.all([
    ...contents.repositories.map((path) => limit(look, path)),
    ...contents.bareRepositories.map((path) => limit(lookBare, path)),
  ]);
  const nested = found.filter((each) => each !== undefined);
  // Not knowing is not nothing.
  if (contents.isCut) nested.push({ path: '.', what: 'so many files that not all were looked at' });
  return { submodules: submodules.sort((a, b) => (a.path < b.path ? -1 : 1)), nested };
}

/** The git directory of a folder with a `.git`; undefined when that cannot be understood. */
export async function gitDirOf(folder: string): Promise<string | undefined> {
  const path = join(folder, '.git');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EISDIR' ? path : undefined;
  }
  const target = /^gitdir: ([\s\S]*?)\r?\n?$/.exec(text)?.[1];
  return target === undefined ? undefined : resolve(folder, platformPath(target));
}

/** The git directory that a linked worktree's belongs to; undefined: it is a repository's own. */
async function commonDirOf(gitDir: string): Promise<string | undefined> {
  const text = await readFile(join(gitDir, 'commondir'), 'utf8').catch(() => undefined);
  if (text !== undefined) return resolve(gitDir, platformPath(text.trim()));
  // Unregistered meanwhile: by where it was, it still was a worktree's.
  return basename(dirname(gitDir)) === 'worktrees' ? dirname(dirname(gitDir)) : undefined;
}

function repositoryName(commonDir: string): string {
  return basename(commonDir) === '.git' ? basename(dirname(commonDir)) : basename(commonDir);
}

function holdsRepository(worktree: Worktree, repository: Repository): AppError {
  return new AppError(
    'conflict',
    `${worktree.path} holds the repository itself (${repository.commonDir}): it cannot be removed.`,
  );
}
