import { AppError, type Loss } from '../../../core/errors';
import type { Owner, Repository } from '../../../core/model';
import type { DeletePorts } from '../deletePorts';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';
import { deleteUnclaimed } from './deleteUnclaimed';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import { readWorktrees } from '../../worktrees/readWorktrees';
import type { UseCase } from '../../run/run';

export interface DeleteOrphanRequest {
  /** Any folder in the repository. */
  readonly folder: string;
  readonly namespace: string;
  /** Losses that the person accepted, each by its name: there are only `database` and `data`. */
  readonly accepted?: readonly Loss['kind'][];
}

/**
 * Deletes an environment of this repository that no worktree claims any more.
 *
 * @throws conflict with `losses` before anything is changed, when its database was written to and that was not accepted
 */
export function deleteOrphan(
  ports: DeletePorts,
  parts: readonly Part[] = environmentParts,
): UseCase<DeleteOrphanRequest, void> {
  return async ({ folder, namespace, accepted = [] }, run) => {
    const repository = await ports.worktrees.repository(folder, run.signal);
    const access = await ports.cluster.connect(run.signal);
    const record = await ports.cluster.readNamespace(namespace, run.signal);
    if (!record) return;
    const { owner } = record;
    if (owner?.repositoryId !== repository.id) {
      throw new AppError(
        'conflict',
        `The namespace ${namespace} does not belong to this repository: nothing is deleted.`,
      );
    }
    const refuse = (): Promise<void> => refuseIfClaimed(ports, repository, owner, namespace, run.signal);
    await deleteUnclaimed(ports, parts, { record, owner, access, accepted }, refuse, run);
  };
}

async function refuseIfClaimed(
  ports: DeletePorts,
  repository: Repository,
  owner: Owner,
  namespace: string,
  signal: AbortSignal,
): Promise<void> {
  const known = await readWorktrees(ports, repository, signal);
  const unreadable = known.find(({ problem }) => problem !== undefined);
  if (unreadable?.problem) throw unreadable.problem;
  const holder = known.find(({ identity }) => isSameOwner(identity?.owner, owner));
  if (holder)
    throw new AppError('conflict', `The namespace ${namespace} belongs to the worktree ${holder.worktree.path}.`);
}
