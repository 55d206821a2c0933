import { asleepAnnotation, dependsOnAnnotation } from '@coppice/cluster/contract';
import type { V1Deployment, V1PodTemplateSpec } from '@kubernetes/client-node';
import { startConditions, type Dependencies } from '../../../core/environmentFile';
import type { DeploymentFacts } from '../../../core/facts';
import { onceAnnotation, replicasAnnotation, serviceLabel } from '../objects/labels';

export function mapDeployment(deployment: V1Deployment): DeploymentFacts {
  const { metadata, spec, status } = deployment;
  const dependsOn = parseDependencies(metadata?.annotations?.[dependsOnAnnotation]);
  const asleep = sleepingPods(deployment);
  const wanted = metadata?.annotations?.[replicasAnnotation] ?? '';
  const old = (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0);
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
    ...(/^\d{1,4}$/.test(wanted) ? { wanted: Number(wanted) } : {}),
    ...(old > 0 ? { old } : {}),
    ...(asleep === undefined ? {} : { asleep }),
    ...(isVolatile(deployment) ? { isVolatile: true } : {}),
    ...(spec?.paused ? { isHeld: true } : {}),
    ...(metadata?.annotations?.[onceAnnotation] === 'true' ? { once: true } : {}),
    ...(dependsOn ? { dependsOn } : {}),
  };
}

/** `coppice/<repository>` at any registry: it is built of a worktree's code, and anew with each change of that. */
const ownImage = /^(?:[^/]+\/)?coppice\/[^/]+$/;
/** Of a pod's volumes: what Kubernetes writes there, nobody else does. */
const written = new Set(['name', 'configMap', 'secret', 'projected', 'downwardAPI']);

/** Whether the end of its pods may be the end of data: of a scratch volume, or of a foreign program's that has no volume at all. */
function isVolatile({ spec }: V1Deployment): boolean {
  const template: V1PodTemplateSpec | undefined = spec?.template;
  const { volumes = [], containers = [] } = template?.spec ?? {};
  if (volumes.some(({ emptyDir }) => emptyDir !== undefined)) return true;
  const hasVolume = volumes.some((volume) => Object.keys(volume).some((kind) => !written.has(kind)));
  return !hasVolume && containers.some(({ image = '' }) => !ownImage.test(image));
}

/** How many pods a service that sleeps had; undefined: it does not sleep. */
export function sleepingPods({ metadata, spec }: V1Deployment): number | undefined {
  const text = metadata?.annotations?.[asleepAnnotation] ?? '';
  return spec?.replicas === 0 && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined;
}

/** As charts/worktree writes it: `db=healthy,migrate=completed`. */
function parseDependencies(text: string | undefined): Dependencies | undefined {
  if (!text) return undefined;
  return Object.fromEntries(
    text.split(',').map((each) => {
      const [name = '', said] = each.split('=');
      return [name, startConditions.find((condition) => condition === said) ?? 'healthy'];
    }),
  );
}
