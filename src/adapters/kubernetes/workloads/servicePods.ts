import type { V1Pod } from '@kubernetes/client-node';
import type { KubeConnection } from '../connection/kubeConnection';
import { serviceLabel } from '../objects/labels';
import { listInPages, type ListRequest } from '../connection/listInPages';
import { milliseconds } from '../watch/mapPod';

/** How the pods of a service are asked for. */
export function podsOf(namespace: string, service: string): ListRequest {
  return {
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
    query: { labelSelector: `${serviceLabel}=${service}` },
    resource: `pods of service "${service}"`,
  };
}

/** Pods of a service that one can get into now, those that are ready first, the newest of them first. */
export async function livingPods(
  connection: KubeConnection,
  namespace: string,
  service: string,
  signal?: AbortSignal,
): Promise<V1Pod[]> {
  const { items } = await listInPages<V1Pod>(connection, podsOf(namespace, service), signal);
  return items
    .filter((pod) => pod.status?.phase === 'Running' && pod.metadata?.deletionTimestamp === undefined)
    .sort((a, b) => Number(isReady(b)) - Number(isReady(a)) || created(b) - created(a));
}

export function isReady(pod: V1Pod): boolean {
  return (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}

function created(pod: V1Pod): number {
  return milliseconds(pod.metadata?.creationTimestamp);
}
