import type { Loss } from '../../../core/errors';
import type { Owner } from '../../../core/model';
import { namesFromSlug } from '../../../core/naming';
import type { ClusterAccess, NamespaceRecord } from '../../../core/ports/cluster';
import { databaseLoss } from '../../databases/databaseLoss';
import type { DeletePorts } from './deleteEnvironment';
import type { Run } from '../../run/run';
import { runSteps, type Step } from '../../run/steps';
import { environmentLock, withLock } from '../../run/withLock';
import { wouldLose } from '../../wouldLose';

export type UnclaimedPorts = Pick<
  DeletePorts,
  'locks' | 'cluster' | 'releases' | 'databases' | 'kubeconfigs' | 'clock'
>;

export interface Unclaimed {
  readonly record: NamespaceRecord;
  readonly owner: Owner;
  readonly access: ClusterAccess;
  /** Losses that the person accepted, each by its name: there is only `database`. */
  readonly accepted: readonly Loss['kind'][];
}

/**
 * Deletes an environment that no worktree claims.
 *
 * @param refuseIfClaimed is asked under the environment's lock, which a create that is about to write its record holds: so what
 *   is claimed by then is seen
 * @throws conflict with `losses` before anything is changed, when its database was written to and that was not accepted
 */
export async function deleteUnclaimed(
  ports: UnclaimedPorts,
  { record, owner, access, accepted }: Unclaimed,
  refuseIfClaimed: () => Promise<void>,
  run: Run,
): Promise<void> {
  const namespace = record.name;
  await withLock(ports.locks, environmentLock(owner), `${namespace} is being deleted`, async () => {
    await refuseIfClaimed();
    const names = namesFromSlug(record.annotations['slug'] ?? namespace.replace(/^worktree-/, ''));
    const recorded = record.annotations['database'];
    const ofDatabase = recorded && (await databaseLoss(ports.databases, { database: recorded, ...owner }, run.signal));
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
}
