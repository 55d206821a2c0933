import type { Ports } from '../../../src/core/ports/host';

/** A machine on which the ports in `taken` are listened on. */
export class FakePorts implements Ports {
  readonly taken = new Set<number>();

  async isFree(port: number): Promise<boolean> {
    return !this.taken.has(port);
  }
}
