import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { parseCheckoutMark, type CheckoutMark } from '../../../core/worktrees/checkoutMark';
import type { Repository, Worktree } from '../../../core/model';
import { parseSpareMark } from '../../../core/worktrees/spareMark';
import { findMoved } from '../files/findMoved';
import { GitFailure, halfMadeIn, type Git } from '../program/git';
import { parseWorktreeList, type ListedWorktree } from '../program/parseWorktreeList';
import { isHolderAlive } from '../locks/lockHolder';
import { comparablePath, folderState, platformPath } from '../files/paths';
import { recoverWorktrees } from './recoverWorktrees';
import { isStaleLock } from '../locks/staleLock';
import { findInTrash } from '../trash/trash';

/** The exit code of git for options that it does not know. */
export const usageExitCode = 129;

/** Lists worktrees with `git worktree list`, and finds their git directories, which git does not print. */
export class WorktreeList {
  /** `-z` came with git 2.36. */
  #hasNul = true;

  constructor(private readonly git: Git) {}

  async raw(folder: string, signal?: AbortSignal): Promise<ListedWorktree[]> {
    try {
      return await this.#raw(folder, signal);
    } catch (error) {
      const halfMade = halfMadeIn(error);
      if (halfMade === undefined) throw error;
      // Nobody could list worktrees any more.
      await recoverWorktrees(dirname(dirname(resolve(folder, halfMade))));
      return this.#raw(folder, signal);
    }
  }

  async #raw(folder: string, signal?: AbortSignal): Promise<ListedWorktree[]> {
    const options = { trust: 'read', signal } as const;
    if (this.#hasNul) {
      try {
        return parseWorktreeList(await this.git.run(folder, ['worktree', 'list', '--porcelain', '-z'], options), '\0');
      } catch (error) {
        if (!(error instanceof GitFailure) || error.exitCode !== usageExitCode) throw error;
        this.#hasNul = false;
      }
    }
    return parseWorktreeList(await this.git.run(folder, ['worktree', 'list', '--porcelain'], options), '\n');
  }

  async list(repository: Repository, signal?: AbortSignal): Promise<Worktree[]> {
    const [entries, gitDirs] = await Promise.all([
      this.raw(repository.root, signal),
      gitDirectories(repository.commonDir),
    ]);
    const worktrees: Worktree[] = [];
    for (const [index, listed] of entries.entries()) {
      // Git derives the main one's from its directory, which may lie elsewhere.
      const path = index === 0 ? repository.root : platformPath(listed.path);
      const gitDir =
        index === 0 ? repository.commonDir : (gitDirs.get(path) ?? gitDirs.get(await comparablePath(path)));
      // Without one it was removed between the two looks.
      if (gitDir === undefined) continue;
      const entry = this.#hasNul || index === 0 ? listed : await withReason(listed, gitDir);
      // Of our own, until it is complete.
      const lock = await lockOf(entry, gitDir);
      if (!lock) continue;
      const { mark, locked, isMakerGone } = lock;
      const spare = spareOf(entry, locked);
      const isLost = mark === undefined && (await isFolderLost({ ...entry, locked }, path));
      const setAside = isLost ? await findInTrash(repository, { path, gitDir }) : undefined;
      const movedTo = isLost && setAside === undefined && (await findMoved(repository, { path, gitDir }));
      worktrees.push({
        path,
        gitDir,
        isMain: index === 0,
        branch: entry.branch?.replace(/^refs\/heads\//, ''),
        head: entry.head,
        // One that was a spare keeps nobody from anything.
        locked: mark || parseSpareMark(locked) ? undefined : locked,
        ...((await isStaleLock(locked)) ? { isLockStale: true } : {}),
        prunable: entry.prunable ?? (isLost ? 'its folder is not there' : undefined),
        ...(setAside === undefined ? {} : { setAside }),
        ...(movedTo ? { movedTo } : {}),
        ...(mark ? { beingMade: mark.id } : {}),
        ...(isMakerGone ? { isMakerGone } : {}),
        ...(spare === undefined ? {} : { spare }),
      });
    }
    return worktrees;
  }
}

/** Before git 2.31 the list does not say of it. */
async function withReason(entry: ListedWorktree, gitDir: string): Promise<ListedWorktree> {
  return { ...entry, locked: entry.locked ?? (await reasonIn(gitDir)) };
}

async function reasonIn(gitDir: string): Promise<string | undefined> {
  return (await readFile(join(gitDir, 'locked'), 'utf8').catch(() => undefined))?.trim();
}

/** On a branch, or with another commit, it is somebody's. */
function spareOf({ branch, head }: ListedWorktree, locked: string | undefined): string | undefined {
  const mark = parseSpareMark(locked);
  return mark && branch === undefined && head === mark.commit ? mark.id : undefined;
}

interface ReadLock {
  /** Of our own, while it is being made. */
  readonly mark: CheckoutMark | undefined;
  /** The reason, whoever's it is. */
  readonly locked: string | undefined;
  /** Who made it has ended before it was complete. */
  readonly isMakerGone: boolean;
}

/**
 * Who is found dead may have completed it since git listed it, and has then taken the mark away: so that is read once more.
 *
 * @returns undefined: it has been taken back since
 */
async function lockOf({ locked }: ListedWorktree, gitDir: string): Promise<ReadLock | undefined> {
  const mark = parseCheckoutMark(locked);
  if (!mark || (await isHolderAlive(mark))) return { mark, locked, isMakerGone: false };
  const now = await reasonIn(gitDir);
  if (now === undefined && (await folderState(gitDir)) === 'absent') return undefined;
  const markNow = parseCheckoutMark(now);
  const isGone = markNow !== undefined && !(await isHolderAlive(markNow));
  return { mark: markNow, locked: now, isMakerGone: isGone };
}

/** Git itself says so, but not of one that is locked: its folder may be on a disk that is not there now. */
async function isFolderLost(entry: ListedWorktree, path: string): Promise<boolean> {
  if (entry.prunable !== undefined) return true;
  return entry.locked !== undefined && (await folderState(path)) === 'absent';
}

/** The git directories of linked worktrees, by the worktree's path as it is recorded and as it can be compared. */
async function gitDirectories(commonDir: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const parent = join(commonDir, 'worktrees');
  const names = await readdir(parent).catch(() => []);
  await Promise.all(
    names.map(async (name) => {
      const gitDir = join(parent, name);
      const text = await readFile(join(gitDir, 'gitdir'), 'utf8').catch(() => undefined);
      if (text === undefined) return;
      // The file may hold a path relative to its own folder (git 2.48).
      const path = resolve(gitDir, platformPath(text.replace(/\r?\n$/, '')));
      const suffix = `${sep}.git`;
      const folder = path.endsWith(suffix) ? path.slice(0, -suffix.length) : path;
      found.set(folder, gitDir);
      found.set(await comparablePath(folder), gitDir);
    }),
  );
  return found;
}
