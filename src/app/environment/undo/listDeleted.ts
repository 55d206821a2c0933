import type { DeletedWorktree } from '../../../core/worktrees/deletedWorktree';
import type { Worktrees } from '../../../core/ports/worktrees';

/** Worktrees of the repository that can be brought back, newest first. */
export async function listDeleted(
  { worktrees }: { readonly worktrees: Worktrees },
  folder: string,
  signal: AbortSignal,
): Promise<readonly DeletedWorktree[]> {
  return worktrees.deleted(await worktrees.repository(folder, signal));
}
