import { AppError } from '../core/errors';
import type { Loss } from '../core/errors';
import type { Identity, Repository, Worktree } from '../core/model';
import { isSameCluster } from '../core/clusterRules';
import { ownBranch } from '../core/ownBranch';
import type { Cluster, ClusterAccess } from '../core/ports/cluster';
import type { Databases } from '../core/ports/databases';
import type { Clock, Locks } from '../core/ports/host';
import type { EnvironmentKubeconfigs } from '../core/ports/environmentKubeconfigs';
import type { Releases } from '../core/ports/releases';
import type { Identities, Worktrees } from '../core/ports/worktrees';
import { readWorktrees } from './readWorktrees';
import { livesElsewhere } from './cluster/refuseElsewhere';
import { refuseSharedRecord } from './create/refuseSharedRecord';
import type { DeleteRequest, DeleteResult } from './requests';
import type { UseCase } from './run';
import { runSteps, type Step } from './steps';
import { environmentLock, withLock } from './withLock';

export interface DeletePorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  readonly locks: Locks;
  readonly cluster: Cluster;
  readonly releases: Releases;
  readonly databases: Databases;
  readonly kubeconfigs: Pick<EnvironmentKubeconfigs, 'remove'>;
  readonly clock: Clock;
}

/**
 * Deletes a worktree with its environment, or the environment alone. The record of whose it is goes last, so that a
 * delete that was cut off is finished by the next one.
 *
 * @throws conflict with `losses` before anything is changed, when work would be lost that was not accepted by name
 */
export function deleteEnvironment(ports: DeletePorts): UseCase<DeleteRequest, DeleteResult> {
  return async (request, run) => {
    const { identity, worktree } = await decide(ports, request, run.signal);
    const key = identity ? environmentLock(identity) : `delete ${worktree.path}`;
    return withLock(ports.locks, key, `${worktree.branch ?? worktree.path} is being deleted`, async () => {
      // A create may have ended between the first look and the lock.
      const decided = await decide(ports, request, run.signal);
      if (decided.identity?.worktreeId !== identity?.worktreeId) {
        throw new AppError('conflict', `The worktree ${worktree.path} changed just now. Try again.`, {
          remedy: { title: 'Try Again', action: { kind: 'retry' } },
        });
      }
      const { steps, result } = plan(ports, request, decided);
      await runSteps(steps, run, ports.clock);
      return result;
    });
  };
}

interface Decided {
  readonly repository: Repository;
  readonly worktree: Worktree;
  readonly identity: Identity | undefined;
  /** The environment lives in another cluster than the one in use, and stays there. */
  readonly isElsewhere: boolean;
  readonly environmentOnly: boolean;
}

/** Reads and refuses; changes nothing. */
async function decide(ports: DeletePorts, request: DeleteRequest, signal: AbortSignal): Promise<Decided> {
  const { worktrees } = ports;
  const repository = await worktrees.repository(request.folder, signal);
  const known = await readWorktrees(ports, repository, signal);
  const found = known.find(({ worktree }) => worktree.path === request.path);
  if (!found) throw new AppError('notFound', `There is no worktree at ${request.path}.`);
  if (found.problem) throw found.problem;
  const { worktree, identity } = found;
  refuseSharedRecord(known, worktree, identity);
  const environmentOnly = request.environmentOnly === true || worktree.isMain;
  if (environmentOnly && !identity) {
    throw new AppError(
      'notFound',
      `The worktree ${worktree.branch ?? worktree.path} has no environment that it is known to own.`,
    );
  }
  if (identity && identity.repositoryId !== repository.id) {
    throw new AppError(
      'conflict',
      `The record in ${worktree.gitDir} belongs to another repository: nothing is deleted.`,
    );
  }
  const isElsewhere = identity !== undefined && !isSameCluster(identity.cluster, ports.cluster.identity);
  // Its cluster may be gone for good: then forgetting it is all that can be done.
  if (isElsewhere && !request.accepted.includes('elsewhere'))
    throw livesElsewhere(identity, ports.cluster.identity, true);
  const losses = environmentOnly ? [] : await unaccepted(worktrees, repository, worktree, request, signal);
  if (losses.length > 0) throw wouldLose(worktree, losses);
  return { repository, worktree, identity, isElsewhere, environmentOnly };
}

