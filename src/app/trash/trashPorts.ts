import type { DeletedWorktree } from '../../core/worktrees/deletedWorktree';
import { isAppError } from '../../core/errors';
import type { Identity, Worktree } from '../../core/model';
import type { Databases } from '../../core/ports/databases';
import type { Locks } from '../../core/ports/host';
import type { Trash } from '../../core/ports/trash';
import type { Identities, Worktrees } from '../../core/ports/worktrees';
import type { Settings } from '../../core/settings';

export interface TrashPorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  readonly trash: Trash;
  readonly locks: Locks;
  /** Where the databases of a folder's repository are. */
  readonly openDatabases: (folder: string) => Promise<Pick<Databases, 'listKept' | 'dropKept'>>;
  readonly settings: () => Settings;
}

/** What a deleted worktree recorded of its environment; undefined: it had none, or nobody can read it. */
export async function trashedIdentity(
  ports: Pick<TrashPorts, 'identities'>,
  deleted: DeletedWorktree,
): Promise<Identity | undefined> {
  return readTrashedIdentity(ports, deleted).catch((error: unknown) => {
    if (!isAppError(error)) throw error;
    return undefined;
  });
}

/** The same; undefined: it had none. @throws an AppError where nobody can read it */
export function readTrashedIdentity(
  { identities }: Pick<TrashPorts, 'identities'>,
  { gitDir, path, branch, head }: DeletedWorktree,
): Promise<Identity | undefined> {
  // Its records are read where they lie now.
  const worktree: Worktree = { gitDir, path, branch, head, isMain: false, locked: undefined, prunable: undefined };
  return identities.read(worktree);
}
