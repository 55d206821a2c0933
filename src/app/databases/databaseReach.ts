import { traitsOf } from '../../core/clusterTraits';
import { databaseTrouble } from '../../core/databases/databaseTrouble';
import { AppError, isAppError } from '../../core/errors';
import type { Identity, ServiceStatus } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import type { Databases } from '../../core/ports/databases';
import { databaseSecret } from '../../core/databases/databaseSecret';

interface ReachPorts {
  readonly cluster: Cluster;
  readonly databases: Databases;
}

/** @throws as Databases.connect; where pods use another address, with the one that failed: this machine's */
export async function connectDatabases({ cluster, databases }: ReachPorts, signal: AbortSignal): Promise<void> {
  try {
    await databases.connect(signal);
  } catch (error) {
    if (traitsOf(cluster.identity).podsSee === 'machine' || !isAppError(error, 'unreachable')) throw error;
    throw new AppError(error.code, `This machine does not reach the server of coppice.postgres.url. ${error.message}`, {
      ...(error.explanation === undefined ? {} : { explanation: error.explanation }),
      remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'postgres.url' } },
      cause: error,
    });
  }
}

/** For an environment that does not get ready though this machine has reached its database: whether pods do not. */
export async function podsTrouble(
  cluster: Cluster,
  { names: { namespace } }: Identity,
  services: readonly ServiceStatus[],
  signal: AbortSignal,
): Promise<string | undefined> {
  if (traitsOf(cluster.identity).podsSee === 'machine') return undefined;
  const url = (await cluster.readSecret(namespace, databaseSecret, signal))?.['DATABASE_URL'];
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { host } = new URL(url);
  if (databaseTrouble(services, host) === undefined) return undefined;
  return `This machine reaches the database server, but pods do not, at ${host}: see coppice.postgres.podAddress.`;
}
