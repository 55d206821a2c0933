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
}
