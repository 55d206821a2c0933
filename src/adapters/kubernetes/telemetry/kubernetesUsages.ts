import type { EnvironmentUsage, Usages } from '../../../core/ports/usages';
import type { KubeConnection } from '../connection/kubeConnection';
import { readNamespaceUsage } from './podUsage';

export class KubernetesUsages implements Usages {
  constructor(private readonly connection: KubeConnection) {}

  read(signal: AbortSignal): Promise<ReadonlyMap<string, EnvironmentUsage> | string> {
    return readNamespaceUsage(this.connection, signal);
  }
}
