import type { IngressClasses } from '../../../src/core/ports/ingressClasses';

/** Classes in memory. */
export class FakeIngressClasses implements IngressClasses {
  readonly classes: { readonly name: string; readonly controller: string; readonly isDefault?: boolean }[] = [];

  async controller(name: string | undefined, signal?: AbortSignal): Promise<string | undefined> {
    signal?.throwIfAborted();
    const isMeant = (one: (typeof this.classes)[number]): boolean =>
      name === undefined ? one.isDefault === true : one.name === name;
    return Promise.resolve(this.classes.find(isMeant)?.controller);
  }
}
