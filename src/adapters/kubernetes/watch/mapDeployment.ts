import type { V1Deployment } from '@kubernetes/client-node';
import type { DeploymentFacts } from '../../../core/facts';
import { serviceLabel } from '../objects/labels';

export function mapDeployment(deployment: V1Deployment): DeploymentFacts {
  const { metadata, spec, status } = deployment;
  const stuck = (status?.conditions ?? []).find(
    (condition) =>
      (condition.type === 'Progressing' && condition.status === 'False') ||
      (condition.type === 'ReplicaFailure' && condition.status === 'True'),
  );
  return {
    service: metadata?.labels?.[serviceLabel] ?? '',
    desired: spec?.replicas ?? 1,
    ready: status?.readyReplicas ?? 0,
    updated: status?.updatedReplicas ?? 0,
    available: status?.availableReplicas ?? 0,
    isObserved: (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0),
    problem: stuck?.message ?? stuck?.reason,
  };
}
