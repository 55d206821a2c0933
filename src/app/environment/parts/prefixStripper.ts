import { clusterName } from '../../../core/clusters/clusterRules';
import { traitsOf, type PrefixStripper } from '../../../core/clusterTraits';
import { environmentFileName, type EnvironmentFile } from '../../../core/environmentFile';
import { AppError, isAppError } from '../../../core/errors';
import type { ClusterIdentity } from '../../../core/model';
import type { IngressClasses } from '../../../core/ports/ingressClasses';
import type { Settings } from '../../../core/settings';

export interface StripperPorts {
  readonly ingressClasses: IngressClasses;
  readonly settings: () => Pick<Settings, 'ingress.class'>;
}

/** As they call themselves in their classes. */
const controllers: Readonly<Record<string, PrefixStripper>> = {
  'traefik.io/ingress-controller': 'traefik',
  'k8s.io/ingress-nginx': 'nginx',
};

/**
 * What takes prefixes away where a service asks for that; undefined: none does, or a chart of the repository's own is to know it.
 * Reads only.
 *
 * @throws notConfigured where nobody knows how the cluster's controller would do it
 */
export async function prefixStripper(
  { ingressClasses, settings }: StripperPorts,
  cluster: ClusterIdentity,
  { services, chart }: EnvironmentFile,
  signal: AbortSignal,
): Promise<PrefixStripper | undefined> {
  const asking = services.find(({ stripPrefix }) => stripPrefix);
  if (!asking) return undefined;
  const known = traitsOf(cluster).ingressController;
  if (known !== undefined) return known;
  const name = settings()['ingress.class'] || undefined;
  const told = await ingressClasses.controller(name, signal).catch((error: unknown) => {
    if (isAppError(error, 'denied')) return undefined;
    throw error;
  });
  const found = told === undefined ? undefined : controllers[told];
  if (found !== undefined || chart !== undefined) return found;
  const which =
    told === undefined
      ? `does not say which controller ${name === undefined ? 'its default class of ingresses' : `the class ${JSON.stringify(name)}`} is of`
      : `has the ingress controller ${JSON.stringify(told)}`;
  throw new AppError(
    'notConfigured',
    `${environmentFileName}: services.${asking.name}.stripPrefix: ${clusterName(cluster)} ${which}, and Coppice knows how Traefik and ingress-nginx take a prefix away. The setting coppice.ingress.class names the class.`,
  );
}
