import { databaseSecret } from '../../core/databaseSecret';
import { infraAddresses } from '../../core/infra';
import type { Cluster } from '../../core/ports/cluster';

/** Namespaces of the environments, of any repository, that have their database in infra's PostgreSQL. */
export async function databasesInInfra(
  cluster: Pick<Cluster, 'listNamespaces' | 'readSecret'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const environments: string[] = [];
  for (const { name, annotations } of await cluster.listNamespaces(signal)) {
    if (annotations['database'] === undefined) continue;
    // Nothing of the address is told. Where what a namespace says of itself does not agree, its address counts all the same: better
    // one too many is named than that data go unnamed.
    const secret = await cluster.readSecret(name, databaseSecret, signal);
    if (isInInfra(secret?.['DATABASE_URL'])) environments.push(name);
  }
  return environments.sort();
}

function isInInfra(url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && new URL(url).host === infraAddresses.postgresql;
}
