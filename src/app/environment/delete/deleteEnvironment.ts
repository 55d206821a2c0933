import { AppError, isAbort, isAppError, toAppError } from '../../../core/errors';
import type { DatabaseRecord, Identity, Owner, Repository, Worktree } from '../../../core/model';
import { isSameCluster } from '../../../core/clusterRules';
import { ownBranch } from '../../../core/ownBranch';
import type { Cluster, ClusterAccess } from '../../../core/ports/cluster';
import type { Databases } from '../../../core/ports/databases';
import type { Clock, Locks } from '../../../core/ports/host';
import type { EnvironmentKubeconfigs } from '../../../core/ports/environmentKubeconfigs';
import type { Releases } from '../../../core/ports/releases';
import type { BegunPlace, Identities, SetAside, Worktrees } from '../../../core/ports/worktrees';
import { readWorktrees } from '../../worktrees/readWorktrees';
import { livesElsewhere } from '../../cluster/refuseElsewhere';
import { ofBranch } from '../begunPlace';
import { isSameOwner } from '../../../core/isSameOwner';
import { refuseSharedRecord } from '../../worktrees/refuseSharedRecord';
import { databaseLoss } from '../../databases/databaseLoss';
import type { DeleteRequest, DeleteResult } from '../requests';
import type { Run, UseCase } from '../../run/run';
import { runSteps, type Step } from '../../run/steps';
import { deleteLock, environmentLock, withLock } from '../../run/withLock';
import { wouldLose } from '../../wouldLose';

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
 * Deletes a worktree with its environment, or the environment alone. What may refuse comes first: the last look at what would be
 * lost, and taking the folder out of its place. What cannot be taken back comes last, and the record of whose it is after that,
 * so that a delete that was cut off is finished by the next one.
 *
 * @throws conflict with `losses` before anything is changed, when work would be lost that was not accepted by name
 */
