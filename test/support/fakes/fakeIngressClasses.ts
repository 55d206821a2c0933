import type { GatewayPlace } from '../../../src/core/clusters/gatewayPlace';
import type { IngressClasses } from '../../../src/core/ports/ingressClasses';

/** Classes in memory. */
export class FakeIngressClasses implements IngressClasses {
  /** undefined: the cluster has no Gateway API. */
  gatewayList: GatewayPlace[] | undefined;
  /** What asking fails with. */
  failure: Error | undefined;
  readonly classes: { readonly name: string; readonly controller: string; readonly isDefault?: boolean }[] = [];

  async controller(name: string | undefined, signal?: AbortSignal): Promise<string | undefined> {
    signal?.throwIfAborted();
    const isMeant = (one: (typeof this.classes)[number]): boolean =>
      name === undefined ? one.isDefault === true : one.name === name;
    return Promise.resolve(this.classes.find(isMeant)?.controller);
  }

  async isAny(signal?: AbortSignal): Promise<boolean> {
    signal?.throwIfAborted();
    if (this.failure) throw this.failure;
    return Promise.resolve(this.classes.length > 0);
  }

  async gateways(signal?: AbortSignal): Promise<readonly GatewayPlace[] | undefined> {
    signal?.throwIfAborted();
    return Promise.resolve(this.gatewayList);
  }
}
