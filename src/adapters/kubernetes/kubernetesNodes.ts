import type { V1Node } from '@kubernetes/client-node';
import type { ClusterNode, Nodes } from '../../core/ports/nodes';
import type { KubeConnection } from './connection/kubeConnection';

/** More than these are no cluster of one machine, which is all that is asked. */
const limit = '20';

/** Nodes as the API server tells them; at most 20. */
export class KubernetesNodes implements Nodes {
  constructor(private readonly connection: KubeConnection) {}

  async list(signal?: AbortSignal): Promise<readonly ClusterNode[]> {
    const { items } = await this.connection.json<{ readonly items: readonly V1Node[] }>(
      { method: 'GET', path: '/api/v1/nodes', query: { limit }, verb: 'list', resource: 'nodes' },
      signal,
    );
    return items.map(({ metadata, status }) => {
      const name = metadata?.name ?? '';
      const info = status?.nodeInfo;
      return {
        name,
        hostName: metadata?.labels?.['kubernetes.io/hostname'] ?? name,
        runtime: info?.containerRuntimeVersion ?? '',
        kernel: info?.kernelVersion ?? '',
        machineId: info?.machineID ?? '',
        bootId: info?.bootID ?? '',
      };
    });
  }
}
