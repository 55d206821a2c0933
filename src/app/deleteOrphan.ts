import { AppError, type Loss } from '../core/errors';
import type { Owner, Repository } from '../core/model';
import { namesFromSlug } from '../core/naming';
import { databaseLoss } from './databaseLoss';
import type { DeletePorts } from './deleteEnvironment';
import { isSameOwner } from './create/claimNames';
import { readWorktrees } from './readWorktrees';
import type { UseCase } from './run';
import { runSteps, type Step } from './steps';
import { environmentLock, withLock } from './withLock';
import { wouldLose } from './wouldLose';

export interface DeleteOrphanRequest {
  /** Any folder in the repository. */
  readonly folder: string;
  readonly namespace: string;
  /** Losses that the person accepted, each by its name: there is only `database`. */
  readonly accepted?: readonly Loss['kind'][];
}

/**
 * Deletes an environment of this repository that no worktree claims any more.
 *
 * @throws conflict with `losses` before anything is changed, when its database was written to and that was not accepted
 */
export function deleteOrphan(ports: DeletePorts): UseCase<DeleteOrphanRequest, void> {
  return async ({ folder, namespace, accepted = [] }, run) => {
    const repository = await ports.worktrees.repository(folder, run.signal);
    const access = await ports.cluster.connect(run.signal);
    const record = await ports.cluster.readNamespace(namespace, run.signal);
    if (!record) return;
    const { owner } = record;
    if (owner?.repositoryId !== repository.id) {
      throw new AppError(
        'conflict',
        `The namespace ${namespace} does not belong to this repository: nothing is deleted.`,
      );
    }
    await withLock(ports.locks, environmentLock(owner), `${namespace} is being deleted`, async () => {
      await refuseIfClaimed(ports, repository, owner, namespace, run.signal);
      const names = namesFromSlug(record.annotations['slug'] ?? namespace.replace(/^worktree-/, ''));
      const recorded = record.annotations['database'];
      const ofDatabase =
        recorded && (await databaseLoss(ports.databases, { database: recorded, ...owner }, run.signal));
      const database = ofDatabase ? recorded : undefined;
      const losses = ofDatabase ? ofDatabase.losses.filter(({ kind }) => !accepted.includes(kind)) : [];
      if (losses.length > 0) throw wouldLose(namespace, losses);
      const steps: (Step | undefined)[] = [
        {
          id: 'release',
          title: 'Uninstall the services',
          after: [],
          run: async ({ signal }) => {
            if (!record.terminating) await ports.releases.uninstall(names.release, namespace, access, signal);
          },
        },
        database === undefined
          ? undefined
          : {
              id: 'database',
              title: `Drop the database ${database}`,
              after: ['release'],
              run: ({ signal }) => ports.databases.drop({ database, role: names.databaseRole, owner }, signal),
            },
        {
          // Last: it is what says that there is a database to drop.
          id: 'namespace',
          title: `Delete the namespace ${namespace}`,
          after: ['release', ...(database === undefined ? [] : ['database'])],
          run: async ({ signal }) => {
            await ports.cluster.deleteNamespace(namespace, owner, signal);
            await ports.kubeconfigs.remove(namespace);
          },
        },
      ];
      await runSteps(
        steps.filter((step) => step !== undefined),
        run,
        ports.clock,
      );
    });
  };
}

/** A create that is about to write its record holds the lock: so what is claimed by now is seen. */
async function refuseIfClaimed(
  ports: DeletePorts,
  repository: Repository,
  owner: Owner,
  namespace: string,
  signal: AbortSignal,
): Promise<void> {
  const known = await readWorktrees(ports, repository, signal);
  const unreadable = known.find(({ problem }) => problem !== undefined);
  if (unreadable?.problem) throw unreadable.problem;
  const holder = known.find(({ identity }) => isSameOwner(identity, owner));
  if (holder)
    throw new AppError('conflict', `The namespace ${namespace} belongs to the worktree ${holder.worktree.path}.`);
}
