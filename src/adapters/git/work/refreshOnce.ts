import { copyFileSync, linkSync, lstatSync, renameSync, rmSync, constants, type BigIntStats } from 'node:fs';
import { copyFile, lstat, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@coppice/host/errorCode';
import type { Worktree } from '../../../core/model';
import type { Git } from '../program/git';
import { withIndexCopy } from './indexCopy';

/** Git compares seconds: what was written in the same second as the index is read again by every status until then. */
const nextSecondMs = 1100;

/**
 * Refreshes the index of a new worktree: without it every status reads all files again, since our statuses take no lock
 * and so never write down what they found. Git itself holds the index's lock for as long as it reads files, and every `git add`,
 * `commit` or `rebase` of somebody who begins to work there is refused meanwhile: so a copy is refreshed, and takes the index's
 * place in a moment, if that is still the same.
 */
export class RefreshOnce {
  constructor(private readonly git: Git) {}

  /** Does not wait and never fails: it only makes later statuses fast. Keeps no process alive. */
  schedule(worktree: Pick<Worktree, 'path' | 'gitDir'>): void {
    setTimeout(() => {
      this.#refresh(worktree).catch(() => undefined);
    }, nextSecondMs).unref();
  }

  async #refresh(worktree: Pick<Worktree, 'path' | 'gitDir'>): Promise<void> {
    const index = join(worktree.gitDir, 'index');
    const before = await lstat(index, { bigint: true });
    if (!before.isFile()) return;
    await withIndexCopy(worktree, async (env) => {
      await this.git.try(worktree.path, ['update-index', '-q', '--refresh'], { trust: 'refresh', env });
      const fresh = `${index}.coppice-${process.pid}`;
      try {
        await copyFile(env.GIT_INDEX_FILE, fresh);
        // Git takes what was changed after this time for changed.
        const { atime, mtime } = await stat(env.GIT_INDEX_FILE);
        await utimes(fresh, atime, mtime);
        takePlace(fresh, index, before);
      } finally {
        await rm(fresh, { force: true });
      }
    });
  }
}

/** At one go: nothing of this process comes between, and its end leaves no lock. */
function takePlace(fresh: string, index: string, before: BigIntStats): void {
  const lock = `${index}.lock`;
  try {
    linkSync(fresh, lock);
  } catch (error) {
    // Somebody works there, and git writes down what it finds.
    if (errorCode(error) === 'EEXIST') return;
    // A file system without links.
    copyFileSync(fresh, lock, constants.COPYFILE_EXCL);
  }
  try {
    if (isSame(lstatSync(index, { bigint: true }), before)) return renameSync(lock, index);
  } catch (error) {
    rmSync(lock, { force: true });
    throw error;
  }
  rmSync(lock, { force: true });
}

function isSame(now: BigIntStats, before: BigIntStats): boolean {
  return now.ino === before.ino && now.size === before.size && now.mtimeNs === before.mtimeNs;
}
