import { clusterName } from '../../../core/clusters/clusterRules';
import { traitsOf } from '../../../core/clusterTraits';
import { AppError, isAppError } from '../../../core/errors';
import type { EnvironmentFile } from '../../../core/environmentFile';
import { gatewayText, type GatewayPlace } from '../../../core/clusters/gatewayPlace';
import type { ClusterIdentity } from '../../../core/model';
import type { IngressClasses } from '../../../core/ports/ingressClasses';
import type { Settings } from '../../../core/settings';

export interface GatewayPorts {
  readonly ingressClasses: IngressClasses;
  readonly settings: () => Pick<Settings, 'ingress.class' | 'ingress.gateway'>;
}

const setting = 'ingress.gateway';

/**
 * The Gateway that serves the URLs of an environment: that of the setting, or the one that there is where the cluster has no class of
 * ingresses at all. undefined: ingresses do, or nothing has a URL. Reads only.
 *
 * @throws notConfigured where the setting names none that there is, or several could be meant
 */
export async function routingGateway(
  { ingressClasses, settings }: GatewayPorts,
  cluster: ClusterIdentity,
  { services }: EnvironmentFile,
  signal: AbortSignal,
): Promise<GatewayPlace | undefined> {
  const { hasGateway, ingressController } = traitsOf(cluster);
  const { 'ingress.class': ingressClass, [setting]: named } = settings();
  if (hasGateway || services.every(({ routes }) => routes.length === 0)) return undefined;
  if (named === '' && (ingressController !== undefined || ingressClass !== '')) return undefined;
  // Whoever may not see classes has used ingresses so far.
  const told = <T>(asked: Promise<T>, otherwise: T): Promise<T> =>
    asked.catch((error: unknown) => {
      if (named === '' && isAppError(error, 'denied')) return otherwise;
      throw error;
    });
  if (named === '' && (await told(ingressClasses.isAny(signal), true))) return undefined;
  const gateways = await told(ingressClasses.gateways(signal), undefined);
  const name = clusterName(cluster);
  const refuse = (why: string): AppError =>
    new AppError('notConfigured', why, {
      remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting } },
    });
  if (named !== '') {
    const found = gateways?.find((each) => gatewayText(each) === named);
    if (found) return found;
    const has =
      gateways === undefined
        ? 'does not serve the Gateway API (gateway.networking.k8s.io/v1)'
        : `has ${gateways.length === 0 ? 'no Gateway' : gateways.map(gatewayText).join(', ')}`;
    throw refuse(`The setting coppice.${setting} names the Gateway ${named}, and ${name} ${has}.`);
  }
  const [first, ...others] = gateways ?? [];
  if (others.length === 0) return first;
  throw refuse(
    `${name} has no class of ingresses, and several Gateways: ${(gateways ?? []).map(gatewayText).join(', ')}. The setting coppice.${setting} names the one that serves the URLs of environments.`,
  );
}
