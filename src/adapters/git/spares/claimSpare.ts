import { realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkoutMark } from '../../../core/worktrees/checkoutMark';
import { AppError } from '../../../core/errors';
import type { Repository, Worktree } from '../../../core/model';
import type { ClaimSpare, SpareRecord } from '../../../core/ports/spares';
import { addedAt } from './addSpare';
import { checkFolder } from '../worktrees/addWorktree';
import { createBranch } from '../history/branches';
import { identityFileName } from '../records/fileIdentities';
import { endMonitor } from '../program/endMonitor';
import { completeWorktree } from '../work/fillWorktree';
import { inFolderAlone } from '../locks/folderLock';
import type { Git } from '../program/git';
import { nobody, thisProcess } from '../locks/lockHolder';
import { belowMade } from '../files/belowMade';
import { folderState } from '../files/paths';
import { refuseMoved } from '../files/refuseMoved';
import { lockAs, writeSpare } from '../records/spareFiles';
import { endStrayGit, makingArguments } from '../files/strayGit';
import { takeBackClaim } from './takeBackClaim';
import type { WorktreeList } from '../worktrees/worktreeList';

/**
 * Makes a spare the worktree of a new branch. The steps, and who goes on where it is killed after each:
 *
 * 1. what is about to be done is in its record, and it is locked as a worktree that is being made: `recoverSpares` takes it back;
 * 2. the branch is made, as `begun` of the create says: it is the create's own when that is run again;
 * 3. the folder is moved: `recoverSpares` moves it back;
 * 4. the branch is checked out: from now on it is a worktree that was cut off, which `finishWorktree` completes;
 * 5. the hook is run, the create's record is written, that of the spare goes, and then the lock.
 *
 * @throws whatever kept it from that; all of it is taken back then
 */
export async function claimSpare(
  git: Git,
  list: WorktreeList,
  repository: Repository,
  { worktree, record }: { readonly worktree: Worktree; readonly record: SpareRecord },
  request: ClaimSpare,
  signal?: AbortSignal,
): Promise<Worktree> {
  const { folder, branch, commit, making } = request;
  return inFolderAlone(repository, folder, async () => {
    await checkFolder(await list.list(repository, signal), folder);
    // Into one that is there git would move it, with its own name.
    if ((await folderState(folder)) !== 'absent') throw new AppError('conflict', `The folder ${folder} exists.`);
    const before = await addedAt(list, repository, worktree.path, signal);
    if (before.spare !== record.id || before.gitDir !== worktree.gitDir)
      throw new AppError('conflict', `${worktree.path} is no spare any more.`);
    const claimed = { ...record, claim: { from: before.path, to: folder, commit } };
    let hasBranch = false;
    try {
      for (const path of request.without) await removeOwn(before.path, path);
      await writeSpare(before, claimed);
      await lockAs(before, checkoutMark({ id: making.id, ...(await thisProcess()) }));
      signal?.throwIfAborted();
      await createBranch(git, repository, branch, commit);
      hasBranch = true;
      await belowMade(folder, () => moveTo(git, repository, before.path, folder));
      await endMonitor(git, before.gitDir);
      await checkOutBranch(git, folder, making.id, branch, signal);
      const moved = await addedAt(list, repository, folder, signal);
      refuseMoved(branch, commit, moved.head);
      await completeWorktree(git, moved, signal, making);
      return { ...moved, beingMade: undefined };
    } catch (error) {
      await takeBack(git, list, repository, { worktree: before, record: claimed }, request, hasBranch);
      throw error;
    }
  });
}

/** Through a link it would be somebody else's. */
async function removeOwn(worktree: string, path: string): Promise<void> {
  const home = await realpath(worktree);
  const folder = join(home, dirname(path));
  if ((await realpath(folder).catch(() => undefined)) !== folder) return;
  await rm(join(home, path), { recursive: true, force: true });
}

/** Twice forced: it is locked all the time. */
async function moveTo(git: Git, { root }: Repository, from: string, to: string): Promise<void> {
  await git.run(root, ['worktree', 'move', '--force', '--force', '--', from, to], { trust: 'refresh' });
}

/** Nothing that somebody has changed meanwhile is written over: git refuses. The hook is run once all is there. */
async function checkOutBranch(
  git: Git,
  folder: string,
  id: string,
  branch: string,
  signal?: AbortSignal,
): Promise<void> {
  const argv = [...makingArguments(id), 'checkout', '--quiet', '--no-guess', '--no-recurse-submodules', branch, '--'];
  await git.run(folder, argv, { trust: 'refresh', signal });
}

/** Without the signal. Never rejects: what cannot be taken back here is by the next create, as after a kill. */
async function takeBack(
  git: Git,
  list: WorktreeList,
  repository: Repository,
  { worktree, record }: { readonly worktree: Worktree; readonly record: SpareRecord },
  { branch, commit, making }: ClaimSpare,
  hasBranch: boolean,
): Promise<void> {
  const { gitDir } = worktree;
  let isOurs = false;
  try {
    const now = (await list.list(repository)).find((each) => each.gitDir === gitDir);
    if (!now || now.beingMade !== making.id) return;
    isOurs = true;
    // One that was ended may not be at its end yet.
    await endStrayGit(making.id);
    if (now.branch === branch) {
      await rm(join(gitDir, identityFileName), { force: true });
      // Whatever the hook has changed: nothing of the files is looked at.
      const argv = ['update-ref', '--no-deref', 'HEAD', record.commit];
      await git.run(repository.root, argv, { trust: 'refresh', env: { GIT_DIR: gitDir } });
    }
    if (hasBranch)
      await git.try(repository.root, ['update-ref', '-d', `refs/heads/${branch}`, commit], { trust: 'write' });
    await takeBackClaim(git, gitDir, record, making.id);
  } catch {
    // This process lives on, and is not at it any more.
    if (isOurs) await lockAs(worktree, checkoutMark({ id: making.id, ...nobody })).catch(() => undefined);
  }
}
