import { databaseSecret } from '../../core/databases/databaseSecret';
import { infraAddresses } from '../../core/clusters/infra';
import type { Cluster } from '../../core/ports/cluster';
import type { DatabaseServerSettings } from '../databases/verifyDatabaseServer';

/**
 * Namespaces of the environments, of any repository, that have their database in infra's PostgreSQL.
 *
 * @param settings who names no server of their own may still say by which address pods reach infra's
 */
export async function databasesInInfra(
  cluster: Pick<Cluster, 'listNamespaces' | 'readSecret'>,
  settings: DatabaseServerSettings,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const own = settings['postgres.url'] === '' ? settings['postgres.podAddress'] : '';
  const addresses = [infraAddresses.postgresql, ...(own === '' ? [] : [own])];
  const environments: string[] = [];
  for (const { name, annotations } of await cluster.listNamespaces(signal)) {
    if (annotations['database'] === undefined) continue;
    // Nothing of the address is told. Where what a namespace says of itself does not agree, its address counts all the same: better
    // one too many is named than that data go unnamed.
    const secret = await cluster.readSecret(name, databaseSecret, signal);
    if (leadsTo(addresses, secret?.['DATABASE_URL'])) environments.push(name);
  }
  return environments.sort();
}

function leadsTo(addresses: readonly string[], url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && addresses.includes(new URL(url).host);
}
