import type { EnvironmentKubeconfigs } from '../../../src/core/ports/environmentKubeconfigs';

/** Paths without files. */
export class FakeEnvironmentKubeconfigs implements EnvironmentKubeconfigs {
  readonly held = new Set<string>();

  async ensure(namespace: string): Promise<string> {
    this.held.add(namespace);
    return `/nowhere/${namespace}.json`;
  }

  async remove(namespace: string): Promise<void> {
    this.held.delete(namespace);
  }
}
