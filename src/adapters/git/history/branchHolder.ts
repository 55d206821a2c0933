import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worktree } from '../../../core/model';

/** Where rebase and bisect write down the branch that they began with, and go back to. */
const begun = ['rebase-merge/head-name', 'rebase-apply/head-name', 'BISECT_START'];

/** The worktree that a branch belongs to now: where it is checked out, or was when a rebase or a bisect began there. */
export async function holderOf(worktrees: readonly Worktree[], branch: string): Promise<Worktree | undefined> {
  const found = worktrees.find((worktree) => worktree.branch === branch);
  if (found) return found;
  for (const worktree of worktrees) {
    if (worktree.branch !== undefined) continue;
    const names = await Promise.all(begun.map((name) => readFile(join(worktree.gitDir, name), 'utf8').catch(() => '')));
    // A bisect has the short name.
    if (names.some((name) => [branch, `refs/heads/${branch}`].includes(name.trim()))) return worktree;
  }
  return undefined;
}