export function deleteEnvironment(ports: DeletePorts): UseCase<DeleteRequest, DeleteResult> {
  return async (request, run) => {
    const { repository, worktree, identity } = await find(ports, request, run.signal);
    const key = identity ? environmentLock(identity.owner) : deleteLock(worktree);
    return withLock(ports.locks, key, `${worktree.branch ?? worktree.path} is being deleted`, async () => {
      if (!request.environmentOnly) await ports.worktrees.restore(repository, worktree);
      // A create may have ended between the first look and the lock.
      const decided = await decide(ports, request, run.signal);
      if (decided.identity?.owner.worktreeId !== identity?.owner.worktreeId) {
        throw new AppError('conflict', `The worktree ${worktree.path} changed just now. Try again.`, {
          remedy: { title: 'Try Again', action: { kind: 'retry' } },
        });
      }
      return new Deletion(ports, request, decided).run(run);
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
  /** The branch that goes with the worktree. */
  readonly branch: string | undefined;
  readonly hasDatabase: boolean;
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
async function decide(ports: DeletePorts, request: DeleteRequest, signal: AbortSignal): Promise<Decided> {
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
  // One that Coppice did not make for this worktree stays in any case, and so does one that another worktree has.
  const isKept = environmentOnly || request.keepBranch === true || found.sharesBranch;
  const branch = isKept ? undefined : ownBranch(worktree, identity);
  const ofDatabase = identity && !isElsewhere ? await recordedLoss(ports, identity, signal) : undefined;
  const losses = [
    ...(environmentOnly
      ? []
      : await ports.worktrees.losses(repository, worktree, signal, { keepBranch: branch === undefined })),
    ...(ofDatabase?.losses ?? []),
  ].filter(({ kind }) => !request.accepted.includes(kind));
  if (losses.length > 0) throw wouldLose(worktree.branch ?? worktree.path, losses);
  return { ...found, isElsewhere, environmentOnly, branch, hasDatabase: ofDatabase !== undefined };
}

/** What would be lost with its database; undefined: it has none. */
async function recordedLoss(
  { databases }: Pick<DeletePorts, 'databases'>,
  { owner, parts }: Identity,
  signal: AbortSignal,
): ReturnType<typeof databaseLoss> {
  return parts.database && databaseLoss(databases, { database: parts.database.database, ...owner }, signal);
}

/** One delete: its steps and what they hand to each other. */
class Deletion {
  #access: ClusterAccess | undefined;
  #aside: SetAside | undefined;
  #isBranchDeleted = false;
  #left: string | undefined;
  readonly #done = new Set<string>();

  constructor(
    private readonly ports: DeletePorts,
    private readonly request: DeleteRequest,
    private readonly decided: Decided,
  ) {}

  async run(run: Run): Promise<DeleteResult> {
    const { identity, isElsewhere, environmentOnly, worktree } = this.decided;
    const report: Run['report'] = (progress) => {
      if (progress.state === 'done') this.#done.add(progress.title);
      if (progress.state === 'undone') this.#done.delete(progress.title);
      run.report(progress);
    };
    try {
      await runSteps(this.#steps(), { signal: run.signal, report }, this.ports.clock);
    } catch (error) {
      throw withDone(error, [...this.#done]);
    }
    const environment = identity === undefined ? 'none' : isElsewhere ? 'left' : 'deleted';
    if (environmentOnly) return { environment, worktree: 'kept', branch: 'none' };
    const kept = worktree.branch === undefined ? 'none' : 'kept';
    return {
      environment,
      worktree: 'deleted',
      branch: this.#isBranchDeleted ? 'deleted' : kept,
      ...(this.#left === undefined ? {} : { left: this.#left }),
    };
  }

  #steps(): Step[] {
    const { identity, isElsewhere, environmentOnly, worktree, branch, hasDatabase } = this.decided;
    const owned = isElsewhere ? undefined : identity;
    const database = owned?.parts.database;
    const steps: (Omit<Step, 'after'> | false | undefined)[] = [
      owned && {
        id: 'release',
        title: 'Uninstall the services',
        run: ({ signal }) => this.#uninstall(owned, signal),
      },
      !environmentOnly && {
        id: 'aside',
        title: `Take the folder ${worktree.path} out of its place`,
        run: ({ signal }) => this.#setAside(signal),
        undo: () => this.#putBack(),
      },
      owned && {
        id: 'namespace',
        title: `Delete the namespace ${owned.names.namespace}`,
        run: async ({ signal }) => {
          await this.ports.cluster.deleteNamespace(owned.names.namespace, owned.owner, signal);
          await this.ports.kubeconfigs.remove(owned.names.namespace);
        },
      },
      owned &&
        database &&
        hasDatabase && {
          id: 'database',
          title: `Drop the database ${database.database}`,
          run: ({ signal }) => this.#drop(database, owned.owner, signal),
        },
      environmentOnly && {
        id: 'record',
        title: 'Forget the environment',
        run: () => this.ports.identities.remove(worktree),
      },
      !environmentOnly && {
        id: 'worktree',
        title: `Remove the worktree ${worktree.path}`,
        run: () => this.#discard(),
      },
      branch !== undefined && {
        id: 'branch',
        title: `Delete the branch ${branch}`,
        run: () => this.#deleteBranch(branch),
      },
    ];
    const wanted = steps.filter((step) => step !== undefined && step !== false);
    return wanted.map((step, index) => ({ ...step, after: wanted.slice(0, index).map(({ id }) => id) }));
  }

  /** With a last look at whose everything is, and whether it can be reached. */
  async #uninstall(identity: Identity, signal: AbortSignal): Promise<string | undefined> {
    const { cluster, databases, releases } = this.ports;
    const { owner, names, parts } = identity;
    const { namespace, release } = names;
    this.#access ??= await cluster.connect(signal);
    const record = await cluster.readNamespace(namespace, signal);
    if (record && !isSameOwner(record.owner, owner)) {
      throw new AppError('conflict', `The namespace ${namespace} belongs to somebody else: nothing is deleted.`);
    }
    if (this.decided.hasDatabase && parts.database) await databases.owner(parts.database.database, signal);
    if (!record) return 'gone already';
    if (!record.terminating) await releases.uninstall(release, namespace, this.#access, signal);
    return undefined;
  }

  /** Services may have written until they ended: files, and rows. */
  async #setAside(signal: AbortSignal): Promise<void> {
    const { repository, worktree, identity, isElsewhere, branch } = this.decided;
    const { accepted } = this.request;
    if (identity && !isElsewhere && !accepted.includes('database')) {
      const { losses = [] } = (await recordedLoss(this.ports, identity, signal)) ?? {};
      if (losses.length > 0) throw wouldLose(worktree.branch ?? worktree.path, losses);
    }
    const options = { keepBranch: branch === undefined };
    this.#aside = await this.ports.worktrees.setAside(repository, worktree, accepted, signal, options);
  }

  async #putBack(): Promise<void> {
    // What failed after it took effect is found again by where it is.
    if (this.#aside) await this.ports.worktrees.putBack(this.decided.repository, this.#aside);
    else await this.ports.worktrees.restore(this.decided.repository, this.decided.worktree);
  }

  async #drop({ database, role }: DatabaseRecord, owner: Owner, signal: AbortSignal): Promise<void> {
    await this.ports.databases.drop({ database, role, owner }, signal);
  }

  async #discard(): Promise<string | undefined> {
    if (!this.#aside) throw new AppError('bug', 'A worktree was to be removed that was not set aside.');
    const { identity, branch } = this.decided;
    const place = this.#branchPlace();
    // Once the worktree is gone nothing else says that the branch is ours to delete. A full disk is no reason to keep it all.
    if (place && identity && branch !== undefined) {
      const { worktreeId } = identity.owner;
      const deletingAt = this.decided.worktree.head;
      await this.ports.identities
        .writeBegun(place, { worktreeId, createdBranch: true, deletingAt })
        .catch(() => undefined);
    }
    this.#left = await this.ports.worktrees.discard(this.decided.repository, this.#aside);
    return this.#left;
  }

  #branchPlace(): BegunPlace | undefined {
    const { repository, branch } = this.decided;
    return branch === undefined ? undefined : ofBranch(repository, `refs/heads/${branch}`);
  }

  /** Whoever moved it on since has commits on it, and it stays. */
  async #deleteBranch(branch: string): Promise<string | undefined> {
    const { repository, worktree } = this.decided;
    let kept: string | undefined;
    try {
      await this.ports.worktrees.deleteBranch(repository, branch, worktree.head);
      this.#isBranchDeleted = true;
    } catch (error) {
      if (!isAppError(error, 'conflict')) throw error;
      kept = `kept: ${error.message}`;
    }
    const place = this.#branchPlace();
    if (place) await this.ports.identities.removeBegun(place);
    return kept;
  }
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
