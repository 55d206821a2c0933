import { errorCode } from '@coppice/host/errorCode';
import { access, lstat, readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { AppError, type Loss } from '../../../core/errors';
import type { Repository, Worktree } from '../../../core/model';
import type { RemoveOptions } from '../../../core/ports/worktrees';
import { findMoved } from '../files/findMoved';
import { gitFailed, type Git } from '../program/git';
import { ignoredWork } from '../work/ignoredWork';
import { showHidden, withIndexCopy } from '../work/indexCopy';
import { innerRepositories, type CheckedOutSubmodule } from '../work/innerRepositories';
import { lostCommits } from '../history/lostCommits';
import { autostashedFiles, operationsIn } from '../work/operations';
import { parseStatus } from '../program/parseStatus';
import { folderState, isSameRealPath, platformPath } from '../files/paths';
import { refuseUnremovable } from '../files/refuseUnremovable';
import { asSeen, innerStatus, ownCommits, statusArguments, worktreesElsewhere } from '../work/repositoryWork';
import { readSpare } from '../records/spareFiles';
import { unfinishedFiles } from '../work/unfinishedFiles';
import { canBeMovedToTrash } from '../trash/trash';
import { walkFolder } from '../files/walkFolder';
import { withoutCopies } from '../files/withoutCopies';

const exampleCount = 3;

/**
 * What removing a worktree, and its branch, would lose. A stash belongs to the repository and is none of it. Hooks and file
 * system monitor do not run; the worktree's filters do, since they decide what counts as changed.
 *
 * @throws failed when the folder is no longer this worktree's: then nobody can say; conflict, denied when it could not be removed
 */
export async function lossesOf(
  git: Git,
  repository: Repository,
  worktree: Worktree,
  options: RemoveOptions = {},
  signal?: AbortSignal,
): Promise<Loss[]> {
  const isThere = (await folderState(worktree.path)) !== 'absent';
  if (isThere) await refuseStrangers(worktree);
  else await refuseMoved(repository, worktree);
  const none = { uncommitted: [], untracked: [], ignored: [], nested: [], operations: [] };
  const [files, commits, modules, operations, autostashed] = await Promise.all([
    isThere ? fileLosses(git, repository, worktree, signal) : none,
    lostCommits(git, repository, worktree, options, signal),
    worktree.isMain ? [] : submoduleCommits(git, worktree.path, join(worktree.gitDir, 'modules'), signal),
    operationsIn(git, worktree.gitDir),
    autostashedFiles(git, worktree.gitDir, signal),
  ]);
  // Whom the lock was to protect from is nobody any more when its owner has ended.
  const isForGood = !(await canBeUndone(repository, worktree));
  const isLocked = worktree.locked !== undefined && !worktree.isLockStale;
  const locked = isLocked ? [worktree.locked || 'no reason given'] : [];
  const losses = [
    ...lossOf('uncommitted', [...files.uncommitted, ...autostashed]),
    ...lossOf('untracked', files.untracked),
    ...lossOf('ignored', files.ignored),
    ...lossOf('nested', files.nested),
    ...lossOf('unpushed', commits.subjects, commits.advice),
    ...lossOf('submodule', modules),
    ...lossOf('operation', [...operations, ...files.operations]),
    ...lossOf('locked', locked),
  ];
  return isForGood ? losses.map((each) => ({ ...each, isForGood })) : losses;
}

/** One whose folder is gone leaves nothing that cannot be moved, and the main one's stays. */
export async function canBeUndone(repository: Repository, { path, isMain }: Worktree): Promise<boolean> {
  return isMain || (await folderState(path)) === 'absent' || canBeMovedToTrash(repository, path);
}

export function lossOf(kind: Loss['kind'], all: readonly string[], advice?: string): Loss[] {
  if (all.length === 0) return [];
  const examples = [...all].sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, exampleCount);
  return [{ kind, count: all.length, examples, ...(advice === undefined ? {} : { advice }) }];
}

/** A folder that was put in the worktree's place, or a `.git` that leads elsewhere, would answer for the wrong one. */
export async function refuseStrangers(worktree: Worktree): Promise<void> {
  if (worktree.isMain) return;
  if ((await lstat(worktree.path)).isSymbolicLink()) {
    throw new AppError(
      'conflict',
      `${worktree.path} is a link: remove it, or put the worktree's folder back in its place.`,
    );
  }
  const text = await readFile(join(worktree.path, '.git'), 'utf8').catch(() => '');
  const target = /^gitdir: ([\s\S]*?)\r?\n?$/.exec(text)?.[1];
  if (target !== undefined && (await isSameRealPath(resolve(worktree.path, platformPath(target)), worktree.gitDir)))
    return;
  throw new AppError(
    'failed',
    `${worktree.path} is not the worktree that git has registered there: look into it, and run "git worktree repair" if it was moved.`,
  );
}

/** Forgetting a worktree that is somewhere else would leave a folder there that git does not know any more. */
async function refuseMoved(repository: Repository, worktree: Worktree): Promise<void> {
  const found = await findMoved(repository, worktree);
  if (found === undefined) return;
  throw new AppError(
    'conflict',
    `${worktree.path} was moved to ${found} without git's knowledge: run "git worktree repair ${JSON.stringify(found)}" in the repository, and delete it then.`,
  );
}

