import { isSameCluster } from '../../../core/clusters/clusterRules';
import type { SetupCommand } from '../../../core/environmentFile';
import { AppError } from '../../../core/errors';
import type { Identity, Repository, Worktree } from '../../../core/model';
import { ownBranch } from '../../../core/worktrees/ownBranch';
import { teardownCommands } from '../../../core/repositoryCommands';
import { refuseUnapproved, type ApprovalPorts, type ApprovalRequest } from '../../approval/approveCommands';
import { livesElsewhere } from '../../cluster/refuseElsewhere';
import { readWorktrees, type KnownWorktree } from '../../worktrees/readWorktrees';
import { refuseSharedRecord } from '../../worktrees/refuseSharedRecord';
import type { DeletePorts } from '../deletePorts';
import type { Part } from '../parts/part';
import type { LookRun } from '../parts/removal';
import type { DeleteRequest } from '../requests';
import { readTeardown } from './readTeardown';
import { lookAtParts } from './removeParts';

/** What is to be deleted, as it was found. */
export interface DeleteTarget {
  readonly repository: Repository;
  readonly worktree: Worktree;
  readonly identity: Identity | undefined;
  /** Other worktrees that have the same branch checked out (`git worktree add --force`). */
  readonly sharesBranch: boolean;
}

export interface DecidedDelete extends DeleteTarget {
  /** The environment lives in another cluster than the one in use, and stays there. */
  readonly isElsewhere: boolean;
  readonly environmentOnly: boolean;
  readonly look: LookRun;
  /** The parts that are there to be removed. */
  readonly there: readonly Part[];
}

/** @throws notFound; what its record says that cannot be read; conflict when two worktrees have the same record */
export async function findDeleteTarget(
  ports: DeletePorts,
  request: DeleteRequest,
  signal: AbortSignal,
): Promise<DeleteTarget> {
  const repository = await ports.worktrees.repository(request.folder, signal);
  return targetAmong(repository, await readWorktrees(ports, repository, signal), request.path);
}

/** @throws as `findDeleteTarget` */
export function targetAmong(repository: Repository, known: readonly KnownWorktree[], path: string): DeleteTarget {
  const found = known.find(({ worktree }) => worktree.path === path);
  if (!found) throw new AppError('notFound', `There is no worktree at ${path}.`);
  if (found.problem) throw found.problem;
  const { worktree, identity } = found;
  refuseSharedRecord(known, worktree, identity);
  const sharesBranch = known.some((other) => other !== found && other.worktree.branch === worktree.branch);
  return { repository, worktree, identity, sharesBranch };
}

export interface LookHow {
  /** Refuses teardown commands that were not approved. */
  readonly verifyApproved?: (teardown: ApprovalRequest) => Promise<unknown>;
  /** See `LookRun`. */
  readonly onUntold?: LookRun['onUntold'];
}

/**
 * Reads and refuses; changes nothing.
 *
 * @throws conflict with the losses that were not accepted; unapproved
 */
export async function decideDelete(
  ports: DeletePorts & ApprovalPorts,
  parts: readonly Part[],
  request: DeleteRequest,
  found: DeleteTarget,
  signal: AbortSignal,
  { verifyApproved = (teardown) => refuseUnapproved(ports, teardown), onUntold }: LookHow = {},
): Promise<DecidedDelete> {
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
  await verifyApproved(approval);
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
    onUntold,
    signal,
  };
  return { ...found, isElsewhere, environmentOnly, look, there: await lookAtParts(parts, look, toldName(worktree)) };
}

/** What the repository does before it goes. */
export async function teardownOf(
  ports: DeletePorts & ApprovalPorts,
  { accepted }: DeleteRequest,
  { repository, worktree, identity }: Pick<DeleteTarget, 'repository' | 'worktree' | 'identity'>,
): Promise<ApprovalRequest & { readonly teardown: readonly SetupCommand[] }> {
  const teardown = await readTeardown(ports, worktree, identity, accepted);
  return {
    teardown,
    repositoryId: repository.id,
    source: toldName(worktree),
    commands: teardownCommands({ teardown }),
  };
}

/** For a person. */
export function toldName({ branch, path }: Worktree): string {
  return branch ?? path;
}
