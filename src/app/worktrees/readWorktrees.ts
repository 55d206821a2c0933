import { isAppError, type AppError } from '../../core/errors';
import type { Identity, Repository, Worktree } from '../../core/model';
import type { Identities, Worktrees } from '../../core/ports/worktrees';

/**
 * A worktree with its recorded identity, also while its folder is gone: it may be on a disk that is not there now, and who
 * deletes it deletes its environment. A record that cannot be understood is told as a problem, not guessed.
 */
export interface KnownWorktree {
  readonly worktree: Worktree;
  readonly identity: Identity | undefined;
  readonly problem: AppError | undefined;
}

export async function readWorktrees(
  ports: { readonly worktrees: Worktrees; readonly identities: Identities },
  repository: Repository,
  signal?: AbortSignal,
): Promise<KnownWorktree[]> {
  const listed = await ports.worktrees.list(repository, signal);
  return Promise.all(
    listed.map(async (worktree) => {
      try {
        return { worktree, identity: await ports.identities.read(worktree), problem: undefined };
      } catch (error) {
        if (!isAppError(error)) throw error;
        return { worktree, identity: undefined, problem: error };
      }
    }),
  );
}
