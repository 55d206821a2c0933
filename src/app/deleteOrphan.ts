import { AppError } from '../core/errors';
import type { Owner, Repository } from '../core/model';
import { namesFromSlug } from '../core/naming';
import type { DeletePorts } from './deleteEnvironment';
import { isSameOwner } from './create/claimNames';
import { readWorktrees } from './readWorktrees';
import type { UseCase } from './run';
import { runSteps, type Step } from './steps';
import { environmentLock, withLock } from './withLock';

/** Deletes an environment of this repository that no worktree claims any more. */
export function deleteOrphan(
  ports: DeletePorts,
): UseCase<{ readonly folder: string; readonly namespace: string }, void> {
  return async ({ folder, namespace }, run) => {
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
      const database = record.annotations['database'];
      const steps: Step[] = [
        {
          id: 'release',
          title: 'Uninstall the services',
          after: [],
          run: async ({ signal }) => {
            if (!record.terminating) await ports.releases.uninstall(names.release, namespace, access, signal);
          },
        },
        {
          id: 'database',
          title: 'Drop the database',
          after: ['release'],
          run: async ({ signal }) => {
            if (database) await ports.databases.drop({ database, role: names.databaseRole, owner }, signal);
          },
        },
        {
          // Last: it is what says that there is a database to drop.
          id: 'namespace',
          title: `Delete the namespace ${namespace}`,
          after: ['release', 'database'],
          run: async ({ signal }) => {
            await ports.cluster.deleteNamespace(namespace, owner, signal);
            await ports.kubeconfigs.remove(namespace);
          },
        },
      ];
      await runSteps(steps, run, ports.clock);
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
