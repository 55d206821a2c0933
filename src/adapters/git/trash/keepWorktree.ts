import { errorCode } from '@coppice/host/errorCode';
import { mkdir, rename, rmdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { KeptWorktree } from '../../../core/worktrees/deletedWorktree';
import { AppError } from '../../../core/errors';
import type { Repository, Worktree } from '../../../core/model';
import type { SetAside } from '../../../core/ports/worktrees';
import { keepBranch } from '../history/branchKeepsake';
import { closeGitFile } from '../files/closeGitFile';
import { gitFailed, type Git } from '../program/git';
import { keepObjects, unreachedTips } from '../history/keptObjects';
import { isFolder, newTrashId, placeOnDisk, TrashEntry, trashFolder } from './trashEntry';

/** A ref that is to lead to a commit. */
export interface RecoveryRef {
  readonly ref: string;
  readonly tip: string;
}

/**
 * Which refs are to lead to commits that nothing but the worktree, and the branch that goes with it, reaches.
 *
 * @param goes the branch
 */
export async function recoveryRefs(
  git: Git,
  repository: Repository,
  worktree: Worktree,
  goes: string | undefined,
): Promise<RecoveryRef[]> {
  const at = Date.now();
  const tips = await unreachedTips(git, repository, worktree, goes);
  return tips.map((tip, index) => ({ ref: recoveryRef(worktree, at, tip, index), tip }));
}

export async function makeRefs(git: Git, repository: Repository, refs: readonly RecoveryRef[]): Promise<void> {
  for (const { ref, tip } of refs) await git.run(repository.root, ['update-ref', ref, tip], { trust: 'write' });
}

/**
 * Writes down, before anything is given up, all that is needed to bring a worktree back, and makes its refs. Its folder was set aside
 * into the trash by then, if it has one.
 */
export async function makeEntry(
  git: Git,
  repository: Repository,
  { worktree, folder }: SetAside,
  recovery: readonly RecoveryRef[],
  keepMs?: number,
): Promise<TrashEntry> {
  const entry = new TrashEntry(repository, folder === undefined ? newTrashId() : basename(folder));
  const { branch, head, path, gitDir } = worktree;
  try {
    await mkdir(entry.path, { recursive: true });
    const keepsake = branch === undefined ? undefined : await keepBranch(git, repository, branch, entry.reflog);
    await entry.make({
      ...{
        path,
        name: basename(gitDir),
        branch,
        head,
        deletedAt: Date.now(),
        keepMs,
        recovery: recovery.map(({ ref }) => ref),
      },
      folder: folder === undefined ? undefined : await placeOnDisk(folder),
      branchSettings: keepsake?.settings ?? [],
    });
    await makeRefs(git, repository, recovery);
    // A branch that stays now may go before the worktree comes back.
    await keepObjects(git, repository, worktree, { ref: entry.keepRef, reflog: entry.reflog, goes: branch });
    return entry;
  } catch (error) {
    await dropEntry(git, repository, entry);
    throw gitFailed(`What is needed to bring ${path} back cannot be written down`, error);
  }
}

export function isInTrash(repository: Pick<Repository, 'commonDir'>, folder: string): boolean {
  return dirname(folder) === trashFolder(repository);
}

/** Readable in a list of refs: by time, then the branch. */
function recoveryRef({ branch }: Worktree, at: number, tip: string, index: number): string {
  const time = new Date(at).toISOString().replace(/[-:.]/g, '');
  const isHead = index === 0;
  return `refs/coppice/recovery/${isHead ? time : `${time}-${tip.slice(0, 10)}`}/${branch ?? 'detached'}`;
}

/**
 * The second half of a delete: git's registration becomes a part of the entry, and from then on git knows nothing of the worktree.
 *
 * @throws conflict where a program holds a file of it: nothing happened then
 */
export async function moveToEntry(
  repository: Repository,
  entry: TrashEntry,
  { worktree }: SetAside,
): Promise<KeptWorktree> {
  const record = await entry.read();
  if (!record) throw new AppError('bug', `${entry.path} was to keep ${worktree.path}, and has no record.`);
  try {
    await rename(worktree.gitDir, entry.registration);
  } catch (error) {
    throw new AppError(
      'conflict',
      `${worktree.gitDir} cannot be moved now (${errorCode(error) ?? 'unknown'}): a program uses it. The worktree was left as it is.`,
      { cause: error, remedy: { title: 'Try Again', action: { kind: 'retry' } } },
    );
  }
  // As git does it with the last one.
  await rmdir(dirname(worktree.gitDir)).catch(() => undefined);
  await settleFolder(entry);
  return { id: entry.id, recovery: record.recovery };
}

/** Its folder becomes a part of a decided entry, and leads git nowhere. One that cannot be moved now lies beside it, and is found there. */
export async function settleFolder(entry: TrashEntry): Promise<void> {
  const folder = await entry.folderNow();
  if (folder !== undefined) await closeGitFile(folder, entry.gitFile, entry.closed);
  await rename(entry.aside, entry.folder).catch(() => undefined);
}

/** Takes away what `makeEntry` made, where nothing was deleted or all is back. */
export async function dropEntry(git: Git, repository: Repository, entry: TrashEntry): Promise<void> {
  // Never what a person may want back.
  if ((await entry.isDecided()) || (await isFolder(entry.folder))) return;
  const record = await entry.read().catch(() => undefined);
  await deleteRefs(git, repository, [entry.keepRef, ...(record?.recovery ?? [])]);
  await entry.remove();
}

export async function deleteRefs(git: Git, repository: Repository, refs: readonly string[]): Promise<void> {
  for (const ref of refs) await git.try(repository.root, ['update-ref', '-d', ref], { trust: 'write' });
}
