import { AppError } from '../../../core/errors';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import type { DatabaseRecord, Identity } from '../../../core/model';
import type { Cluster } from '../../../core/ports/cluster';
import type { Databases } from '../../../core/ports/databases';
import { connectDatabases } from '../../databases/databaseReach';
import { ownServiceUrl } from '../../databases/ownServiceUrl';

/**
 * Of the environment's own database, as this machine reaches it now; a server that does not run is started, the cluster is not. Who owns
 * it is compared, there and in the cluster.
 *
 * @throws conflict, notFound, unreachable
 */
export async function ownDatabaseUrl(
  { cluster, databases }: { readonly cluster: Cluster; readonly databases: Databases },
  identity: Identity,
  { database }: DatabaseRecord,
  signal: AbortSignal,
): Promise<string> {
  const { names, owner } = identity;
  const serviceUrl = await ownServiceUrl(cluster, identity, signal);
  await connectDatabases({ cluster, databases }, signal);
  const holder = await databases.owner(database, signal);
  if (holder === 'foreign' || (holder && !isSameOwner(holder, owner)))
    throw new AppError('conflict', `The PostgreSQL database ${database} belongs to somebody else.`);
  if (holder === undefined || serviceUrl === undefined)
    throw new AppError('notFound', `The environment ${names.slug} has no database now: "coppice create" makes it.`);
  const url = await databases.machineUrl(serviceUrl, signal);
  if (url === undefined)
    throw new AppError('unreachable', `The address of the database ${database} cannot be told: is its server running?`);
  return url;
}
