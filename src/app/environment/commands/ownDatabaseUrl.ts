import { databaseEnvironment } from '../../../core/databaseEnvironment';
import { databaseSecret } from '../../../core/databaseSecret';
import { AppError } from '../../../core/errors';
import { isSameOwner } from '../../../core/isSameOwner';
import type { DatabaseRecord, Identity } from '../../../core/model';
import type { Cluster } from '../../../core/ports/cluster';
import type { Databases } from '../../../core/ports/databases';
import { connectDatabases } from '../../databases/databaseReach';

/**
 * Of the environment's own database, as this machine reaches it now; what does not run is started. Who owns it is compared, here
 * and in the cluster.
 *
 * @throws conflict, notFound, unreachable
 */
export async function ownDatabaseUrl(
  { cluster, databases }: { readonly cluster: Cluster; readonly databases: Databases },
  { names: { namespace: name, slug }, owner }: Identity,
  { database }: DatabaseRecord,
  signal: AbortSignal,
): Promise<string> {
  await cluster.connect(signal);
  const namespace = await cluster.readNamespace(name, signal);
  if (namespace && !isSameOwner(namespace.owner, owner))
    throw new AppError('conflict', `The namespace ${name} belongs to somebody else: nothing was migrated.`);
  const secret = namespace && (await cluster.readSecret(name, databaseSecret, signal));
  const serviceUrl = secret?.['DATABASE_URL'];
  await connectDatabases({ cluster, databases }, signal);
  const holder = await databases.owner(database, signal);
  if (holder === undefined || serviceUrl === undefined)
    throw new AppError('notFound', `The environment ${slug} has no database now: "coppice create" makes it.`);
  if (holder === 'foreign' || !isSameOwner(holder, owner))
    throw new AppError('conflict', `The database ${database} belongs to somebody else: nothing was migrated.`);
  // What was compared is the record's; what the command gets is what the cluster says.
  const told = databaseEnvironment(serviceUrl).DATABASE_NAME;
  if (told !== database)
    throw new AppError(
      'conflict',
      `The namespace ${name} names another database than ${database}, the environment's own: nothing was migrated.`,
    );
  const url = await databases.machineUrl(serviceUrl, signal);
  if (url === undefined)
    throw new AppError('unreachable', `The address of the database ${database} cannot be told: is its server running?`);
  return url;
}
