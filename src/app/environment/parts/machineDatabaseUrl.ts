import { traitsOf } from '../../../core/clusterTraits';
import { databaseSecret } from '../../../core/databaseSecret';
import type { Identity } from '../../../core/model';
import type { ClusterAccess } from '../../../core/ports/cluster';
import type { MachinePorts } from './variables';

/** The URL by which programs of this machine reach an environment's database; undefined: it has none, or nobody can tell now. */
export async function machineDatabaseUrl(
  { cluster, openDatabases }: Pick<MachinePorts, 'cluster' | 'openDatabases'>,
  identity: Identity,
  access: ClusterAccess | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const secret = access && (await cluster.readSecret(identity.names.namespace, databaseSecret, signal));
  const serviceUrl = secret?.['DATABASE_URL'];
  if (serviceUrl === undefined || traitsOf(identity.cluster).podsSee === 'machine') return serviceUrl;
  return (await openDatabases()).machineUrl(serviceUrl, signal);
}