function plan(
  ports: DeletePorts,
  request: DeleteRequest,
  { repository, worktree, identity, isElsewhere, environmentOnly }: Decided,
): { steps: Step[]; result: DeleteResult } {
  const { worktrees, cluster } = ports;
  let access: ClusterAccess | undefined;
  const isDeleted = identity !== undefined && !isElsewhere;
  const steps: Step[] = isDeleted
    ? environmentSteps(ports, identity, async (signal) => (access ??= await cluster.connect(signal)))
    : [];
  const after = steps.map(({ id }) => id);
  const environment = isDeleted ? 'deleted' : isElsewhere ? 'left' : 'none';
  if (environmentOnly) {
    const run = (): Promise<void> => ports.identities.remove(worktree);
    steps.push({ id: 'record', title: 'Forget the environment', after, run });
    return { steps, result: { environment, worktree: 'kept', branch: 'none' } };
  }
  const accepted = acceptedLosses(worktree, request);
  steps.push({
    id: 'worktree',
    title: `Remove the worktree ${worktree.path}`,
    after,
    run: ({ signal }) => worktrees.remove(repository, worktree, accepted, signal),
  });
  const branch = ownBranch(worktree, identity);
  const isBranchDeleted = branch !== undefined && request.keepBranch !== true;
  if (isBranchDeleted) {
    steps.push({
      id: 'branch',
      title: `Delete the branch ${branch}`,
      after: ['worktree'],
      run: () => worktrees.deleteBranch(repository, branch, worktree.head),
    });
  }
  const kept = worktree.branch === undefined ? 'none' : 'kept';
  return { steps, result: { environment, worktree: 'deleted', branch: isBranchDeleted ? 'deleted' : kept } };
}

function environmentSteps(
  ports: DeletePorts,
  identity: Identity,
  connect: (signal: AbortSignal) => Promise<ClusterAccess>,
): Step[] {
  const { cluster, releases, databases, kubeconfigs } = ports;
  const { namespace, release, database, databaseRole: role } = identity;
  return [
    {
      id: 'release',
      title: 'Uninstall the services',
      after: [],
      run: async ({ signal }) => {
        const access = await connect(signal);
        const record = await cluster.readNamespace(namespace, signal);
        if (!record) return 'gone already';
        if (record.owner?.repositoryId !== identity.repositoryId || record.owner.worktreeId !== identity.worktreeId) {
          throw new AppError('conflict', `The namespace ${namespace} belongs to somebody else: nothing is deleted.`);
        }
        if (!record.terminating) await releases.uninstall(release, namespace, access, signal);
        return undefined;
      },
    },
    {
      id: 'namespace',
      title: `Delete the namespace ${namespace}`,
      after: ['release'],
      run: async ({ signal }) => {
        await cluster.deleteNamespace(namespace, identity, signal);
        await kubeconfigs.remove(namespace);
      },
    },
    {
      id: 'database',
      title: `Drop the database ${database}`,
      after: ['namespace'],
      run: ({ signal }) => databases.drop({ database, role, owner: identity }, signal),
    },
  ];
}

/** With its branch kept, commits that were pushed nowhere are not lost. */
function acceptedLosses(worktree: Worktree, request: DeleteRequest): Loss['kind'][] {
  return request.keepBranch && worktree.branch !== undefined
    ? [...request.accepted, 'unpushed']
    : [...request.accepted];
}

async function unaccepted(
  worktrees: Worktrees,
  repository: Repository,
  worktree: Worktree,
  request: DeleteRequest,
  signal: AbortSignal,
): Promise<Loss[]> {
  const accepted = acceptedLosses(worktree, request);
  const losses = await worktrees.losses(repository, worktree, signal);
  return losses.filter((loss) => !accepted.includes(loss.kind));
}

function wouldLose(worktree: Worktree, losses: readonly Loss[]): AppError {
  const what = losses.map(({ kind, count }) => lossText(kind, count)).join(', ');
  return new AppError('conflict', `Deleting ${worktree.branch ?? worktree.path} would lose ${what}.`, {
    losses,
    explanation: losses.map(({ kind, examples }) => `${kind}: ${examples.join(', ')}`).join('\n'),
  });
}

function lossText(kind: Loss['kind'], count: number): string {
  const many = (one: string, more: string): string => `${count} ${count === 1 ? one : more}`;
  switch (kind) {
    case 'uncommitted':
      return many('uncommitted change', 'uncommitted changes');
    case 'untracked':
      return many('untracked file', 'untracked files');
    case 'ignored':
      return many('ignored file', 'ignored files');
    case 'unpushed':
      return many('unpushed commit', 'unpushed commits');
    case 'submodule':
      return many('unpushed commit in submodules', 'unpushed commits in submodules');
    case 'operation':
      return 'an operation in progress (rebase, merge or the like)';
    case 'locked':
      return 'a worktree that is locked';
    case 'elsewhere':
      return 'sight of an environment in another cluster';
  }
}
