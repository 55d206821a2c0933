import { AppError } from '../../../core/errors';
import type { Repository } from '../../../core/model';
import { isSameOwner } from '../../../core/isSameOwner';
import {
  approveCommands,
  refuseUnapproved,
  type ApprovalPorts,
  type ApprovalRequest,
} from '../../approval/approveCommands';
import { readCommands } from '../../approval/readCommands';
import type { CreatePorts } from '../createPorts';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';
import type { PreparedCreate, Target } from '../preparedCreate';
import { Creation } from './creation';
import { prepareCreate } from './prepareCreate';
import { isAsSeen, readKnown } from './recordedWorktrees';
import { settleFound, type SettlePorts } from './settleFound';
import type { CreateRequest, CreateResult } from '../requests';
import type { UseCase } from '../../run/run';
import { environmentLock, withLock } from '../../run/withLock';

/** A branch's worktree with an environment of its own. Cut off at any point, the same request finishes it. */
export function createEnvironment(
  ports: CreatePorts & SettlePorts & ApprovalPorts,
  parts: readonly Part[] = environmentParts,
): UseCase<CreateRequest, CreateResult> {
  return async (request, run) => {
    const { signal } = run;
    const verified = ports.releases.verifyTool(signal);
    // What is wrong with the request is told first.
    verified.catch(() => undefined);
    const prepare = (at: Repository): Promise<PreparedCreate> => prepareCreate(ports, parts, request, at, signal);
    const found = await ports.worktrees.repository(request.folder, signal);
    await ports.worktrees.recover(found);
    let prepared = await prepare(found);
    await verified;
    let wasAsked = await approveCommands(ports, await commandsOf(ports, prepared, signal), run);
    const repository = await ports.worktrees.recordRepository(found);
    // A copied repository gets an id of its own now: all that was decided with the old one is decided again.
    if (repository.id !== found.id) {
      prepared = await prepare(repository);
      wasAsked = await approveCommands(ports, await commandsOf(ports, prepared, signal), run);
    }
    const { target } = prepared;
    const what = `an environment for ${target.branch} is being created`;
    return withLock(ports.locks, nameLock(repository, target.ref), what, async () => {
      // Another may have finished this very create between the first look and the lock; and people take their time to answer.
      const isCurrent = !wasAsked && (await isAsSeen(ports, prepared, signal));
      const current = isCurrent ? prepared : await prepare(repository);
      if (current.target.ref !== target.ref) throw changed(target.branch);
      // That reading of the file is the one that is run: it may say something else than the one that was approved.
      // Its chart is read when it is installed, whoever has changed it until then.
      if (!isCurrent || current.file.chart !== undefined)
        await refuseUnapproved(ports, await commandsOf(ports, current, signal));
      const settled = await settleFound(ports, parts, request, current, run);
      // Whoever deletes an environment holds only this one.
      return withLock(ports.locks, environmentLock(settled.owner), what, async () => {
        if (!(await isStillOwn(ports, settled, signal))) throw changed(target.branch);
        return new Creation(ports, settled, parts).run(run);
      });
    });
  };
}

/** What the file that was read runs here, and on which branch it says so. */
async function commandsOf(
  ports: CreatePorts,
  { repository, target, file }: PreparedCreate,
  signal: AbortSignal,
): Promise<ApprovalRequest> {
  // What is being made may not have its files yet.
  const isThere = target.kind === 'worktree' && target.worktree.beingMade === undefined;
  const at = isThere ? { folder: target.worktree.path } : { commit: target.commit };
  return {
    repositoryId: repository.id,
    source: sourceOf(target),
    commands: await readCommands(ports, repository, file, at, signal),
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
async function isStillOwn(
  ports: CreatePorts,
  { repository, owner, target, identity, isAdopted }: PreparedCreate,
  signal: AbortSignal,
): Promise<boolean> {
  if (!identity && !isAdopted) return true;
  const known = await readKnown(ports, repository, signal);
  const holders = known.filter((each) => isSameOwner(each.identity?.owner, owner));
  if (!identity) return holders.length === 0;
  const own = known.find(({ worktree }) => target.kind === 'worktree' && worktree.path === target.worktree.path);
  if (own?.problem) throw own.problem;
  return own !== undefined && holders.length === 1 && holders[0] === own;
}

function changed(branch: string): AppError {
  return new AppError('conflict', `The worktrees of ${branch} changed just now. Try again.`, {
    remedy: { title: 'Try Again', action: { kind: 'retry' } },
  });
}
