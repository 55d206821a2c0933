import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, type Loss } from '../../core/errors';
import { lossExamples, lossName } from '../../core/lossText';
import type { Repository, Worktree } from '../../core/model';
import type { RemoveOptions, SetAside } from '../../core/ports/worktrees';
import { gitFailed, type Git } from './git';
import { lossesOf } from './losses';
import { folderState, isSamePath } from './paths';
import { deleteFolder, findInTrash, moveAway, sweepTrash } from './trash';
import type { WorktreeList } from './worktreeList';

/**
 * The first half of a removal, and all of it that may refuse: looks once more for what would be lost, and renames the folder away,
 * which happens whole or not at all and fails while a program on Windows holds a file of it.
 *
 * @throws conflict with the losses that were not accepted, invalidInput for the main worktree
 */
export async function setWorktreeAside(
  git: Git,
  list: WorktreeList,
  repository: Repository,
  worktree: Worktree,
  accepted: readonly Loss['kind'][],
  signal?: AbortSignal,
  options?: RemoveOptions,
): Promise<SetAside> {
  const current = await findCurrent(list, repository, worktree, signal);
  if (worktree.isMain || current?.isMain) {
    throw new AppError('invalidInput', `${worktree.path} is the repository's main worktree: it cannot be removed.`);
  }
  if (current === undefined) {
    if ((await folderState(worktree.path)) !== 'occupied') return { worktree, folder: undefined };
    throw new AppError(
      'notFound',
      `${worktree.path} is no worktree of ${repository.name} any more; its folder was left alone.`,
    );
  }
  const losses = (await lossesOf(git, repository, current, options, signal)).filter(
    ({ kind }) => !accepted.includes(kind),
  );
  if (losses.length > 0) {
    throw new AppError('conflict', `Removing ${current.path} would lose ${losses.map(describe).join(', ')}.`, {
      losses,
    });
  }
  signal?.throwIfAborted();
  return { worktree: current, folder: await moveAway(repository, current.path) };
}

/** Takes `setWorktreeAside` back. No error when that was done already. */
export async function putWorktreeBack({ worktree, folder }: SetAside): Promise<void> {
  if (folder === undefined || (await folderState(folder)) === 'absent') return;
  if ((await folderState(worktree.path)) !== 'absent') {
    throw new AppError('conflict', `Something else is at ${worktree.path} now: the worktree's folder is at ${folder}.`);
  }
  await mkdir(dirname(worktree.path), { recursive: true });
  await rename(folder, worktree.path);
}

/** Puts the folder back that a removal of the worktree that was cut off had set aside. */
export async function restoreWorktree(repository: Repository, worktree: Worktree): Promise<void> {
  if (worktree.isMain || (await folderState(worktree.path)) !== 'absent') return;
  const folder = await findInTrash(repository, worktree);
  if (folder !== undefined) await putWorktreeBack({ worktree, folder });
}

/**
 * The second half: the registration goes, then the files. Without a signal: a worktree is there or gone, never half.
 *
 * @returns what could not be deleted and where it lies, for a person; undefined: nothing
 */
export async function discardWorktree(
  git: Git,
  list: WorktreeList,
  repository: Repository,
  aside: SetAside,
): Promise<string | undefined> {
  const { worktree, folder } = aside;
  if ((await findCurrent(list, repository, worktree)) !== undefined) {
    try {
      // Twice forced: it is removed even where it is locked, which was accepted.
      await git.run(repository.root, ['worktree', 'remove', '--force', '--force', '--', worktree.path], {
        trust: 'refresh',
      });
    } catch (error) {
      await putWorktreeBack(aside);
      throw gitFailed(`The worktree ${worktree.path} was not removed`, error);
    }
  }
  const left = folder === undefined ? undefined : await deleteFolder(folder);
  await sweepTrash(repository);
  return left;
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
  return `${lossName(loss)} (${lossExamples(loss)})`;
}
