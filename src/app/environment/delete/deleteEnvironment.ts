import { AppError, isAbort, toAppError } from '../../../core/errors';
import { approveCommands, type ApprovalPorts } from '../../approval/approveCommands';
import { deleteLock, environmentLock, withLock } from '../../run/withLock';
import type { Run, UseCase } from '../../run/run';
import type { DeletePorts } from '../deletePorts';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';
import type { DeleteRequest, DeleteResult } from '../requests';
import { decideDelete, findDeleteTarget, teardownOf, toldName, type DecidedDelete } from './decideDelete';
import { removeParts } from './removeParts';

/**
 * Deletes a worktree with its environment, or the environment alone. What may refuse comes first: the last look at what would be
 * lost, and taking the folder out of its place. What cannot be taken back comes last, and the record of whose it is after that,
 * so that a delete that was cut off is finished by the next one.
 *
 * @throws conflict with `losses` before anything is changed, when work would be lost that was not accepted by name
 */
export function deleteEnvironment(
  ports: DeletePorts & ApprovalPorts,
  parts: readonly Part[] = environmentParts,
): UseCase<DeleteRequest, DeleteResult> {
  return async (request, run) => {
    const { repository, worktree, identity } = await findDeleteTarget(ports, request, run.signal);
    await approveCommands(ports, await teardownOf(ports, request, { repository, worktree, identity }), run);
    const key = identity ? environmentLock(identity.owner) : deleteLock(worktree);
    return withLock(ports.locks, key, `${worktree.branch ?? worktree.path} is being deleted`, async () => {
      if (!request.environmentOnly) await ports.worktrees.restore(repository, worktree);
      // A create may have ended between the first look and the lock.
      const found = await findDeleteTarget(ports, request, run.signal);
      const decided = await decideDelete(ports, parts, request, found, run.signal);
      if (decided.identity?.owner.worktreeId !== identity?.owner.worktreeId) {
        throw new AppError('conflict', `The worktree ${worktree.path} changed just now. Try again.`, {
          remedy: { title: 'Try Again', action: { kind: 'retry' } },
        });
      }
      return remove(decided, run);
    });
  };
}

async function remove({ identity, isElsewhere, environmentOnly, worktree, look, there }: DecidedDelete, run: Run) {
  const done = new Set<string>();
  const report: Run['report'] = (progress) => {
    if (progress.state === 'done') done.add(progress.title);
    if (progress.state === 'undone') done.delete(progress.title);
    run.report(progress);
  };
  let result: Partial<DeleteResult>;
  try {
    result = await removeParts(there, look, toldName(worktree), { signal: run.signal, report });
  } catch (error) {
    throw withDone(error, [...done]);
  }
  const environment = identity === undefined ? 'none' : isElsewhere ? 'left' : 'deleted';
  const whole: DeleteResult = environmentOnly
    ? { environment, worktree: 'kept', branch: 'none' }
    : { environment, worktree: 'deleted', branch: worktree.branch === undefined ? 'none' : 'kept' };
  return { ...whole, ...result };
}

/** What was done is done: whoever reads that the rest was not must know it. */
function withDone(failure: unknown, done: readonly string[]): unknown {
  if (isAbort(failure) || done.length === 0) return failure;
  const error = toAppError(failure);
  return new AppError(error.code, error.message, {
    explanation: [error.explanation, `Done before that: ${done.join('; ')}.`].filter(Boolean).join('\n'),
    ...(error.remedy ? { remedy: error.remedy } : {}),
    losses: error.losses,
    cause: error,
  });
}
