import { isAbort, toAppError, type AppError, type Loss } from '../../../core/errors';
import { commandsToApprove, type ApprovalPorts, type ApprovalRequest } from '../../approval/approveCommands';
import type { UseCase } from '../../run/run';
import { readWorktrees } from '../../worktrees/readWorktrees';
import type { DeletePorts } from '../deletePorts';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';
import { worktreePart } from '../parts/worktreePart';
import type { DeleteRequest } from '../requests';
import { decideDelete, targetAmong } from './decideDelete';

export interface LookAtDeleteRequest extends Omit<DeleteRequest, 'folder' | 'accepted'> {
  /** Nothing but the worktree is asked: neither cluster nor database. */
  readonly worktreeAlone?: boolean;
  /** Nothing is started to look, and what cannot be told without that is left open. */
  readonly startsNothing?: boolean;
}

/** What stands in the way of a delete that nobody has accepted anything for. */
export interface DeleteLook {
  readonly losses: readonly Loss[];
  /** Why it would be refused whatever was accepted; undefined: it would not. */
  readonly refusal: AppError | undefined;
  /** A person would be asked first whether the repository's teardown commands may run. */
  readonly asksForApproval: boolean;
  /** What it may lose besides, which nobody could tell without starting something. */
  readonly untold: readonly Loss['kind'][];
}

/** @throws only the AbortError */
export type LookAtDelete = (request: LookAtDeleteRequest, signal: AbortSignal) => Promise<DeleteLook>;

/**
 * What deletes in a repository would say before they change anything: decided as the delete itself decides it. Changes nothing. Which
 * worktrees there are is read once, for all of them; what would be lost with one, when it is asked for.
 */
export function lookAtDelete(
  ports: DeletePorts & ApprovalPorts,
  parts: readonly Part[] = environmentParts,
): UseCase<{ readonly folder: string }, LookAtDelete> {
  return async ({ folder }, run) => {
    const repository = await ports.worktrees.repository(folder, run.signal);
    const known = await readWorktrees(ports, repository, run.signal);
    return async ({ worktreeAlone = false, startsNothing = false, ...request }, signal) => {
      let asksForApproval = false;
      const untold: Loss['kind'][] = [];
      const verifyApproved = async (teardown: ApprovalRequest): Promise<void> => {
        asksForApproval = (await commandsToApprove(ports, teardown, signal)).length > 0;
      };
      try {
        const target = targetAmong(repository, known, request.path);
        const asked = { ...request, folder, accepted: [] };
        await decideDelete(ports, worktreeAlone ? [worktreePart] : parts, asked, target, signal, {
          verifyApproved,
          onUntold: startsNothing ? (kind) => void untold.push(kind) : undefined,
        });
        return { losses: [], refusal: undefined, asksForApproval, untold };
      } catch (error) {
        if (isAbort(error)) throw error;
        const refusal = toAppError(error);
        const { losses } = refusal;
        return { losses, refusal: losses.length === 0 ? refusal : undefined, asksForApproval, untold };
      }
    };
  };
}
