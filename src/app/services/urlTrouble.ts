import { isThisMachine } from '@coppice/host/isThisMachine';
import { clusterText } from '../../core/clusters/clusterRules';
import { traitsOf } from '../../core/clusterTraits';
import type { ClusterIdentity } from '../../core/model';
import type { HostNames } from '../../core/ports/host';

/** Why an environment's URL may lead nowhere, or elsewhere than to the environment. */
export interface UrlTrouble {
  /** `elsewhere`: no program of this machine gets there by this URL. `unresolved`: browsers do, others may not. */
  readonly kind: 'elsewhere' | 'unresolved';
  readonly message: string;
}

/**
 * Whether a URL leads from this machine to the environment that it is of. Names below `localhost` are this machine by definition
 * (RFC 6761), but only browsers can be relied on to know that; and a cluster that is elsewhere is never reached by them.
 *
 * @returns undefined: it leads there, or its host is none of ours
 */
export async function urlTrouble(
  hostNames: HostNames,
  cluster: ClusterIdentity,
  url: string,
): Promise<UrlTrouble | undefined> {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  if (!host.endsWith('.localhost')) return undefined;
  if (!traitsOf(cluster).isHere && !isAddressHere(cluster)) {
    const message = `${host} leads to this machine, and ${clusterText(cluster)} is elsewhere: forward a port of the service to reach it.`;
    return { kind: 'elsewhere', message };
  }
  if (await hostNames.resolves(host)) return undefined;
  return {
    kind: 'unresolved',
    message: `${host} does not resolve on this machine. Most browsers find it all the same; other programs do not: forward a port of the service for them.`,
  };
}

function isAddressHere({ server }: ClusterIdentity): boolean {
  return server !== undefined && URL.canParse(server) && isThisMachine(new URL(server).hostname);
}
