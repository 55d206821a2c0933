import type { Loss } from '../../../core/errors';
import type { Owner } from '../../../core/model';
import { namesFromSlug } from '../../../core/naming';
import type { ClusterAccess, NamespaceRecord } from '../../../core/ports/cluster';
import { environmentLock, withLock } from '../../run/withLock';
import type { Run } from '../../run/run';
import type { DeletePorts } from '../deletePorts';
import type { Part } from '../parts/part';
import { recordsFrom } from '../parts/planParts';
import type { LookRun } from '../parts/removal';
import { lookAtParts, removeParts } from './removeParts';

export interface UnclaimedDelete {
  readonly record: NamespaceRecord;
  readonly owner: Owner;
  readonly access: ClusterAccess;
  /** Losses that the person accepted, each by its name: there are only `database` and `data`. */
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
  ports: DeletePorts,
  parts: readonly Part[],
  { record, owner, access, accepted }: UnclaimedDelete,
  refuseIfClaimed: () => Promise<void>,
  run: Run,
): Promise<void> {
  const namespace = record.name;
  await withLock(ports.locks, environmentLock(owner), `${namespace} is being deleted`, async () => {
    await refuseIfClaimed();
    const slug = record.annotations['slug'] ?? namespace.replace(/^worktree-/, '');
    const records = recordsFrom(parts, { ...record.annotations, slug });
    const { release } = namesFromSlug(slug);
    const { signal } = run;
    const environment = { owner, namespace, release, parts: records };
    const look: LookRun = { ports, environment, worktree: undefined, accepted, signal };
    const there = await lookAtParts(parts, look, namespace);
    await removeParts(there, look, namespace, run, { access, namespace: record });
  });
}
