import type { V1Namespace } from '@kubernetes/client-node';
import type { NamespaceRecord } from '../../../core/ports/cluster';
import { ownAnnotations, ownerOf } from './labels';

export function mapNamespace(namespace: V1Namespace): NamespaceRecord {
  return {
    name: namespace.metadata?.name ?? '',
    uid: namespace.metadata?.uid ?? '',
    owner: ownerOf(namespace.metadata?.labels),
    terminating: namespace.metadata?.deletionTimestamp !== undefined || namespace.status?.phase === 'Terminating',
    annotations: ownAnnotations(namespace.metadata?.annotations),
  };
}

/** Why a namespace does not go away, from its conditions; undefined when they do not say. */
export function terminatingReason(namespace: V1Namespace): string | undefined {
  const standing = (namespace.status?.conditions ?? []).filter((condition) => condition.status === 'True');
  // A failure explains more than what merely remains to be deleted, and who holds it more than what is held.
  const told =
    standing.find(({ type }) => type.endsWith('Failure')) ??
    standing.find(({ type }) => type === 'NamespaceFinalizersRemaining') ??
    standing[0];
  return told?.message ?? told?.reason;
}
