import { isAppError, type AppError } from '../../core/errors';
import type { Worktree, WorktreeStatus } from '../../core/model';
import type { Logger } from '../../core/ports/host';
import type { Worktrees } from '../../core/ports/worktrees';

/** Git's statuses of worktrees whose folders are there, into what is known of them, as they come; what is known stays where one fails. */
export async function readStatuses(
  worktrees: Pick<Worktrees, 'statuses'>,
  listed: readonly Worktree[],
  known: Map<string, WorktreeStatus>,
  { log, signal, onNews }: { readonly log: Logger; readonly signal: AbortSignal; readonly onNews: () => void },
): Promise<void> {
  const paths = new Set(listed.map(({ path }) => path));
  for (const path of known.keys()) if (!paths.has(path)) known.delete(path);
  const hear = (worktree: Worktree, status: WorktreeStatus | AppError): void => {
    if (isAppError(status)) log.debug(`status of ${worktree.path}: ${status.message}`);
    else known.set(worktree.path, status);
    onNews();
  };
  const standing = listed.filter(({ prunable }) => prunable === undefined);
  await worktrees.statuses(standing, hear, signal);
}
