import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worktree } from '../../../core/model';
import { GitFailure, type Git } from '../program/git';
import { hasRefTables, rootRefs } from '../history/refTables';
import { removeLeftLocks } from '../locks/leftLocks';
import { folderState } from '../files/paths';
import { isCheckoutOf, restoreFiles, type CommitPair } from './restoreFiles';

/** Git writes it as a merge begins, before it locks the index. */
const begun = 'ORIG_HEAD';
/** Who takes back what no create has begun. */
const making = 'merge';

/** Whether a git that was killed, or is still at it, has the index locked. */
export async function isIndexLocked({ gitDir }: Worktree): Promise<boolean> {
  return (await folderState(join(gitDir, 'index.lock'))) !== 'absent';
}

/**
 * Whether a merge was killed as it wrote files: the index is locked and as it was, and all that is otherwise in the folder is what was to
 * come, or the beginning of it.
 */
export async function isCutOffCheckout(git: Git, worktree: Worktree, change: CommitPair): Promise<boolean> {
  if (!(await isIndexLocked(worktree))) return false;
  if ((await begunFrom(git, worktree)) !== change.before) return false;
  const argv = ['diff-index', '--cached', '--quiet', change.before, '--'];
  if ((await git.try(worktree.path, argv, { trust: 'check' })) === undefined) return false;
  try {
    return await isCheckoutOf(git, worktree, change);
  } catch (error) {
    // Of a merge that made no commit yet files may be known to nobody.
    if (error instanceof GitFailure) return false;
    throw error;
  }
}

async function begunFrom(git: Git, { gitDir }: Worktree): Promise<string> {
  if (await hasRefTables(gitDir)) return (await rootRefs(git, gitDir, [begun])).get(begun) ?? '';
  return (await readFile(join(gitDir, begun), 'utf8').catch(() => '')).trim();
}

/** @throws conflict where the lock may be somebody else's */
export async function takeBackCheckout(git: Git, worktree: Worktree, change: CommitPair): Promise<void> {
  // A merge writes one ref before it locks the index, so that the tables of its worktree are as old as that.
  const tables = join(worktree.gitDir, 'reftable', 'tables.list');
  await removeLeftLocks(worktree.gitDir, worktree.path, join(worktree.gitDir, begun), tables);
  await restoreFiles(git, worktree, change, making);
}
