import { isAbort, toAppError, type AppError, type Loss } from '../../../core/errors';
import { commandsToApprove, type ApprovalPorts } from '../../approval/approveCommands';
import type { UseCase } from '../../run/run';
import type { DeletePorts } from '../deletePorts';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';
import { worktreePart } from '../parts/worktreePart';
import type { DeleteRequest } from '../requests';
import { decideDelete } from './decideDelete';

export interface LookAtDeleteRequest extends Omit<DeleteRequest, 'accepted'> {
  /** Nothing but the worktree is asked: neither cluster nor database. */
  readonly worktreeAlone?: boolean;
}

/** What stands in the way of a delete that nobody has accepted anything for. */
export interface DeleteLook {
  readonly losses: readonly Loss[];
  /** Why it would be refused whatever was accepted; undefined: it would not. */
  readonly refusal: AppError | undefined;
  /** A person would be asked first whether the repository's teardown commands may run. */
  readonly asksForApproval: boolean;
}

/** What a delete would say before it changes anything: decided as the delete itself decides it. Starts and changes nothing. */
export function lookAtDelete(
  ports: DeletePorts & ApprovalPorts,
  parts: readonly Part[] = environmentParts,
): UseCase<LookAtDeleteRequest, DeleteLook> {
  return async ({ worktreeAlone = false, ...request }, { signal }) => {
    let asksForApproval = false;
    try {
      await decideDelete(
        ports,
        worktreeAlone ? [worktreePart] : parts,
        { ...request, accepted: [] },
        signal,
        async (teardown) => {
          asksForApproval = (await commandsToApprove(ports, teardown, signal)).length > 0;
        },
      );
      return { losses: [], refusal: undefined, asksForApproval };
    } catch (error) {
      if (isAbort(error)) throw error;
      const refusal = toAppError(error);
      const { losses } = refusal;
      return { losses, refusal: losses.length === 0 ? refusal : undefined, asksForApproval };
    }
  };
}
