import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, type Loss } from '../../core/errors';
import type { Repository, Worktree } from '../../core/model';
import { gitFailed, type Git } from './git';
import { lossesOf } from './losses';
import { errorCode, folderState, isSamePath } from './paths';
import type { WorktreeList } from './worktreeList';

const abandonedMs = 3600 * 1000;

/**
 * Removes a worktree. Its folder is first renamed away, which happens whole or not at all and fails while a program on Windows
 * holds a file of it; then the registration goes, then the files. Links are removed, never followed.
 *
 * @throws conflict with the losses that were not accepted, invalidInput for the main worktree; no error when it is gone already
 */
export async function removeWorktree(
  git: Git,
  list: WorktreeList,
  repository: Repository,
  worktree: Worktree,
  accepted: readonly Loss['kind'][],
  signal?: AbortSignal,
): Promise<void> {
  const current = await findCurrent(list, repository, worktree, signal);
  if (worktree.isMain || current?.isMain) {
    throw new AppError('invalidInput', `${worktree.path} is the repository's main worktree: it cannot be removed.`);
  }
  if (current === undefined) {
    if ((await folderState(worktree.path)) !== 'occupied') return;
    throw new AppError(
      'notFound',
      `${worktree.path} is no worktree of ${repository.name} any more; its folder was left alone.`,
    );
  }
  const losses = (await lossesOf(git, repository, current, signal)).filter(({ kind }) => !accepted.includes(kind));
  if (losses.length > 0) {
    throw new AppError('conflict', `Removing ${current.path} would lose work: ${losses.map(describe).join(', ')}.`, {
      losses,
    });
  }
  await remove(git, repository, current);
}

async function findCurrent(
  list: WorktreeList,
  repository: Repository,
  worktree: Worktree,
  signal?: AbortSignal,
): Promise<Worktree | undefined> {
  for (const candidate of await list.list(repository, signal)) {
    if (await isSamePath(candidate.path, worktree.path)) return candidate;
  }
  return undefined;
}

function describe(loss: Loss): string {
  const one = loss.count === 1;
  switch (loss.kind) {
    case 'uncommitted':
      return `${loss.count} changed file${one ? '' : 's'}`;
    case 'untracked':
      return `${loss.count} untracked file${one ? '' : 's'}`;
    case 'ignored':
      return `${loss.count} ignored file${one ? '' : 's'} or folder${one ? '' : 's'} (${loss.examples.join(', ')})`;
    case 'unpushed':
      return `${loss.count} commit${one ? '' : 's'} that no other branch has`;
    case 'submodule':
      return `${loss.count} commit${one ? '' : 's'} in submodules (${loss.examples.join(', ')})`;
    case 'operation':
      return `a ${loss.examples.join(' and a ')} in progress`;
    case 'locked':
      return `it is locked (${loss.examples.join(', ')})`;
    case 'elsewhere':
      return `an environment in ${loss.examples.join(', ')}`;
  }
}

/** From here on without the signal: a worktree is there or gone, never half. */
async function remove(git: Git, repository: Repository, worktree: Worktree): Promise<void> {
  const trash = await moveAway(repository, worktree.path);
  try {
    // Twice forced: it is removed even where it is locked, which was accepted.
    await git.run(repository.root, ['worktree', 'remove', '--force', '--force', '--', worktree.path], {
      trust: 'refresh',
    });
  } catch (error) {
    if (trash !== undefined) await rename(trash, worktree.path);
    throw gitFailed(`The worktree ${worktree.path} was not removed`, error);
  }
  if (trash !== undefined) await rm(trash, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  await sweep(trashFolder(repository));
}

function trashFolder(repository: Repository): string {
  return join(repository.commonDir, 'coppice-trash');
}

/** @returns where the folder is now; undefined when there was none */
async function moveAway(repository: Repository, folder: string): Promise<string | undefined> {
  if ((await folderState(folder)) === 'absent') return undefined;
  if ((await lstat(folder)).isSymbolicLink()) {
    throw new AppError('conflict', `${folder} is a link: remove it, or put the worktree's folder back in its place.`);
  }
  const name = `${Date.now()}-${randomUUID()}`;
  const target = join(trashFolder(repository), name);
  try {
    await mkdir(trashFolder(repository), { recursive: true });
    await rename(folder, target);
    return target;
  } catch (error) {
    if (errorCode(error) !== 'EXDEV') throw inUse(folder, error);
  }
  // On another file system than the repository: beside where it was.
  const beside = join(dirname(folder), `.${basename(folder)}.${name}.coppice-trash`);
  try {
    await rename(folder, beside);
    return beside;
  } catch (error) {
    throw inUse(folder, error);
  }
}

function inUse(folder: string, cause: unknown): AppError {
  const code = errorCode(cause) ?? 'unknown';
  return new AppError(
    'conflict',
    `${folder} cannot be removed now (${code}): a program uses it, or you may not change it. Nothing was changed.`,
    {
      cause,
      remedy: { title: 'Try Again', action: { kind: 'retry' } },
    },
  );
}

/** What an earlier removal that was cut off left behind; what is newer may be another process's, which goes on. */
async function sweep(trash: string): Promise<void> {
  for (const name of await readdir(trash).catch(() => [])) {
    if (Date.now() - Number.parseInt(name, 10) < abandonedMs) continue;
    await rm(join(trash, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
