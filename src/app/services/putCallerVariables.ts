import { callerSecret } from '@coppice/cluster/contract';
import { traitsOf } from '../../core/clusterTraits';
import type { Owner } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';

/**
 * Leaves for the services of an environment what they need of the environment of who calls: in a Secret, because a proxy's address
 * may hold a password. Services have it from their next start on. Only where services are processes of this machine: an image has
 * its own PATH.
 */
export async function putCallerVariables(
  cluster: Pick<Cluster, 'identity' | 'readSecret' | 'putSecret'>,
  { namespace, owner }: { readonly namespace: string; readonly owner: Owner },
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  if (traitsOf(cluster.identity).runsImages) return;
  const known = await cluster.readSecret(namespace, callerSecret, signal);
  const names = Object.keys(variables);
  const isKnown =
    names.length === Object.keys(known ?? {}).length && names.every((name) => known?.[name] === variables[name]);
  if (!isKnown) await cluster.putSecret(namespace, callerSecret, variables, owner, signal);
}
