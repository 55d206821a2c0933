import { mkdir, rename, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, type Loss } from '../../../core/errors';
import { lossExamples, lossName } from '../../../core/worktrees/lossText';
import type { Repository, Worktree } from '../../../core/model';
import type { KeptWorktree } from '../../../core/worktrees/deletedWorktree';
import type { RemoveOptions, SetAside } from '../../../core/ports/worktrees';
import { endMonitor } from '../program/endMonitor';
import { gitFailed, type Git } from '../program/git';
import { lossesOf } from './losses';
import { belowMade } from '../files/belowMade';
import { folderState, isSameRealPath } from '../files/paths';
import {
  deleteRefs,
  dropEntry,
  isInTrash,
  makeEntry,
  makeRefs,
  moveToEntry,
  recoveryRefs,
  type RecoveryRef,
} from '../trash/keepWorktree';
import { lastHead } from '../trash/lastHead';
import { canBeMovedToTrash, deleteDecided, deleteFolder, findInTrash, moveAway, sweepDecided } from '../trash/trash';
import { decidedSuffix, newTrashId, trashFolder, TrashEntry } from '../trash/trashEntry';
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
  const folder = await moveAway(repository, current.path);
  await endMonitor(git, current.gitDir);
  return options?.keep === undefined
    ? { worktree: current, folder }
    : prepareKeep(git, repository, { worktree: current, folder }, options, accepted);
}

/** What cannot be written down is no longer to be given up. */
async function prepareKeep(
  git: Git,
  repository: Repository,
  aside: SetAside,
  options: RemoveOptions,
  accepted: readonly Loss['kind'][],
): Promise<SetAside> {
  const goes = options.keepBranch === true ? undefined : aside.worktree.branch;
  let made: SetAside = aside;
  try {
    const refs = await recoveryRefs(git, repository, aside.worktree, goes);
    made = { ...aside, recovery: refs.map(({ ref }) => ref) };
    const isKept = options.keep === 'all' && (aside.folder === undefined || isInTrash(repository, aside.folder));
    // With an entry, which names them before they are there, none is forgotten by whoever is cut off.
    if (isKept) return { ...made, entry: (await makeEntry(git, repository, aside, refs, options.keepMs)).id };
    // A bind mount has the number of the disk that it shows, and nothing is moved out of it.
    const stays =
      options.keep === 'all' && aside.folder !== undefined && (await canBeMovedToTrash(repository, aside.folder));
    // Its files stay, and the repositories of its submodules do not: they were given up to be brought back.
    if (stays && accepted.includes('submodule')) throw submodulesWouldGo(aside.worktree);
    await makeRefs(git, repository, refs);
    return stays ? { ...made, stays } : made;
  } catch (error) {
    await putWorktreeBack(git, repository, made);
    throw error;
  }
}

function submodulesWouldGo({ path }: Worktree): AppError {
  return new AppError(
    'conflict',
    `${path} cannot be moved into the trash, and commits of its submodules that were pushed nowhere would be gone for good. Push them, or move the worktree ("git worktree move") to where its repository is.`,
  );
}

/** Takes `setWorktreeAside` back. No error when that was done already. */
export async function putWorktreeBack(git: Git, repository: Repository, aside: SetAside): Promise<void> {
  await putFolderBack(aside);
  const entry = aside.entry === undefined ? undefined : new TrashEntry(repository, aside.entry);
  // Of one that is deleted by now they are all that its commits have, and an undo takes them back.
  if (await entry?.isDecided()) return;
  await deleteRefs(git, repository, aside.recovery ?? []);
  if (entry) await dropEntry(git, repository, entry);
}

async function putFolderBack({ worktree, folder }: SetAside): Promise<void> {
  if (folder === undefined || (await folderState(folder)) === 'absent') return;
  if ((await folderState(worktree.path)) !== 'absent') {
    throw new AppError('conflict', `Something else is at ${worktree.path} now: the worktree's folder is at ${folder}.`);
  }
  await belowMade(worktree.path, () => rename(folder, worktree.path));
}

/** Puts the folder back that a removal of the worktree that was cut off had set aside. */
export async function restoreWorktree(git: Git, repository: Repository, worktree: Worktree): Promise<void> {
  if (worktree.isMain || (await folderState(worktree.path)) !== 'absent') return;
  const folder = await findInTrash(repository, worktree);
  if (folder === undefined) return;
  // What was written down for it is found by the folder's name.
  const entry = isInTrash(repository, folder) ? basename(folder) : undefined;
  await putWorktreeBack(git, repository, { worktree, folder, entry });
}

/** The second half of a delete that can be undone. The registration goes, and with that it is done. */
export async function keepWorktree(
  git: Git,
  list: WorktreeList,
  repository: Repository,
  aside: SetAside,
  isMounted: IsMounted,
): Promise<KeptWorktree> {
  if (aside.entry === undefined) {
    const { recovery, left } = await discardWithRefs(git, list, repository, aside, isMounted);
    if (aside.stays) {
      const lost = `${aside.worktree.path} could not be moved into the trash: its files are in ${aside.folder ?? ''} until you delete them.`;
      return { id: undefined, recovery, left, lost };
    }
    const isElsewhere = aside.folder !== undefined && !isInTrash(repository, aside.folder);
    const lost = isElsewhere
      ? `${aside.worktree.path} was on another file system than its repository: its files are deleted and cannot be brought back.`
      : undefined;
    return { id: undefined, recovery, left, lost };
  }
  const entry = new TrashEntry(repository, aside.entry);
  let kept: KeptWorktree;
  try {
    kept = await moveToEntry(repository, entry, aside);
  } catch (error) {
    await putWorktreeBack(git, repository, aside);
    throw error;
  }
  await removeEmptyParent(repository, aside.worktree, isMounted);
  // It is deleted, whatever fails now, and its own log keeps the commit for as long as it can be brought back.
  const late = await recoverLate(git, repository, entry, aside).catch(() => []);
  return { ...kept, recovery: [...kept.recovery, ...late] };
}

