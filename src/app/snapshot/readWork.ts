import type { Locks } from '../../core/ports/host';
import type { Identities } from '../../core/ports/worktrees';
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

export interface WorkedAt {
  readonly known: readonly KnownWorktree[];
  /** The paths of worktrees at which somebody is at work. */
  readonly atWork: ReadonlySet<string>;
}

/**
 * Worktrees, and at which of them somebody is at work, as both were at one time. A record that says "begun" was read before its lock:
 * where nobody holds that, whoever did may have finished in between, so the record is read once more, and the lock after it.
 */
export async function readWorkedAt(
  ports: { readonly locks: Pick<Locks, 'isHeld'>; readonly identities: Pick<Identities, 'read'> },
  worktrees: readonly KnownWorktree[],
): Promise<WorkedAt> {
  const atWork = await readWork(ports.locks, worktrees);
  const known = await Promise.all(
    worktrees.map(async (each): Promise<KnownWorktree> => {
      if (each.identity?.state !== 'creating' || atWork.has(each.worktree.path)) return each;
      const identity = await ports.identities.read(each.worktree).catch(() => each.identity);
      return { ...each, identity };
    }),
  );
  const changed = known.filter((each, index) => each !== worktrees[index]);
  const since = changed.length > 0 ? await readWork(ports.locks, changed) : [];
  return { known, atWork: new Set([...atWork, ...since]) };
}
