import { randomUUID } from 'node:crypto';
import { kubeTime } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import { StatusError } from '../schema/statusError';

/** Every namespace has the service account `default`, which pods that name none run as. Returns what ends it. */
export function keepDefaultAccounts(objects: ObjectStore, onError: (error: unknown) => void): () => void {
  const ensure = async (namespace: string): Promise<void> => {
    const owner = objects.get('Namespace', undefined, namespace);
    if (!owner || owner.metadata.deletionTimestamp !== undefined) return;
    if (objects.get('ServiceAccount', namespace, 'default')) return;
    const metadata = { name: 'default', namespace, uid: randomUUID(), creationTimestamp: kubeTime() };
    try {
      await objects.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    } catch (error) {
      if (!(error instanceof StatusError && error.code === 409)) onError(error);
    }
  };
  for (const { metadata } of objects.list('Namespace').items) void ensure(metadata.name);
  return objects.subscribe(({ type, kind, object }) => {
    const { name, namespace = '' } = object.metadata;
    if (kind === 'Namespace' && type === 'ADDED') queueMicrotask(() => void ensure(name));
    if (kind === 'ServiceAccount' && type === 'DELETED' && name === 'default')
      queueMicrotask(() => void ensure(namespace));
  });
}
