import type { GatewayPlace } from '../clusters/gatewayPlace';

/** What a cluster says of its ingress controllers. */
export interface IngressClasses {
  /**
   * The controller of a class, as it calls itself: `k8s.io/ingress-nginx`.
   *
   * @param name undefined: the class that is the cluster's default
   * @returns undefined: there is no such class, or it does not say
   * @throws denied where this user may not see them, unreachable
   */
  controller(name: string | undefined, signal?: AbortSignal): Promise<string | undefined>;
  /** Whether there is any class. @throws denied, unreachable */
  isAny(signal?: AbortSignal): Promise<boolean>;
  /**
   * The Gateways of the Gateway API (gateway.networking.k8s.io/v1), by namespace and name.
   *
   * @returns undefined: the cluster does not serve routes of that API
   * @throws denied, unreachable
   */
  gateways(signal?: AbortSignal): Promise<readonly GatewayPlace[] | undefined>;
}
