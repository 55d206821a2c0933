import { errorCode } from '@coppice/host/errorCode';
import { lstat, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeletedWorktree } from '../../../core/worktrees/deletedWorktree';
import { AppError } from '../../../core/errors';
import type { Repository, Worktree } from '../../../core/model';
import type { DeletedRecord } from '../../../core/records/deletedRecord';
import { returnReflog } from '../history/branchKeepsake';
import { checkedOut, commitOfRef, createBranch, returnBranchSettings } from '../history/branches';
import { belowMade } from '../files/belowMade';
import { openGitFile, refuseRepository } from '../files/closeGitFile';
import { inFolderAlone } from '../locks/folderLock';
import type { Git } from '../program/git';
import { dropEntry } from '../trash/keepWorktree';
import { lastOfBranch } from '../trash/lastHead';
import { isNoCommit } from '../program/parseWorktreeList';
import { folderState, isSameRealPath } from '../files/paths';
import { entriesIn, isAtPlace, isFolder, TrashEntry } from '../trash/trashEntry';
import type { WorktreeList } from './worktreeList';

/** What can be brought back, newest first. One whose record cannot be understood is left out. */
export async function deletedIn(repository: Pick<Repository, 'commonDir'>): Promise<DeletedWorktree[]> {
  const found: DeletedWorktree[] = [];
  for (const entry of await entriesIn(repository)) {
    if (!(await entry.isDecided())) continue;
    const record = await entry.read().catch(() => undefined);
    if (!record) continue;
    found.push(deletedOf(entry, record));
  }
  return found;
}

export function deletedOf(
  { id, registration }: TrashEntry,
  { path, branch, head, deletedAt, keepMs, recovery }: DeletedRecord,
): DeletedWorktree {
  return { ...{ id, path, branch, head, deletedAt, keepMs, recovery }, gitDir: registration };
}

/**
 * Undoes a delete. What may refuse comes first; then the branch, the folder, and last the registration, by which git knows the
 * worktree again: cut off before that, the same is done again, and finds what it has done.
 */
export async function bringBack(git: Git, list: WorktreeList, repository: Repository, id: string): Promise<Worktree> {
  const entry = new TrashEntry(repository, id);
  const record = (await entry.isDecided()) ? await entry.read() : undefined;
  if (!record) throw new AppError('notFound', 'It is not in the trash any more: nothing can be brought back.');
  // Who works at the folder meanwhile makes a worktree of it, which may take itself back.
  return inFolderAlone(repository, record.path, () => bringBackAlone(git, list, repository, entry, record));
}

async function bringBackAlone(
  git: Git,
  list: WorktreeList,
  repository: Repository,
  entry: TrashEntry,
  record: DeletedRecord,
): Promise<Worktree> {
  const head = (await lastOfBranch(git, repository, entry, record)) ?? record.head;
  const folder = await folderOf(repository, entry, record);
  if (folder) await refuseRepository(folder.kind === 'inTrash' ? folder.path : record.path);
  await refuseTaken(git, repository, await list.list(repository), record, head);
  const name = await freeName(repository, entry, record);

  await returnBranch(git, repository, entry, record, head);
  if (folder?.kind === 'inTrash') await putFolder(folder.path, record.path);
  const gitDir = join(repository.commonDir, 'worktrees', name);
  if (folder) await openGitFile(record.path, entry.gitFile, name === record.name ? undefined : gitDir);
  await mkdir(join(repository.commonDir, 'worktrees'), { recursive: true });
  await rename(entry.registration, gitDir);
  await dropEntry(git, repository, entry);
  for (const worktree of await list.list(repository))
    if (await isSameRealPath(worktree.path, record.path)) return worktree;
  throw new AppError('failed', `${record.path} is back, and git does not list it: run "git worktree repair" there.`);
}

/** `inPlace`: an undo that was cut off has put it back. */
type FolderPlace = { readonly kind: 'inPlace' } | { readonly kind: 'inTrash'; readonly path: string };

