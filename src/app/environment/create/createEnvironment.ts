import { AppError } from '../../../core/errors';
import type { Repository } from '../../../core/model';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import { approveCommands, refuseUnapproved, type ApprovalPorts } from '../../approval/approveCommands';
import { commandsOf } from '../commandsOf';
import type { CreatePorts } from '../createPorts';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';
import type { PreparedCreate } from '../preparedCreate';
import { refuseUnkeptGone } from '../../services/unkept';
import { Creation } from './creation';
import { prepareCreate } from './prepareCreate';
import { madeByAnother } from './madeByAnother';
import { isAsSeen, readKnown } from './recordedWorktrees';
import { settleFound, type SettlePorts } from './settleFound';
import type { CreateRequest, CreateResult } from '../requests';
import type { UseCase } from '../../run/run';
import { environmentLock, nameLock, withLock, withPatientLock } from '../../run/withLock';

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
    const prepare = async (at: Repository): Promise<PreparedCreate> => {
      const prepared = await prepareCreate(ports, parts, request, at, signal);
      refuseUnkeptGone(prepared.identity, prepared.file, request.accepted);
      return prepared;
    };
    const found = ports.foundRepository ?? (await ports.worktrees.repository(request.folder, signal));
    await ports.worktrees.recover(found);
    let prepared = await prepare(found);
    await verified;
    let approval = await approveCommands(ports, await commandsOf(ports, prepared, signal), run);
    const repository = await ports.worktrees.recordRepository(found);
    // A copied repository gets an id of its own now: all that was decided with the old one is decided again.
    if (repository.id !== found.id) {
      prepared = await prepare(repository);
      approval = await approveCommands(ports, await commandsOf(ports, prepared, signal), run);
    }
    const { target } = prepared;
    const what = `an environment for ${target.branch} is being created`;
    const lock = nameLock(repository, target.ref);
    const make = async (): Promise<CreateResult> => {
      // Another may have finished this very create between the first look and the lock; and people take their time to answer.
      const isCurrent = !approval.wasAsked && (await isAsSeen(ports, prepared, signal));
      const current = isCurrent ? prepared : await prepare(repository);
      if (current.target.ref !== target.ref) throw changed(target.branch);
      const made =
        request.waits && prepared.identity?.state !== 'created' ? await madeByAnother(ports, current, run) : undefined;
      if (made) return made;
      // That reading of the file is the one that is run: it may say something else than the one that was approved.
      // Its chart is read when it is installed, whoever has changed it until then.
      const unapproved =
        !isCurrent || current.file.chart !== undefined
          ? await refuseUnapproved(ports, await commandsOf(ports, current, signal))
          : approval.left;
      const settled = await settleFound(ports, parts, request, { ...current, unapproved }, run);
      // Whoever deletes an environment holds only this one.
      return withLock(ports.locks, environmentLock(settled.owner), what, async () => {
        if (!(await isStillOwn(ports, settled, signal))) throw changed(target.branch);
        return new Creation(ports, settled, parts).run(run);
      });
    };
    return request.waits
      ? withPatientLock(ports.locks, lock, what, signal, () => undefined, make)
      : withLock(ports.locks, lock, what, make);
  };
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
