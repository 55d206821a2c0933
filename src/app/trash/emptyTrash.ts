import type { DeletedWorktree } from '../../core/worktrees/deletedWorktree';
import { AppError, isAppError } from '../../core/errors';
import type { Repository } from '../../core/model';
import { trashLock } from '../environment/undo/trashLock';
import type { Run, UseCase } from '../run/run';
import { deleteLock, environmentLock, withBriefLock, withLock } from '../run/withLock';
import { trashedIdentity, type TrashPorts } from './trashPorts';

export interface EmptyTrashRequest {
  /** Any folder in the repository. */
  readonly folder: string;
  /** Those that a person has said yes to, by name. */
  readonly ids: readonly string[];
  /** Databases that are kept for them stay, until their time is over. */
  readonly skipDatabases?: boolean;
}

export type EmptyOutcome =
  | { readonly kind: 'removed'; readonly id: string; readonly deleted: DeletedWorktree }
  /** It stays whole; but its database may be gone, where that was dropped before something else refused. */
  | { readonly kind: 'kept'; readonly id: string; readonly error: AppError };

export interface EmptiedTrash {
  readonly outcomes: readonly EmptyOutcome[];
  /** What could not be deleted, and where it lies. */
  readonly left: readonly string[];
}

/**
 * Removes for good, before its time, what deletes have kept: files, refs to commits that nothing else has, and databases. Each is given up
 * under the locks that an undo of it has, so that one of the two wins; what may refuse comes first. Files are deleted last, and whatever
 * an earlier call that was cut off has left with them.
 *
 * @throws invalidInput outside of a repository; the AbortError
 */
export function emptyTrash(ports: TrashPorts): UseCase<EmptyTrashRequest, EmptiedTrash> {
  return async ({ folder, ids, skipDatabases = false }, run) => {
    const repository = await ports.worktrees.repository(folder, run.signal);
    const entries = await ports.trash.entries(repository);
    const outcomes: EmptyOutcome[] = [];
    try {
      for (const id of ids) {
        const deleted = entries.find((each) => each.id === id)?.deleted;
        outcomes.push(await giveUpOne(ports, repository, { folder, id, deleted, skipDatabases }, run));
      }
    } catch (error) {
      // What is given up by now goes, whatever became of the others.
      await ports.trash.clear(repository).catch(() => []);
      throw error;
    }
    return { outcomes, left: await ports.trash.clear(repository) };
  };
}

interface EmptyTrashOne extends Pick<EmptyTrashRequest, 'folder' | 'skipDatabases'> {
  readonly id: string;
  readonly deleted: DeletedWorktree | undefined;
}

async function giveUpOne(
  ports: TrashPorts,
  repository: Repository,
  { folder, id, deleted, skipDatabases }: Required<EmptyTrashOne>,
  { signal }: Run,
): Promise<EmptyOutcome> {
  const { trash, locks } = ports;
  try {
    if (!deleted) {
      await trash.verify(repository, id);
      throw new AppError('conflict', 'It cannot be told what it is.');
    }
    const identity = await trashedIdentity(ports, deleted);
    const what = `${deleted.branch ?? deleted.path} is being removed from the trash`;
    const work = async (): Promise<void> => {
      await trash.verify(repository, id);
      if (identity?.parts.database && !skipDatabases) {
        const databases = await ports.openDatabases(folder);
        await databases.dropKept({ owner: identity.owner }, signal);
      }
      await trash.remove(repository, id);
    };
    // As an undo takes them.
    const own = identity ? environmentLock(identity.owner) : deleteLock(deleted);
    await withLock(locks, own, what, () => withBriefLock(locks, trashLock(repository), what, signal, work));
    return { kind: 'removed', id, deleted };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { kind: 'kept', id, error };
  }
}
