import type { Repository } from '../../../core/model';
import { GitFailure, type Git } from '../program/git';
import { usageExitCode } from '../worktrees/worktreeList';

/** What two commits are together, without a worktree. */
export type MergedTree =
  | { readonly kind: 'clean'; readonly tree: string }
  | { readonly kind: 'conflicts'; readonly files: readonly string[] }
  /** `git merge-tree --write-tree` came with git 2.38. */
  | { readonly kind: 'unknown' };

/** Writes a tree into the repository's objects, or where `env` says. */
export async function mergeTree(
  git: Git,
  repository: Repository,
  [one, other]: readonly [string, string],
  { env, signal }: { readonly env?: Readonly<Record<string, string>>; readonly signal?: AbortSignal | undefined } = {},
): Promise<MergedTree> {
  const argv = ['merge-tree', '--write-tree', '--name-only', '-z', '--no-messages', one, other];
  try {
    const output = await git.run(repository.root, argv, { trust: 'check', signal, ...(env ? { env } : {}) });
    return { kind: 'clean', tree: output.split('\0', 1)[0] ?? '' };
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    if (error.exitCode === usageExitCode) return { kind: 'unknown' };
    if (error.exitCode !== 1) throw error;
    const [, ...files] = error.stdout.split('\0');
    return { kind: 'conflicts', files: [...new Set(files)].filter((file) => file !== '') };
  }
}
