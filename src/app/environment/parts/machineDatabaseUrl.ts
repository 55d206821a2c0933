import { traitsOf } from '../../../core/clusterTraits';
import type { Identity } from '../../../core/model';
import type { ClusterAccess } from '../../../core/ports/cluster';
import { serviceUrlIfOwn } from '../../databases/ownServiceUrl';
import type { MachinePorts } from './variables';

/** The URL by which programs of this machine reach an environment's database; undefined: it has none of its own, or nobody can tell now. */
export async function machineDatabaseUrl(
  { cluster, openDatabases }: Pick<MachinePorts, 'cluster' | 'openDatabases'>,
  identity: Identity,
  access: ClusterAccess | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const serviceUrl = access && (await serviceUrlIfOwn(cluster, identity, signal));
  if (serviceUrl === undefined || traitsOf(identity.cluster).podsSee === 'machine') return serviceUrl;
  return (await openDatabases()).machineUrl(serviceUrl, signal);
}
