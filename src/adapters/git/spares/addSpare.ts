import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkoutMark } from '../../../core/worktrees/checkoutMark';
import { AppError } from '../../../core/errors';
import type { Repository, Worktree } from '../../../core/model';
import type { AddSpare } from '../../../core/ports/spares';
import { spareMark } from '../../../core/worktrees/spareMark';
import { checkFolder } from '../worktrees/addWorktree';
import { fillSpare } from '../work/fillWorktree';
import { inFolderAlone } from '../locks/folderLock';
import { GitFailure, type Git } from '../program/git';
import { thisProcess } from '../locks/lockHolder';
import { isSameRealPath } from '../files/paths';
import { removeUnknown } from '../files/removeUnknown';
import { lockAs, writeSpare } from '../records/spareFiles';
import { makingArguments } from '../files/strayGit';
import { usageExitCode, type WorktreeList } from '../worktrees/worktreeList';

/**
 * Adds a worktree that no branch has. Until git knows it it is locked as one that is being made, so that what is left of a git that was
 * killed goes with `recoverWorktrees`; from then on as a spare.
 *
 * @throws conflict when something is in the folder; what was made is undone
 */
export async function addSpare(
  git: Git,
  list: WorktreeList,
  repository: Repository,
  { folder, record }: AddSpare,
  signal?: AbortSignal,
): Promise<Worktree> {
  return inFolderAlone(repository, folder, async () => {
    await checkFolder(await list.list(repository, signal), folder);
    try {
      await register(git, list, repository, { folder, record }, signal);
      const worktree = await addedAt(list, repository, folder, signal);
      await writeSpare(worktree, record);
      await lockAs(worktree, spareMark(record));
      await fillSpare(git, { ...worktree, beingMade: record.id }, signal);
      return await addedAt(list, repository, folder, signal);
    } catch (error) {
      await undo(git, list, repository, { folder, record });
      throw error;
    }
  });
}

async function register(
  git: Git,
  list: WorktreeList,
  { root, ...repository }: Repository,
  { folder, record: { id, commit } }: AddSpare,
  signal?: AbortSignal,
): Promise<void> {
  const reason = checkoutMark({ id, ...(await thisProcess()) });
  const argv = [...makingArguments(id), 'worktree', 'add', '--detach', '--no-checkout', '--lock'];
  const options = { trust: 'write', signal } as const;
  try {
    await git.run(root, [...argv, '--reason', reason, '--', folder, commit], options);
  } catch (error) {
    // Before git 2.33 a reason cannot be given at once.
    if (!(error instanceof GitFailure) || error.exitCode !== usageExitCode) throw error;
    await git.run(root, [...argv, '--', folder, commit], options);
    const { gitDir } = await addedAt(list, { root, ...repository }, folder, signal);
    await writeFile(join(gitDir, 'locked'), reason);
  }
}

export async function addedAt(
  list: WorktreeList,
  repository: Repository,
  folder: string,
  signal?: AbortSignal,
): Promise<Worktree> {
  for (const worktree of await list.list(repository, signal))
    if (await isSameRealPath(worktree.path, folder)) return worktree;
  throw new AppError('failed', `The worktree ${folder} was removed while it was made.`);
}

/** What git says where it is given no reason: before 2.33 always, at first. Ours say why from the beginning since. */
const unreasoned = 'added with --lock';

/**
 * Without the signal: what was begun is cleaned up. The folder was absent or empty, and git is given no file to write before it is known
 * there: what else is in it, or that it is another's worktree, is somebody's who came in that moment.
 */
async function undo(
  git: Git,
  list: WorktreeList,
  repository: Repository,
  { folder, record: { id } }: AddSpare,
): Promise<void> {
  const made = await addedAt(list, repository, folder).catch(() => undefined);
  if (!made) return removeUnknown(folder, false);
  const isOurs = made.beingMade === id || made.spare === id || made.locked === unreasoned;
  if (made.branch !== undefined || !isOurs) return;
  await git.try(repository.root, ['worktree', 'remove', '--force', '--force', '--', made.path], { trust: 'refresh' });
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
