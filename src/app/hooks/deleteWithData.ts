import { isAppError, type Loss } from '../../core/errors';
import type { DeleteRequest, DeleteResult } from '../environment/requests';
import type { Run, UseCase } from '../run/run';

const data: readonly Loss['kind'][] = ['database', 'data'];

/**
 * Deletes what another tool gives away with its worktree. What was written to the database and to services goes with it, as nobody
 * can be asked and a clone that stays has no worktree; nothing else does.
 *
 * @returns what was lost of them, to be told
 * @throws conflict where anything else would be lost
 */
export async function deleteWithData(
  deleteEnvironment: UseCase<DeleteRequest, DeleteResult>,
  request: Omit<DeleteRequest, 'accepted'>,
  run: Run,
): Promise<readonly Loss[]> {
  try {
    await deleteEnvironment({ ...request, accepted: [] }, run);
    return [];
  } catch (error) {
    if (!isAppError(error, 'conflict') || error.losses.length === 0) throw error;
    const kinds = error.losses.map(({ kind }) => kind);
    if (!kinds.every((kind) => data.includes(kind))) throw error;
    await deleteEnvironment({ ...request, accepted: kinds }, run);
    return error.losses;
  }
}
