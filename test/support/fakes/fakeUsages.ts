import type { EnvironmentUsage, Usages } from '../../../src/core/ports/usages';

export class FakeUsages implements Usages {
  /** By namespace; a text: why nobody tells. */
  current: ReadonlyMap<string, EnvironmentUsage> | string = new Map();
  reads = 0;

  async read(): Promise<ReadonlyMap<string, EnvironmentUsage> | string> {
    this.reads++;
    return this.current;
  }
}
