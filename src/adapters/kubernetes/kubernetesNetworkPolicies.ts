import type { V1DaemonSet, V1Node } from '@kubernetes/client-node';
import { isAppError } from '../../core/errors';
import { enforcesPolicies } from '../../core/clusters/policyEnforcers';
import type { NetworkPolicies } from '../../core/ports/networkPolicies';
import type { KubeConnection } from './connection/kubeConnection';
import { listInPages } from './connection/listInPages';

/** By what a Kubernetes has installed: its API does not tell whether policies are enforced. */
export class KubernetesNetworkPolicies implements NetworkPolicies {
  constructor(private readonly connection: KubeConnection) {}

  async enforcement(signal?: AbortSignal): Promise<'enforced' | 'unenforced' | 'unknown'> {
    try {
      const [daemonSets, nodes] = await Promise.all([
        listInPages<V1DaemonSet>(
          this.connection,
          { path: '/apis/apps/v1/daemonsets', query: {}, resource: 'daemon sets' },
          signal,
        ),
        listInPages<V1Node>(this.connection, { path: '/api/v1/nodes', query: {}, resource: 'nodes' }, signal),
      ]);
      const isEnforced = enforcesPolicies(daemonSets.items.map(toDaemon), nodes.items.map(toNode));
      return isEnforced ? 'enforced' : 'unenforced';
    } catch (error) {
      // Who may only use namespaces need not be allowed to look at the cluster, and not every API server knows daemon sets.
      if (isAppError(error, 'denied') || isAppError(error, 'notFound')) return 'unknown';
      throw error;
    }
  }
}

function toDaemon({ metadata, spec }: V1DaemonSet): Parameters<typeof enforcesPolicies>[0][number] {
  const containers = spec?.template.spec?.containers ?? [];
  return {
    name: metadata?.name ?? '',
    images: containers.flatMap(({ image }) => image ?? []),
    args: containers.flatMap(({ args, command }) => [...(command ?? []), ...(args ?? [])]),
  };
}

function toNode({ metadata, status }: V1Node): Parameters<typeof enforcesPolicies>[1][number] {
  return { kubeletVersion: status?.nodeInfo?.kubeletVersion ?? '', annotations: metadata?.annotations ?? {} };
}
