import { AppError, type Loss } from '../../core/errors';
import type { Paths } from '../../core/ports/host';
import type { PlainWorktrees } from '../../core/ports/plainWorktrees';
import type { Identities, Worktrees } from '../../core/ports/worktrees';
import type { DeleteRequest, DeleteResult } from '../environment/requests';
import type { UseCase } from '../run/run';
import { deleteWithData } from './deleteWithData';

export interface RemoveSessionPorts {
  readonly worktrees: Worktrees;
  readonly identities: Pick<Identities, 'readSession'>;
  readonly plainWorktrees: Pick<PlainWorktrees, 'remove'>;
  readonly paths: Paths;
  readonly deleteEnvironment: UseCase<DeleteRequest, DeleteResult>;
}

export interface RemoveSessionRequest {
  /** Any folder of the repository. */
  readonly folder: string;
  /** The worktree's folder. */
  readonly path: string;
}

/**
 * Deletes the worktree of a session with its environment and the data of that. Files and commits that nothing else has are no
 * session's to lose: then nothing is deleted. Its branch goes when it was made for the session, and all that it reaches is reached
 * otherwise.
 *
 * @returns what was lost of data
 * @throws conflict with the losses; a worktree that is gone already is no failure
 */
export function removeSessionWorktree({
  worktrees,
  identities,
  plainWorktrees,
  paths,
  deleteEnvironment,
}: RemoveSessionPorts): UseCase<RemoveSessionRequest, readonly Loss[]> {
  return async ({ folder, path }, run) => {
    const repository = await worktrees.repository(folder, run.signal).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'invalidInput') return undefined;
      throw error;
    });
    // Coppice cannot work with it, and had git alone make what goes now.
    if (!repository) {
      await plainWorktrees.remove(folder, path, run.signal);
      return [];
    }
    const listed = await worktrees.list(repository, run.signal);
    const worktree = listed.find((each) => paths.contains(each.path, path) && paths.contains(path, each.path));
    if (!worktree) return [];
    if (worktree.isMain) throw new AppError('invalidInput', 'The main worktree is no session: it is not deleted.');
    const losses = await worktrees.losses(repository, worktree, run.signal);
    const isBranchFree = losses.every(({ kind }) => kind !== 'unpushed');
    const { branch, head } = worktree;
    const isOwnBranch = branch !== undefined && (await identities.readSession(worktree))?.createdBranch === branch;
    const request = { folder: repository.root, path: worktree.path, keepBranch: true };
    const lost = await deleteWithData(deleteEnvironment, request, run);
    if (isOwnBranch && isBranchFree) await worktrees.deleteBranch(repository, branch, head);
    return lost;
  };
}
