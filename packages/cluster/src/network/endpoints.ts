import { isDeepStrictEqual } from 'node:util';
import { kubeTime, recordsAt, textAt, valueAt, type ObjectFields, type KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import { findTargetPort, isReady, selectedPods } from './backends';

/**
 * Keeps the Endpoints objects that `kubectl get endpoints` and `kubectl describe service` show: a service's pods, those that are ready
 * and those that are not. Returns what ends it.
 */
export function writeEndpoints(objects: ObjectStore, log: (message: string) => void): () => void {
  const pending = new Set<string>();
  let writing: Promise<void> | undefined;
  const writeAll = async (): Promise<void> => {
    for (const key of pending) {
      pending.delete(key);
      const [namespace = '', name = ''] = key.split('/');
      await write(objects, namespace, name).catch((error: unknown) => log(`endpoints of ${key}: ${String(error)}`));
    }
    writing = undefined;
  };
  const touch = (service: KubeObject): void => {
    pending.add(`${service.metadata.namespace}/${service.metadata.name}`);
    writing ??= Promise.resolve().then(writeAll);
  };
  const unsubscribe = objects.subscribe(({ kind, object }) => {
    if (kind === 'Service') touch(object);
    if (kind === 'Pod') for (const service of objects.list('Service', object.metadata.namespace).items) touch(service);
  });
  for (const service of objects.list('Service').items) touch(service);
  return unsubscribe;
}

async function write(objects: ObjectStore, namespace: string, name: string): Promise<void> {
  const service = objects.get('Service', namespace, name);
  const existing = objects.get('Endpoints', namespace, name);
  if (!service || service.metadata.deletionTimestamp !== undefined) {
    // Without a selector the Endpoints are the user's own, and with it they are ours.
    if (existing?.metadata.labels?.[OWNED] !== undefined) await objects.remove('Endpoints', namespace, name);
    return;
  }
  if (valueAt(service, 'spec', 'selector') === undefined) return;
  const subsets = subsetsOf(objects, service);
  if (existing) {
    if (isDeepStrictEqual(existing['subsets'] ?? [], subsets)) return;
    await objects.modify('Endpoints', namespace, name, (object) => {
      object['subsets'] = subsets;
    });
    return;
  }
  const namespaceObject = objects.get('Namespace', undefined, namespace);
  if (!namespaceObject || namespaceObject.metadata.deletionTimestamp !== undefined) return;
  await objects.create({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name,
      namespace,
      uid: crypto.randomUUID(),
      creationTimestamp: kubeTime(),
      labels: { ...service.metadata.labels, [OWNED]: 'endpoints-controller' },
    },
    subsets,
  });
}

const OWNED = 'endpoints.kubernetes.io/managed-by';

function subsetsOf(objects: ObjectStore, service: KubeObject): ObjectFields[] {
  const pods = selectedPods(objects, service)
    .filter((pod) => textAt(pod, 'status', 'podIP') !== undefined && pod.metadata.deletionTimestamp === undefined)
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
  const [first] = pods;
  if (!first) return [];
  const ports = recordsAt(service, 'spec', 'ports').flatMap((entry) => {
    const port = findTargetPort(first, entry);
    if (port === undefined) return [];
    const name = textAt(entry, 'name');
    return [{ ...(name === undefined ? {} : { name }), port, protocol: textAt(entry, 'protocol') ?? 'TCP' }];
  });
  const ready = pods.filter(isReady).map(addressOf);
  const notReady = pods.filter((pod) => !isReady(pod)).map(addressOf);
  return [
    {
      ...(ready.length > 0 ? { addresses: ready } : {}),
      ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
      ports,
    },
  ];
}

function addressOf(pod: KubeObject): ObjectFields {
  const { name, namespace, uid } = pod.metadata;
  return {
    ip: textAt(pod, 'status', 'podIP'),
    nodeName: textAt(pod, 'spec', 'nodeName'),
    targetRef: { kind: 'Pod', name, namespace, uid },
  };
}
