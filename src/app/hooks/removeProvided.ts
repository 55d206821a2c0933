import type { Loss } from '../../core/errors';
import type { DeleteRequest, DeleteResult } from '../environment/requests';
import type { UseCase } from '../run/run';
import { worktreeAt, type WorktreeAtPorts } from '../worktrees/worktreeAt';
import { deleteWithData } from './deleteWithData';

export interface RemoveProvidedPorts extends WorktreeAtPorts {
  readonly deleteEnvironment: UseCase<DeleteRequest, DeleteResult>;
}

/**
 * Deletes the environment of a worktree that another tool is about to remove, and its data with it; what is in the folder is the
 * tool's to look after.
 *
 * @returns what was lost of data
 */
export function removeProvided(ports: RemoveProvidedPorts): UseCase<{ readonly folder: string }, readonly Loss[]> {
  return async ({ folder }, run) => {
    const { worktree, identity } = await worktreeAt(ports, folder, run.signal);
    if (!identity || worktree.isMain) return [];
    const request = { folder: worktree.path, path: worktree.path, environmentOnly: true };
    return deleteWithData(ports.deleteEnvironment, request, run);
  };
}
