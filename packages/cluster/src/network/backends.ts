import { numberAt, recordsAt, textAt, valueAt, type ObjectFields, type KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import type { PodPorts } from './podPorts';

export interface Backend {
  pod: string;
  podUid: string;
  /** Of this machine. */
  port: number;
}

/** Which pods answer for a service now: those that its selector names and that are ready. */
export class Backends {
  private readonly cache = new Map<string, readonly Backend[]>();
  private readonly turns = new Map<string, number>();
  private readonly unsubscribe: () => void;

  constructor(
    private readonly objects: ObjectStore,
    private readonly ports: PodPorts,
  ) {
    this.unsubscribe = objects.subscribe(({ kind, object }) => {
      if (kind !== 'Pod' && kind !== 'Service') return;
      const prefix = `${object.metadata.namespace}/`;
      for (const key of this.cache.keys()) if (key.startsWith(prefix)) this.cache.delete(key);
    });
  }

  close(): void {
    this.unsubscribe();
  }

  /** The next pod in turn; undefined when none is ready. */
  next(namespace: string, service: string, port: number | string): Backend | undefined {
    const key = `${namespace}/${service}/${port}`;
    const found = this.of(namespace, service, port);
    if (found.length === 0) return undefined;
    const turn = (this.turns.get(key) ?? -1) + 1;
    this.turns.set(key, turn % found.length);
    return found[turn % found.length];
  }

  /** All pods that are ready. `port` is a port of the service, by number or name. */
  of(namespace: string, service: string, port: number | string): readonly Backend[] {
    const key = `${namespace}/${service}/${port}`;
    const cached = this.cache.get(key);
    if (cached) return cached;
    const found = this.find(namespace, service, port);
    this.cache.set(key, found);
    return found;
  }

  private find(namespace: string, name: string, port: number | string): Backend[] {
    const service = this.objects.get('Service', namespace, name);
    const servicePort = service && findServicePort(service, port);
    if (!service || !servicePort) return [];
    return selectedPods(this.objects, service).flatMap((pod) => {
      if (!isReady(pod)) return [];
      const containerPort = findTargetPort(pod, servicePort);
      const podUid = pod.metadata.uid ?? '';
      return containerPort === undefined
        ? []
        : [{ pod: pod.metadata.name, podUid, port: this.ports.real(podUid, containerPort) }];
    });
  }
}

/** The pods that a service's selector names, ready or not; a service without a selector names none. */
export function selectedPods(objects: ObjectStore, service: KubeObject): KubeObject[] {
  const selector = Object.entries(valueAt(service, 'spec', 'selector') ?? {});
  if (selector.length === 0) return [];
  const { items } = objects.list('Pod', service.metadata.namespace);
  return items.filter((pod) => selector.every(([name, value]) => pod.metadata.labels?.[name] === value));
}

export function isReady(pod: KubeObject): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  return recordsAt(pod, 'status', 'conditions').some(({ type, status }) => type === 'Ready' && status === 'True');
}

function findServicePort(service: KubeObject, wanted: number | string): ObjectFields | undefined {
  return recordsAt(service, 'spec', 'ports').find((entry) => entry['port'] === wanted || entry['name'] === wanted);
}

/** The container port of a pod that an entry of a service's ports leads to; undefined when the pod has no port of that name. */
export function findTargetPort(pod: KubeObject, servicePort: ObjectFields): number | undefined {
  const target = servicePort['targetPort'] ?? servicePort['port'];
  if (typeof target === 'number') return target;
  if (typeof target !== 'string') return undefined;
  if (/^\d+$/.test(target)) return Number(target);
  for (const container of recordsAt(pod, 'spec', 'containers')) {
    for (const port of recordsAt(container, 'ports')) {
      if (textAt(port, 'name') === target) return numberAt(port, 'containerPort');
    }
  }
  return undefined;
}
