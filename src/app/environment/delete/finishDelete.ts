import type { DeletePorts } from '../deletePorts';
import { ofBranch } from '../begunPlace';
import type { UseCase } from '../../run/run';

export interface FinishDeleteRequest {
  /** Any folder in the repository. */
  readonly folder: string;
  readonly branch: string;
}

/**
 * Deletes a branch whose worktree a delete had removed before it was cut off. What that was to lose was asked for then.
 *
 * @returns false when there is no such branch
 * @throws conflict when it moved on since, or is checked out: then it is the person's own from now on
 */
export function finishDelete({
  worktrees,
  identities,
}: Pick<DeletePorts, 'worktrees' | 'identities'>): UseCase<FinishDeleteRequest, boolean> {
  return async ({ folder, branch }, { signal }) => {
    const repository = await worktrees.repository(folder, signal);
    const place = ofBranch(repository, `refs/heads/${branch}`);
    const deletingAt = (await identities.readBegun(place))?.deletingAt;
    if (deletingAt === undefined) return false;
    const branches = await worktrees.branches(repository, signal);
    const isThere = branches.some(({ name, isRemote }) => name === branch && !isRemote);
    try {
      if (isThere) await worktrees.deleteBranch(repository, branch, deletingAt);
    } finally {
      await identities.removeBegun(place);
    }
    return isThere;
  };
}