/**
 * Until git knows nothing of a worktree somebody may commit in it: its registration is taken away first, whole, and what leads to the
 * last of its commits is made by what that says.
 */
async function discardWithRefs(
  git: Git,
  list: WorktreeList,
  repository: Repository,
  aside: SetAside,
  isMounted: IsMounted,
): Promise<{ readonly recovery: readonly string[]; readonly left: string | undefined }> {
  const { worktree, recovery = [] } = aside;
  // Whoever sweeps may delete it: what is in its folder is not in it.
  const registration = join(trashFolder(repository), `${newTrashId()}${decidedSuffix}`);
  await mkdir(dirname(registration), { recursive: true });
  const isMoved = await rename(worktree.gitDir, registration).then(
    () => true,
    () => false,
  );
  const gitDir = isMoved ? registration : worktree.gitDir;
  let late: RecoveryRef[];
  try {
    const found = { ...worktree, gitDir };
    late = await lateRefs(git, repository, found, await headIn(git, found));
    await makeRefs(git, repository, late);
  } catch (error) {
    if (isMoved) await rename(registration, worktree.gitDir);
    await putWorktreeBack(git, repository, aside);
    throw error;
  }
  const all = [...recovery, ...late.map(({ ref }) => ref)];
  const left = await discardWorktree(git, list, repository, { ...aside, recovery: all }, isMounted);
  if (isMoved) {
    await rmdir(dirname(worktree.gitDir)).catch(() => undefined);
    await deleteDecided(registration);
  }
  return { recovery: all, left };
}

async function recoverLate(git: Git, repository: Repository, entry: TrashEntry, aside: SetAside): Promise<string[]> {
  const record = await entry.read();
  const head = record && (await lastHead(git, repository, entry, record));
  const refs = await lateRefs(git, repository, { ...aside.worktree, gitDir: entry.registration }, head);
  const names = refs.map(({ ref }) => ref);
  if (record && names.length > 0) await entry.make({ ...record, recovery: [...record.recovery, ...names] });
  await makeRefs(git, repository, refs);
  return names;
}

/** Until git knows nothing of a worktree somebody may commit in it. What a branch has is kept by that, since it has moved on. */
async function lateRefs(
  git: Git,
  repository: Repository,
  worktree: Worktree,
  head: string | undefined,
): Promise<RecoveryRef[]> {
  if (head === undefined || head === worktree.head) return [];
  const refs = await recoveryRefs(git, repository, { ...worktree, head }, undefined);
  return refs.filter(({ tip }) => tip === head);
}

async function headIn(git: Git, { gitDir }: Worktree): Promise<string | undefined> {
  const argv = ['rev-parse', '--verify', '--quiet', 'HEAD'];
  return (await git.try(gitDir, argv, { trust: 'read', env: { GIT_DIR: gitDir } }))?.trim();
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
  isMounted: IsMounted,
): Promise<string | undefined> {
  const { worktree, folder } = aside;
  if ((await findCurrent(list, repository, worktree)) !== undefined) {
    try {
      // Twice forced: it is removed even where it is locked, which was accepted.
      await git.run(repository.root, ['worktree', 'remove', '--force', '--force', '--', worktree.path], {
        trust: 'refresh',
      });
    } catch (error) {
      await putWorktreeBack(git, repository, aside);
      throw gitFailed(`The worktree ${worktree.path} was not removed`, error);
    }
  }
  // What it leads to is the next worktree's that git calls so.
  if (aside.stays && folder !== undefined)
    await rename(join(folder, '.git'), join(folder, '.git.deleted')).catch(() => undefined);
  const left = folder === undefined || aside.stays ? undefined : await deleteFolder(folder);
  await sweepDecided(repository);
  await removeEmptyParent(repository, worktree, isMounted);
  return left;
}

/** Whether nodes of a cluster, or other containers, show a folder: made anew it would be another one, which they do not see. May reject. */
export type IsMounted = (folder: string) => Promise<boolean>;

/**
 * What is called so was made for its worktrees (`worktree.folder`), and goes with the last of them. A folder with anything in it stays, and
 * one that is shown elsewhere.
 */
async function removeEmptyParent({ name }: Repository, { path }: Worktree, isMounted: IsMounted): Promise<void> {
  const parent = dirname(path);
  if (basename(parent) !== `${name}.worktrees` || (await folderState(parent).catch(() => 'absent')) !== 'empty') return;
  if (!(await isMounted(parent).catch(() => true))) await rmdir(parent).catch(() => undefined);
}

async function findCurrent(
  list: WorktreeList,
  repository: Repository,
  worktree: Worktree,
  signal?: AbortSignal,
): Promise<Worktree | undefined> {
  for (const candidate of await list.list(repository, signal)) {
    if (await isSameRealPath(candidate.path, worktree.path)) return candidate;
  }
  return undefined;
}

function describe(loss: Loss): string {
  return `${lossName(loss)} (${lossExamples(loss)})`;
}