async function fileLosses(git: Git, repository: Repository, worktree: Worktree, signal?: AbortSignal) {
  if (worktree.beingMade !== undefined) return unfinishedLosses(git, worktree, signal);
  try {
    const [output, contents] = await Promise.all([
      git.run(worktree.path, statusArguments, { trust: 'check', signal, config: asSeen }),
      walkFolder(worktree.path, signal),
    ]);
    if (!worktree.isMain) refuseUnremovable(worktree.path, contents);
    const status = parseStatus(output);
    const hidden = await hiddenChanges(git, worktree, signal);
    const { submodules, nested } = await innerRepositories(git, repository, worktree, contents, signal);
    const inSubmodules = await Promise.all(
      submodules.map((submodule) => submoduleFiles(git, worktree, submodule, signal)),
    );
    const ignored = [...status.ignored, ...inSubmodules.flatMap((each) => each.ignored)];
    const named = new Set(nested.map(({ path }) => `${path}/`));
    return {
      uncommitted: [...new Set([...status.changed, ...hidden]), ...inSubmodules.flatMap((each) => each.autostashed)],
      untracked: await withoutCopies(
        repository,
        worktree,
        status.untracked.filter((path) => !named.has(path)),
      ),
      ignored: await withoutCopies(
        repository,
        worktree,
        await ignoredWork(git, worktree.path, ignored, contents, signal),
      ),
      nested: nested.map(({ path, what }) => `${path} (${what})`),
      operations: inSubmodules.flatMap((each) => each.operations),
    };
  } catch (error) {
    throw gitFailed(`It cannot be told what ${worktree.path} holds`, error);
  }
}

/** Of a checkout that was cut off nothing is missed but what a person did in it. */
async function unfinishedLosses(git: Git, worktree: Worktree, signal?: AbortSignal) {
  try {
    const { changed, doubtful, others } = await unfinishedFiles(git, worktree, signal);
    // One that was a spare has its dependencies already.
    const made = (await readSpare(worktree))?.ignored ?? [];
    const untracked = others.filter(
      (path) => !made.some((each) => (each.endsWith('/') ? path.startsWith(each) : path === each)),
    );
    return { uncommitted: [...changed, ...doubtful], untracked, ignored: [], nested: [], operations: [] };
  } catch (error) {
    throw gitFailed(`It cannot be told what ${worktree.path} holds`, error);
  }
}

/** Of a submodule's files, what the status of the worktree does not show. */
async function submoduleFiles(
  git: Git,
  worktree: Worktree,
  { path, gitDir }: CheckedOutSubmodule,
  signal?: AbortSignal,
): Promise<{ ignored: string[]; autostashed: string[]; operations: string[] }> {
  const [status, autostashed, operations] = await Promise.all([
    innerStatus(git, join(worktree.path, path), gitDir, signal),
    autostashedFiles(git, gitDir, signal),
    operationsIn(git, gitDir),
  ]);
  return {
    ignored: status.ignored.map((file) => `${path}/${file}`),
    autostashed: autostashed.map((file) => `${path}/${file}`),
    operations: operations.map((operation) => `${operation} in ${path}`),
  };
}

/** Changes of files that status was told to pass over (`update-index --assume-unchanged`, `--skip-worktree`). */
export async function hiddenChanges(git: Git, worktree: Worktree, signal?: AbortSignal): Promise<string[]> {
  return withIndexCopy(worktree, async (env) => {
    const hidden = new Set(await showHidden(git, worktree, env, signal));
    if (hidden.size === 0) return [];
    const output = await git.run(worktree.path, ['status', '--porcelain=v2', '-z', '--untracked-files=no'], {
      trust: 'check',
      signal,
      env,
      config: asSeen,
    });
    return parseStatus(output).changed.filter((path) => hidden.has(path));
  });
}

/** A linked worktree keeps the repositories of its submodules in its own git directory: they go with it. */
async function submoduleCommits(
  git: Git,
  going: string,
  modules: string,
  signal?: AbortSignal,
  top = modules,
): Promise<string[]> {
  const names = await readdir(modules).catch((error: unknown) => {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    if (code === undefined) throw error;
    throw new AppError(
      'denied',
      `${modules} cannot be looked into (${code}), so that nobody can tell what would be lost. Make it readable first.`,
      { cause: error },
    );
  });
  const found: string[] = [];
  for (const name of names) {
    const gitDir = join(modules, name);
    const isRepository = await access(join(gitDir, 'HEAD')).then(
      () => true,
      () => false,
    );
    if (isRepository) {
      const module = relative(top, gitDir).replaceAll('\\', '/');
      const own = await ownCommits(git, gitDir, going, signal).catch((error: unknown) => {
        throw gitFailed(`It cannot be told what the submodule ${module} holds`, error);
      });
      const others = (await worktreesElsewhere(gitDir, going)).map((path) => `the repository of the worktree ${path}`);
      found.push(...[...own.commits, ...own.stashes, ...others].map((what) => `${module}: ${what}`));
    }
    // Names of submodules may hold slashes, and submodules may hold submodules.
    const inner = isRepository ? join(gitDir, 'modules') : gitDir;
    found.push(...(await submoduleCommits(git, going, inner, signal, top)));
  }
  return found;
}
