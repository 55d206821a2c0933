import { asleepAnnotation } from '../contract';
import { numberAt, recordAt, valueAt, type KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';

/** How many pods a Deployment had that sleeps; undefined: it does not sleep. */
export function formerPods(deployment: KubeObject): number | undefined {
  const text = deployment.metadata.annotations?.[asleepAnnotation] ?? '';
  return numberAt(deployment, 'spec', 'replicas') === 0 && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined;
}

/** Gives a Deployment that sleeps as many pods as it had: one change, as the sleep was. */
export function wakeUp(deployment: KubeObject): void {
  const replicas = formerPods(deployment);
  if (replicas === undefined) return;
  delete deployment.metadata.annotations?.[asleepAnnotation];
  deployment['spec'] = { ...recordAt(deployment, 'spec'), replicas };
  deployment.metadata.generation = (deployment.metadata.generation ?? 0) + 1;
}

/** The Deployment whose pods a service leads to. */
export function deploymentOf(objects: ObjectStore, namespace: string, service: string): KubeObject | undefined {
  const selector = valueAt(objects.get('Service', namespace, service) ?? {}, 'spec', 'selector');
  if (selector === undefined) return undefined;
  return objects.list('Deployment', namespace).items.find((each) => hasLabels(podLabels(each), selector));
}

function podLabels(deployment: KubeObject): object {
  return {
    ...recordAt(deployment, 'spec', 'selector', 'matchLabels'),
    ...recordAt(deployment, 'spec', 'template', 'metadata', 'labels'),
  };
}

/** Whether labels have all that a selector wants; one that wants nothing means nothing. */
export function hasLabels(labels: unknown, selector: unknown): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([name, value]) => recordAt({ labels }, 'labels')?.[name] === value);
}
