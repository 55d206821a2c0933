import type { DeletedWorktree } from '../../../core/worktrees/deletedWorktree';
import { AppError, isAppError } from '../../../core/errors';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import type { Identity, Worktree } from '../../../core/model';
import type { Databases } from '../../../core/ports/databases';
import type { Locks } from '../../../core/ports/host';
import type { Identities, Worktrees } from '../../../core/ports/worktrees';
import { deleteLock, environmentLock, nameLock, withBriefLock, withLock } from '../../run/withLock';
import type { UseCase } from '../../run/run';
import { ofBranch } from '../begunPlace';
import { trashLock } from './trashLock';

export interface UndoPorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  readonly locks: Locks;
  /** Where the databases of a folder's repository are. */
  readonly openDatabases: (folder: string) => Promise<Pick<Databases, 'keepOn' | 'owner'>>;
}

export interface UndoRequest {
  /** Any folder in the repository. */
  readonly folder: string;
  /** Of what was deleted. */
  readonly id: string;
}

export interface UndoResult {
  readonly worktree: Worktree;
  /** What its environment was called, which is gone until the next create; undefined: it had none. */
  readonly identity: Identity | undefined;
  /** Whether the next create brings back its database as it was; undefined: that cannot be told now. */
  readonly isDatabaseKept: boolean | undefined;
}

/** What is only asked for a sentence has this long. Milliseconds. */
const askMs = 5_000;

/**
 * Brings back a worktree that was deleted, with its branch, its files and its record. Its environment was deleted: the next create makes
 * it anew under the same names, with the database that the delete has kept. Other data in it are gone for good.
 *
 * @throws notFound when it is not in the trash any more, conflict when something else is in its place: then nothing was changed
 */
export function undoDelete({
  worktrees,
  identities,
  locks,
  openDatabases,
}: UndoPorts): UseCase<UndoRequest, UndoResult> {
  return async ({ folder, id }, { signal }) => {
    const repository = await worktrees.repository(folder, signal);
    const deleted = (await worktrees.deleted(repository)).find((each) => each.id === id);
    if (!deleted) throw new AppError('notFound', 'It is not in the trash any more: nothing can be brought back.');
    const { branch, path } = deleted;
    // One that cannot be understood is told when it is back: that is no reason to keep the files from a person.
    const identity = await identities.read(asWorktree(deleted)).catch((error: unknown) => {
      if (!isAppError(error)) throw error;
      return undefined;
    });
    const what = `${branch ?? path} is being brought back`;
    const ref = branch === undefined ? undefined : `refs/heads/${branch}`;
    const work = async (): Promise<Pick<UndoResult, 'worktree' | 'identity'>> => {
      const worktree = await worktrees.bringBack(repository, deleted);
      // A delete that was cut off before its last step is none any more.
      if (ref !== undefined) await identities.removeBegun(ofBranch(repository, ref));
      return { worktree, identity };
    };
    const own = identity ? environmentLock(identity.owner) : deleteLock(deleted);
    const alone = () =>
      withLock(locks, own, what, () => withBriefLock(locks, trashLock(repository), what, signal, work));
    const undone = await (ref === undefined ? alone() : withLock(locks, nameLock(repository, ref), what, alone));
    // It is back, whatever can be told of the rest.
    const limit = AbortSignal.any([signal, AbortSignal.timeout(askMs)]);
    const isDatabaseKept =
      identity?.parts.database && (await within(keepDatabase(openDatabases, folder, identity, limit), limit));
    return { ...undone, isDatabaseKept };
  };
}

/** Whether the next create has its rows: those that were kept, or those of a database that the delete has left where it was. */
async function keepDatabase(
  openDatabases: UndoPorts['openDatabases'],
  folder: string,
  { owner, parts: { database } }: Identity,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const databases = await openDatabases(folder);
  const isKept = await databases.keepOn(owner, signal);
  if (isKept !== false || !database) return isKept;
  const holder = await databases.owner(database.database, signal);
  return holder !== 'foreign' && isSameOwner(holder, owner);
}

/** What an answer says that comes in time; undefined: it fails, or comes later. */
function within<T>(answer: Promise<T>, limit: AbortSignal): Promise<T | undefined> {
  const over = new Promise<undefined>((resolve) => {
    limit.addEventListener('abort', () => resolve(undefined), { once: true });
    if (limit.aborted) resolve(undefined);
  });
  return Promise.race([answer.catch(() => undefined), over]);
}

/** Its records are read where they lie now. */
function asWorktree({ gitDir, path, branch, head }: DeletedWorktree): Worktree {
  return { gitDir, path, branch, head, isMain: false, locked: undefined, prunable: undefined };
}
