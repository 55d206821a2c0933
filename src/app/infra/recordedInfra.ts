import { traitsOf } from '../../core/clusterTraits';
import { AppError } from '../../core/errors';
import { infraNamespace, infraOwner, infraParts, isInfraPart, type InfraPart } from '../../core/clusters/infra';
import { leadsPodToItself } from '../../core/services/leadsPodToItself';
import type { ClusterIdentity } from '../../core/model';
import type { Cluster, NamespaceRecord } from '../../core/ports/cluster';
import type { Settings } from '../../core/settings';
import type { DatabaseServerSettings } from '../databases/verifyDatabaseServer';

export interface RecordedInfra {
  readonly parts: readonly InfraPart[];
  /** Whether data live as long as their pods. */
  readonly ephemeral: boolean;
}

/** What was decided when infra was set up last; undefined: there is none. @throws conflict when the namespace is somebody else's */
export async function recordedInfra(
  cluster: Pick<Cluster, 'readNamespace'>,
  signal: AbortSignal,
): Promise<RecordedInfra | undefined> {
  const found = await cluster.readNamespace(infraNamespace, signal);
  if (!found) return undefined;
  if (!isOurs(found))
    throw new AppError('conflict', `The namespace "${infraNamespace}" is there already, and Coppice did not make it.`);
  return recordIn(found);
}

function isOurs({ owner }: NamespaceRecord): boolean {
  return owner?.repositoryId === infraOwner.repositoryId;
}

function recordIn({ annotations }: NamespaceRecord): RecordedInfra {
  const parts = annotations['parts']?.split(',').filter(isInfraPart);
  return { parts: parts ?? infraParts, ephemeral: annotations['persistence'] === 'none' };
}

/** What the cluster says of infra's namespace, for whoever decides by it: read once and handed on. */
export type InfraReader = () => Promise<NamespaceRecord | undefined>;

/** Whether the namespaces of environments are in infra's Temporal: it has one, and the person names no other server. */
export async function hasInfraTemporal(
  infra: InfraReader,
  cluster: ClusterIdentity,
  { 'temporal.address': address }: Pick<Settings, 'temporal.address'>,
): Promise<boolean> {
  const host = address.replace(/:\d{1,5}$/, '').replace(/^\[(.*)\]$/, '$1');
  return leadsPodToItself(host) && hasInfraPart(infra, cluster, 'temporal');
}

/** Whether the databases of environments are in infra's PostgreSQL: it has one, and the person names no other server. */
export async function hasInfraDatabases(
  infra: InfraReader,
  cluster: ClusterIdentity,
  settings: Pick<DatabaseServerSettings, 'postgres.url'>,
): Promise<boolean> {
  return settings['postgres.url'] === '' && hasInfraPart(infra, cluster, 'postgresql');
}

async function hasInfraPart(infra: InfraReader, cluster: ClusterIdentity, part: InfraPart): Promise<boolean> {
  if (!traitsOf(cluster).hasInfra) return false;
  const found = await infra();
  // One that is not ours holds nothing of ours.
  if (!found || !isOurs(found) || found.terminating) return false;
  return recordIn(found).parts.includes(part);
}
