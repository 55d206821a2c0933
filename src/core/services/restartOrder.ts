import type { DeploymentFacts, EnvironmentFacts } from '../facts';
import { toEnvironment } from './health';
import { isMet } from './heldServices';

export interface RestartOrder {
  /** Whose outcome is that of the restart: the service, those that waited for it, and what these wait for besides. */
  readonly awaited: readonly string[];
  /** Those of them that run to their end, and are to run. */
  readonly again: ReadonlySet<string>;
}

/**
 * What a restart of a service sets going: what a failure of it has kept from being started is started by its success. What runs
 * already is left alone.
 */
export function restartOrder(facts: EnvironmentFacts, service: string): RestartOrder {
  const { deployments, pods } = facts;
  const known = new Map(deployments.map((deployment) => [deployment.service, deployment]));
  const isUnstarted = ({ service: name, once, isHeld }: DeploymentFacts): boolean =>
    once ? !pods.some((pod) => pod.service === name && !pod.isDeleting) : isHeld === true;
  const status = toEnvironment(facts).services.find(({ name }) => name === service);
  const isMissed = ({ dependsOn = {} }: DeploymentFacts): boolean => {
    const condition = Object.hasOwn(dependsOn, service) ? dependsOn[service] : undefined;
    return condition !== undefined && !(status && isMet(status, condition, pods));
  };
  const unstarted = deployments.filter((each) => each.service !== service && isUnstarted(each));
  const awaited = new Set([service, ...unstarted.filter(isMissed).map((each) => each.service)]);
  // Those that wait for them in turn.
  grow(awaited, () =>
    unstarted
      .filter(({ dependsOn = {} }) => Object.keys(dependsOn).some((name) => name !== service && awaited.has(name)))
      .map((each) => each.service),
  );
  // Whoever is started now is kept back by all that it waits for.
  grow(awaited, () =>
    [...awaited].flatMap((name) => {
      const each = known.get(name);
      const isStarted = each !== undefined && (isUnstarted(each) || (name === service && each.once === true));
      return isStarted ? Object.keys(each.dependsOn ?? {}) : [];
    }),
  );
  const again = deployments.filter((each) => each.once && (each.service === service || isUnstarted(each)));
  return {
    awaited: [...awaited],
    again: new Set(again.flatMap((each) => (awaited.has(each.service) ? [each.service] : []))),
  };
}

function grow(set: Set<string>, next: () => readonly string[]): void {
  for (let size = -1; size !== set.size;) {
    size = set.size;
    for (const each of next()) set.add(each);
  }
}
