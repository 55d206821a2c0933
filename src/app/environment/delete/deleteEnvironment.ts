import { AppError, isAbort, toAppError } from '../../../core/errors';
import type { Identity, Repository, Worktree } from '../../../core/model';
import { isSameCluster } from '../../../core/clusterRules';
import type { SetupCommand } from '../../../core/environmentFile';
import { teardownCommands } from '../../../core/repositoryCommands';
import { ownBranch } from '../../../core/ownBranch';
import {
  approveCommands,
  refuseUnapproved,
  type ApprovalPorts,
  type ApprovalRequest,
} from '../../approval/approveCommands';
import { livesElsewhere } from '../../cluster/refuseElsewhere';
import { readWorktrees } from '../../worktrees/readWorktrees';
import { refuseSharedRecord } from '../../worktrees/refuseSharedRecord';
import { deleteLock, environmentLock, withLock } from '../../run/withLock';
import type { Run, UseCase } from '../../run/run';
import type { DeletePorts } from '../deletePorts';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';
import type { LookRun } from '../parts/removal';
import type { DeleteRequest, DeleteResult } from '../requests';
import { readTeardown } from './readTeardown';
import { lookAtParts, removeParts } from './removeParts';

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
    const { repository, worktree, identity } = await find(ports, request, run.signal);
    await approveCommands(ports, await teardownOf(ports, request, { repository, worktree, identity }), run);
    const key = identity ? environmentLock(identity.owner) : deleteLock(worktree);
    return withLock(ports.locks, key, `${worktree.branch ?? worktree.path} is being deleted`, async () => {
      if (!request.environmentOnly) await ports.worktrees.restore(repository, worktree);
      // A create may have ended between the first look and the lock.
      const decided = await decide(ports, parts, request, run.signal);
      if (decided.identity?.owner.worktreeId !== identity?.owner.worktreeId) {
        throw new AppError('conflict', `The worktree ${worktree.path} changed just now. Try again.`, {
          remedy: { title: 'Try Again', action: { kind: 'retry' } },
        });
      }
      return remove(decided, run);
    });
  };
}

interface Found {
  readonly repository: Repository;
  readonly worktree: Worktree;
  readonly identity: Identity | undefined;
  /** Other worktrees that have the same branch checked out (`git worktree add --force`). */
  readonly sharesBranch: boolean;
}

interface Decided extends Found {
  /** The environment lives in another cluster than the one in use, and stays there. */
  readonly isElsewhere: boolean;
  readonly environmentOnly: boolean;
  readonly look: LookRun;
  /** The parts that are there to be removed. */
  readonly there: readonly Part[];
}

async function find(ports: DeletePorts, request: DeleteRequest, signal: AbortSignal): Promise<Found> {
  const repository = await ports.worktrees.repository(request.folder, signal);
  const known = await readWorktrees(ports, repository, signal);
  const found = known.find(({ worktree }) => worktree.path === request.path);
  if (!found) throw new AppError('notFound', `There is no worktree at ${request.path}.`);
  if (found.problem) throw found.problem;
  const { worktree, identity } = found;
  refuseSharedRecord(known, worktree, identity);
  const sharesBranch = known.some((other) => other !== found && other.worktree.branch === worktree.branch);
  return { repository, worktree, identity, sharesBranch };
}

/** Reads and refuses; changes nothing. */
async function decide(
  ports: DeletePorts & ApprovalPorts,
  parts: readonly Part[],
  request: DeleteRequest,
  signal: AbortSignal,
): Promise<Decided> {
  const found = await find(ports, request, signal);
  const { repository, worktree, identity } = found;
  const environmentOnly = request.environmentOnly === true || worktree.isMain;
  if (environmentOnly && !identity) {
    throw new AppError(
      'notFound',
      `The worktree ${worktree.branch ?? worktree.path} has no environment that it is known to own.`,
    );
  }
  if (identity && identity.owner.repositoryId !== repository.id) {
    throw new AppError(
      'conflict',
      `The record in ${worktree.gitDir} belongs to another repository: nothing is deleted.`,
    );
  }
  const isElsewhere = identity !== undefined && !isSameCluster(identity.cluster, ports.cluster.identity);
  // Its cluster may be gone for good: then forgetting it is all that can be done.
  if (isElsewhere && !request.accepted.includes('elsewhere'))
    throw livesElsewhere(identity, ports.cluster.identity, true);
  // What was approved is what runs, whatever the file came to say since.
  const { teardown, ...approval } = await teardownOf(ports, request, found);
  await refuseUnapproved(ports, approval);
  // One that Coppice did not make for this worktree stays in any case, and so does one that another worktree has.
  const isKept = environmentOnly || request.keepBranch === true || found.sharesBranch;
  const look: LookRun = {
    ports,
    environment:
      identity && !isElsewhere
        ? {
            owner: identity.owner,
            namespace: identity.names.namespace,
            release: identity.names.release,
            parts: identity.parts,
          }
        : undefined,
    worktree: {
      ...{ repository, worktree, identity },
      isKept: environmentOnly,
      teardown,
      branch: isKept ? undefined : ownBranch(worktree, identity),
    },
    accepted: request.accepted,
    signal,
  };
  return { ...found, isElsewhere, environmentOnly, look, there: await lookAtParts(parts, look, nameOf(worktree)) };
}

async function teardownOf(
  ports: DeletePorts & ApprovalPorts,
  { accepted }: DeleteRequest,
  { repository, worktree, identity }: Pick<Found, 'repository' | 'worktree' | 'identity'>,
): Promise<ApprovalRequest & { readonly teardown: readonly SetupCommand[] }> {
  const teardown = await readTeardown(ports, worktree, identity, accepted);
  return { teardown, repositoryId: repository.id, source: nameOf(worktree), commands: teardownCommands({ teardown }) };
}

async function remove({ identity, isElsewhere, environmentOnly, worktree, look, there }: Decided, run: Run) {
  const done = new Set<string>();
  const report: Run['report'] = (progress) => {
    if (progress.state === 'done') done.add(progress.title);
    if (progress.state === 'undone') done.delete(progress.title);
    run.report(progress);
  };
  let result: Partial<DeleteResult>;
  try {
    result = await removeParts(there, look, nameOf(worktree), { signal: run.signal, report });
  } catch (error) {
    throw withDone(error, [...done]);
  }
  const environment = identity === undefined ? 'none' : isElsewhere ? 'left' : 'deleted';
  const whole: DeleteResult = environmentOnly
    ? { environment, worktree: 'kept', branch: 'none' }
    : { environment, worktree: 'deleted', branch: worktree.branch === undefined ? 'none' : 'kept' };
  return { ...whole, ...result };
}

/** For a person. */
function nameOf({ branch, path }: Worktree): string {
  return branch ?? path;
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
