import type { StartCondition } from '../environmentFile';
import type { DeploymentFacts, EnvironmentFacts, PodFacts } from '../facts';
import type { ServiceStatus } from '../model';

/** Whether nothing of an environment was let start yet: a create prepares its services before its files and its database are there. */
export function isPrepared({ deployments, pods }: Pick<EnvironmentFacts, 'deployments' | 'pods'>): boolean {
  return pods.length === 0 && deployments.every(({ isHeld }) => isHeld === true);
}

/** Says of each service that is not let start yet what it waits for. */
export function withHolds(
  { deployments, pods }: Pick<EnvironmentFacts, 'deployments' | 'pods'>,
  services: readonly ServiceStatus[],
): ServiceStatus[] {
  return services.map((status) => {
    const deployment = deployments.find(({ service }) => service === status.name);
    if (!deployment?.isHeld || !isStill(deployment, status)) return status;
    const unmet = Object.entries(deployment.dependsOn ?? {}).flatMap(([name, condition]) => {
      const other = services.find((each) => each.name === name);
      return other && isMet(other, condition, pods) ? [] : [{ name, condition, other }];
    });
    const failed = unmet.find(({ other }) => other === undefined || other.health === 'degraded');
    const reason =
      failed === undefined
        ? unmet.map(({ name, condition }) => `waits for ${name} to be ${condition}`).join(', ')
        : `waits for ${failed.name}, which ${failed.other ? 'fails' : 'there is not'}`;
    return {
      ...status,
      health: failed ? 'degraded' : 'progressing',
      state: 'Waiting',
      reason: reason || (status.reason ?? 'a create or an update starts it'),
    };
  });
}

/** Nothing new of it runs. What the release before runs meanwhile counts only by its own trouble. */
function isStill({ once, updated }: DeploymentFacts, { state, health, desired }: ServiceStatus): boolean {
  if (once) return state === 'Waiting';
  return desired > 0 && updated < desired && health !== 'degraded';
}

/** Whether a service is as one that waits for it needs it, as far as can be seen. */
export function isMet(
  { name, health, state }: ServiceStatus,
  condition: StartCondition,
  pods: readonly PodFacts[],
): boolean {
  switch (condition) {
    case 'started':
      return pods.some((pod) => pod.service === name && hasStarted(pod));
    case 'healthy':
      return health === 'healthy';
    case 'completed':
      return health === 'healthy' && state === 'Completed';
  }
}

/** Its own program was started, whatever became of it. */
export function hasStarted({ container, restarts, isDeleting, phase }: PodFacts): boolean {
  if (isDeleting) return false;
  if (!container) return phase === 'Succeeded' || phase === 'Failed';
  return container.init === undefined && (container.state !== 'waiting' || restarts > 0);
}
