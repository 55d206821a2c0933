import { namesFromSlug } from '../../../core/naming';
import { deleteOrphan } from '../delete/deleteOrphan';
import type { DeletePorts } from '../delete/deleteEnvironment';
import type { CreateRequest } from '../requests';
import type { Run } from '../../run/run';
import { connectDatabases } from '../../databases/databaseReach';
import type { CreatePorts } from './creation';
import type { PreparedCreate } from './prepareCreate';
import { findUnclaimed, type Unclaimed } from '../parts/unclaimed';

export type SettlePorts = Pick<DeletePorts, 'kubeconfigs'>;

/** Does what a person decided about an environment that an earlier worktree left under the name. Nothing there: nothing to do. */
export async function settleFound(
  ports: CreatePorts & SettlePorts,
  request: CreateRequest,
  prepared: PreparedCreate,
  run: Run,
): Promise<PreparedCreate> {
  if (request.found === undefined || prepared.identity || prepared.begun) return prepared;
  const { cluster, databases, sha256 } = ports;
  const { signal } = run;
  await cluster.connect(signal);
  const hasDatabase = prepared.file.database !== undefined;
  if (hasDatabase) await connectDatabases(ports, signal);
  for (;;) {
    const holders = {
      namespaces: await cluster.listNamespaces(signal),
      databases: hasDatabase ? databases : undefined,
    };
    const found = await findUnclaimed(prepared, holders, sha256, signal);
    if (!found) return prepared;
    if (request.found === 'adopt') return { ...prepared, owner: found.owner, isAdopted: true };
    await remove(ports, prepared, found, run);
  }
}

async function remove(
  ports: CreatePorts & SettlePorts,
  { repository }: PreparedCreate,
  { owner, namespace, database }: Unclaimed,
  run: Run,
): Promise<void> {
  // Whoever chose to start anew was told of the database by its name: that answers for what was written to it, too.
  if (namespace !== undefined)
    return deleteOrphan(ports)({ folder: repository.root, namespace, accepted: ['database'] }, run);
  if (database === undefined) return undefined;
  const { databaseRole: role } = namesFromSlug(database.replace(/^wt_/, '').replaceAll('_', '-'));
  return ports.databases.drop({ database, role, owner }, run.signal);
}
