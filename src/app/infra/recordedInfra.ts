import { traitsOf } from '../../core/clusterTraits';
import type { EnvironmentFile } from '../../core/environmentFile';
import { AppError } from '../../core/errors';
import { infraNamespace, infraOwner, infraParts, isInfraPart, type InfraPart } from '../../core/infra';
import type { Cluster } from '../../core/ports/cluster';
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
  if (found.owner?.repositoryId !== infraOwner.repositoryId)
    throw new AppError('conflict', `The namespace "${infraNamespace}" is there already, and Coppice did not make it.`);
  const parts = found.annotations['parts']?.split(',').filter(isInfraPart);
  return { parts: parts ?? infraParts, ephemeral: found.annotations['persistence'] === 'none' };
}

/** Whether the databases of environments are in infra's PostgreSQL: it has one, and the person names no other server. */
export async function hasInfraDatabases(
  cluster: Pick<Cluster, 'identity' | 'readNamespace'>,
  settings: Pick<DatabaseServerSettings, 'postgres.url'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (!traitsOf(cluster.identity).hasInfra || settings['postgres.url'] !== '') return false;
  const found = await cluster.readNamespace(infraNamespace, signal);
  // One that is not ours holds no databases of ours.
  if (found?.owner?.repositoryId !== infraOwner.repositoryId || found.terminating) return false;
  return (await recordedInfra(cluster, signal))?.parts.includes('postgresql') ?? false;
}

/** For what has no database of its own there is nothing to find out. */
export async function needsDatabaseServer(
  cluster: Pick<Cluster, 'identity' | 'readNamespace'>,
  settings: DatabaseServerSettings,
  file: Pick<EnvironmentFile, 'database'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (!file.database) return false;
  return settings['postgres.podAddress'] !== '' || !(await hasInfraDatabases(cluster, settings, signal));
}
