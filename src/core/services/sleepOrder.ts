import type { DeploymentFacts } from '../facts';

/** In which order services are put to sleep, those together that can be: none before those that need it, as far as they do not need each other. */
export function sleepOrder(
  deployments: readonly Pick<DeploymentFacts, 'service' | 'dependsOn'>[],
): readonly (readonly string[])[] {
  const order: string[][] = [];
  let left = deployments;
  while (left.length > 0) {
    const needed = new Set(
      left.flatMap(({ service, dependsOn = {} }) => Object.keys(dependsOn).filter((name) => name !== service)),
    );
    const free = left.filter(({ service }) => !needed.has(service));
    const next = free.length > 0 ? free : left;
    order.push(next.map(({ service }) => service));
    left = left.filter((each) => !next.includes(each));
  }
  return order;
}
