import type { Locks } from '../../core/ports/host';
import { deleteLock, environmentLock } from '../run/withLock';
import type { KnownWorktree } from '../worktrees/readWorktrees';

/**
 * The paths of worktrees at which a process of this machine is at work. Locks are asked only where a record or a folder that is
 * gone says that something was begun: what is whole costs nothing.
 */
export async function readWork(
  locks: Pick<Locks, 'isHeld'>,
  known: readonly KnownWorktree[],
): Promise<ReadonlySet<string>> {
  const begun = known.filter(
    ({ worktree, identity }) => identity?.state === 'creating' || worktree.prunable !== undefined,
  );
  const paths = await Promise.all(
    begun.map(async ({ worktree, identity }) => {
      const key = identity ? environmentLock(identity.owner) : deleteLock(worktree);
      return (await locks.isHeld(key)) ? [worktree.path] : [];
    }),
  );
  return new Set(paths.flat());
}
