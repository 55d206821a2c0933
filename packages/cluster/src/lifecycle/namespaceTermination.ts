import { deleteObject } from './deletion';
import { valueAt } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import { resources } from '../schema/resources';
import { StatusError } from '../schema/statusError';

const contentKinds = resources.filter((resource) => resource.namespaced);

/**
 * Empties namespaces that are being deleted and lets them go. Pods keep their grace period, finalizers are
 * waited for. Runs until the returned function is called.
 */
export function terminateNamespaces(objects: ObjectStore, onError: (error: unknown) => void): () => void {
  const running = new Set<string>();
  const again = new Set<string>();

  const terminate = async (name: string): Promise<void> => {
    if (running.has(name)) {
      again.add(name);
      return;
    }
    running.add(name);
    try {
      do {
        again.delete(name);
        await emptyNamespace(objects, name);
      } while (again.has(name));
    } catch (error) {
      onError(error);
    } finally {
      running.delete(name);
    }
  };

  const isTerminating = (name: string): boolean =>
    objects.get('Namespace', undefined, name)?.metadata.deletionTimestamp !== undefined;
  // Its own change begins the work, the end of anything in it may finish it.
  const stop = objects.subscribe((event) => {
    const { name, namespace } = event.object.metadata;
    const concerned = event.kind === 'Namespace' ? name : namespace;
    if (concerned !== undefined && isTerminating(concerned)) queueMicrotask(() => void terminate(concerned));
  });
  for (const { metadata } of objects.list('Namespace').items) {
    if (metadata.deletionTimestamp !== undefined) void terminate(metadata.name);
  }
  return stop;
}

async function emptyNamespace(objects: ObjectStore, name: string): Promise<void> {
  let remaining = 0;
  for (const resource of contentKinds) {
    for (const object of objects.list(resource.kind, name).items) {
      if (object.metadata.deletionTimestamp === undefined) {
        try {
          // Background, so that nothing waits for the dependents that are deleted here anyway.
          await deleteObject(objects, resource, name, object.metadata.name, {
            dryRun: false,
            propagationPolicy: 'Background',
          });
        } catch (error) {
          if (!(error instanceof StatusError && error.code === 404)) throw error;
        }
      }
    }
    remaining += objects.list(resource.kind, name).items.length;
  }
  if (remaining > 0) return;
  const namespace = objects.get('Namespace', undefined, name);
  if (namespace?.metadata.deletionTimestamp === undefined) return;
  const finalizers = valueAt(namespace, 'spec', 'finalizers');
  const foreign = Array.isArray(finalizers) ? finalizers.filter((one) => one !== 'kubernetes') : [];
  if (foreign.length > 0 || (namespace.metadata.finalizers ?? []).length > 0) return;
  await objects.remove('Namespace', undefined, name);
}