/** Where the folder is; undefined: it had none. @throws conflict */
async function folderOf(
  repository: Repository,
  entry: TrashEntry,
  { path, folder }: DeletedRecord,
): Promise<FolderPlace | undefined> {
  const inTrash = await entry.folderNow();
  if (folder !== undefined && inTrash === undefined) {
    if ((await isFolder(path)) && (await isAtPlace(repository, path, folder))) return { kind: 'inPlace' };
    throw new AppError(
      'failed',
      `The folder of ${path} is neither in ${entry.path} nor in its place: nothing was changed.`,
    );
  }
  if ((await folderState(path)) === 'absent')
    return inTrash === undefined ? undefined : { kind: 'inTrash', path: inTrash };
  const where = inTrash === undefined ? '' : `; until then its files are in ${inTrash}`;
  throw new AppError(
    'conflict',
    `Something else is at ${path} now, and is left alone. Move it away, and undo the delete then${where}.`,
  );
}

async function refuseTaken(
  git: Git,
  repository: Repository,
  listed: readonly Worktree[],
  { path, branch }: DeletedRecord,
  head: string,
): Promise<void> {
  for (const worktree of listed)
    if (await isSameRealPath(worktree.path, path))
      throw new AppError(
        'conflict',
        `git knows another worktree at ${path} by now. Delete that one first, or run "git worktree prune" if its folder is gone.`,
      );
  if (branch === undefined) return;
  const holder = listed.find((worktree) => worktree.branch === branch);
  if (holder) throw checkedOut(branch, holder.path);
  const now = await commitOfRef(git, repository, `refs/heads/${branch}`);
  if (now === undefined || now === head) return;
  throw new AppError(
    'conflict',
    `The branch ${branch} is at ${now.slice(0, 10)} by now, and the worktree was at ${head.slice(0, 10)}. Rename the branch ("git branch -m ${branch} NAME"), and undo the delete then.`,
  );
}

/** Git gives the name of a worktree that is gone to the next one whose folder is called so. */
async function freeName(repository: Repository, entry: TrashEntry, { name }: DeletedRecord): Promise<string> {
  const isFree = async (each: string): Promise<boolean> =>
    lstat(join(repository.commonDir, 'worktrees', each)).then(
      () => false,
      (error: unknown) => errorCode(error) === 'ENOENT',
    );
  if (await isFree(name)) return name;
  if (await isFolder(join(entry.registration, 'modules'))) {
    throw new AppError(
      'conflict',
      `git knows another worktree as ${name} by now, and submodules lead to that name. Delete that one first (see ${join(repository.commonDir, 'worktrees', name, 'gitdir')}).`,
    );
  }
  for (let number = 1; ; number++) if (await isFree(`${name}${number}`)) return `${name}${number}`;
}

async function returnBranch(
  git: Git,
  repository: Repository,
  entry: TrashEntry,
  { branch, branchSettings }: DeletedRecord,
  head: string,
): Promise<void> {
  if (branch === undefined) return;
  // Nothing was committed on it yet: it is where HEAD points, and nowhere else.
  if (isNoCommit(head)) return returnBranchSettings(git, repository, branch, branchSettings);
  if ((await commitOfRef(git, repository, `refs/heads/${branch}`)) === undefined) {
    // Without a reflog of its own: it gets the one that it had.
    await createBranch(git, repository, branch, head, { hasReflog: false });
  }
  await returnReflog(git, repository, branch, entry.reflog);
  await returnBranchSettings(git, repository, branch, branchSettings);
}

async function putFolder(folder: string, path: string): Promise<void> {
  try {
    await belowMade(path, () => rename(folder, path));
  } catch (error) {
    throw new AppError(
      'conflict',
      `The folder cannot be moved back to ${path} (${errorCode(error) ?? 'unknown'}): it stays in ${folder}. Try again.`,
      { cause: error, remedy: { title: 'Try Again', action: { kind: 'retry' } } },
    );
  }
}
