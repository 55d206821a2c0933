import { AppError } from '../../core/errors';
import { isSameOwner } from './claimNames';
import { Creation, type CreatePorts } from './creation';
import { prepareCreate } from './prepareCreate';
import type { CreateRequest, CreateResult } from '../requests';
import type { UseCase } from '../run';
import { environmentLock, withLock } from '../withLock';

/** A branch's worktree with an environment of its own. Cut off at any point, the same request finishes it. */
export function createEnvironment(ports: CreatePorts): UseCase<CreateRequest, CreateResult> {
  return async (request, run) => {
    const verified = ports.releases.verifyTool(run.signal);
    // What is wrong with the request is told first.
    verified.catch(() => undefined);
    let prepared = await prepareCreate(ports, request, run.signal);
    await verified;
    const repository = await ports.worktrees.recordRepository(prepared.repository);
    // A copied repository gets an id of its own now: all that was decided with the old one is decided again.
    if (repository.id !== prepared.repository.id) prepared = await prepareCreate(ports, request, run.signal);
    const { owner, target } = prepared;
    const what = `an environment for ${target.branch} is being created`;
    return withLock(ports.locks, environmentLock(owner), what, async () => {
      // Another may have finished this very create between the first look and the lock.
      const current = await prepareCreate(ports, request, run.signal);
      if (!isSameOwner(current.owner, owner)) {
        throw new AppError('conflict', `The worktrees of ${target.branch} changed just now. Try again.`, {
          remedy: { title: 'Try Again', action: { kind: 'retry' } },
        });
      }
      return new Creation(ports, current).run(run);
    });
  };
}
