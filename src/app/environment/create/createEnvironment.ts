import { AppError } from '../../../core/errors';
import type { Repository } from '../../../core/model';
import { isSameOwner } from '../../../core/isSameOwner';
import { repositoryCommands } from '../../../core/repositoryCommands';
import {
  approveCommands,
  refuseUnapproved,
  type ApprovalPorts,
  type ApprovalRequest,
} from '../../approval/approveCommands';
import { Creation, type CreatePorts } from './creation';
import type { Target } from './decideTarget';
import { prepareCreate, type PreparedCreate } from './prepareCreate';
import { settleFound, type SettlePorts } from './settleFound';
import type { CreateRequest, CreateResult } from '../requests';
import type { UseCase } from '../../run/run';
import { environmentLock, withLock } from '../../run/withLock';

/** A branch's worktree with an environment of its own. Cut off at any point, the same request finishes it. */
export function createEnvironment(
  ports: CreatePorts & SettlePorts & ApprovalPorts,
): UseCase<CreateRequest, CreateResult> {
  return async (request, run) => {
    const verified = ports.releases.verifyTool(run.signal);
    // What is wrong with the request is told first.
    verified.catch(() => undefined);
    await ports.worktrees.recover(await ports.worktrees.repository(request.folder, run.signal));
    let prepared = await prepareCreate(ports, request, run.signal);
    await verified;
    await approveCommands(ports, commandsOf(ports, prepared), run);
    const repository = await ports.worktrees.recordRepository(prepared.repository);
    // A copied repository gets an id of its own now: all that was decided with the old one is decided again.
    if (repository.id !== prepared.repository.id) {
      prepared = await prepareCreate(ports, request, run.signal);
      await approveCommands(ports, commandsOf(ports, prepared), run);
    }
    const { target } = prepared;
    const what = `an environment for ${target.branch} is being created`;
    return withLock(ports.locks, nameLock(repository, target.ref), what, async () => {
      // Another may have finished this very create between the first look and the lock.
      const current = await prepareCreate(ports, request, run.signal);
      if (current.target.ref !== target.ref) throw changed(target.branch);
      // This reading of the file is the one that is run: it may say something else than the one that was approved.
      await refuseUnapproved(ports, commandsOf(ports, current));
      const settled = await settleFound(ports, request, current, run);
      // Whoever deletes an environment holds only this one.
      return withLock(ports.locks, environmentLock(settled.owner), what, async () => {
        if (!(await isStillSo(ports, request, settled, run.signal))) throw changed(target.branch);
        return new Creation(ports, settled).run(run);
      });
    });
  };
}

/** What the file that was read runs here, and on which branch it says so. */
function commandsOf({ cluster }: CreatePorts, { repository, target, file }: PreparedCreate): ApprovalRequest {
  return {
    repositoryId: repository.id,
    source: sourceOf(target),
    commands: repositoryCommands(file, cluster.identity),
  };
}

function sourceOf(target: Target): string {
  switch (target.kind) {
    case 'new':
      return target.base;
    case 'tracking':
      return target.remoteBranch;
    case 'existing':
    case 'worktree':
      return target.branch;
  }
}

/** Two creates for one branch would each make an environment, with an id of its own. */
function nameLock(repository: Repository, ref: string): string {
  return `name ${repository.id} ${ref}`;
}

/** An environment may have been deleted, or taken over by another worktree, before its lock was ours. */
async function isStillSo(
  ports: CreatePorts,
  request: CreateRequest,
  { owner, identity, isAdopted }: PreparedCreate,
  signal: AbortSignal,
): Promise<boolean> {
  if (!identity && !isAdopted) return true;
  const now = await prepareCreate(ports, request, signal);
  if (identity) return isSameOwner(now.identity?.owner, owner);
  return !now.known.some((each) => isSameOwner(each.identity?.owner, owner));
}

function changed(branch: string): AppError {
  return new AppError('conflict', `The worktrees of ${branch} changed just now. Try again.`, {
    remedy: { title: 'Try Again', action: { kind: 'retry' } },
  });
}
