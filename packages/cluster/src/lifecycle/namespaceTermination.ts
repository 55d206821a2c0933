import { deleteObject } from './deletion';
import { isRecord, recordAt, valueAt, type KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import { resources, type Resource } from '../schema/resources';
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
  const remaining: Remaining[] = [];
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
    const { items } = objects.list(resource.kind, name);
    if (items.length > 0) remaining.push({ resource, items });
  }
  if (remaining.length > 0) return tellWhatRemains(objects, name, remaining);
  const namespace = objects.get('Namespace', undefined, name);
  if (namespace?.metadata.deletionTimestamp === undefined) return;
  const finalizers = valueAt(namespace, 'spec', 'finalizers');
  const foreign = Array.isArray(finalizers) ? finalizers.filter((one) => one !== 'kubernetes') : [];
  if (foreign.length > 0 || (namespace.metadata.finalizers ?? []).length > 0) return;
  await objects.remove('Namespace', undefined, name);
}

interface Remaining {
  readonly resource: Resource;
  readonly items: readonly KubeObject[];
}

/**
 * What holds a namespace, in the conditions and the words in which Kubernetes says it
 * (pkg/controller/namespace/deletion/status_condition_utils.go of 1.37). Only where finalizers do: all else goes by itself.
 */
async function tellWhatRemains(objects: ObjectStore, name: string, remaining: readonly Remaining[]): Promise<void> {
  const holders = new Map<string, number>();
  for (const { items } of remaining) {
    for (const { metadata } of items)
      for (const finalizer of metadata.finalizers ?? []) holders.set(finalizer, (holders.get(finalizer) ?? 0) + 1);
  }
  if (holders.size === 0) return;
  const content = remaining.map(
    ({ resource: { plural, group }, items }) => `${plural}.${group} has ${items.length} resource instances`,
  );
  const held = [...holders].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
  const told = [
    ['NamespaceContentRemaining', 'SomeResourcesRemain', `Some resources are remaining: ${content.sort().join(', ')}`],
    [
      'NamespaceFinalizersRemaining',
      'SomeFinalizersRemain',
      `Some content in the namespace has finalizers remaining: ${held.sort().join(', ')}`,
    ],
  ] as const;
  await objects.modify('Namespace', undefined, name, (namespace) => {
    const before = valueAt(namespace, 'status', 'conditions');
    const conditions = told.map(([type, reason, message]) => {
      const known = Array.isArray(before) ? before.filter(isRecord).find((each) => each['type'] === type) : undefined;
      if (known?.['message'] === message) return known;
      return { type, status: 'True', reason, message, lastTransitionTime: new Date().toISOString() };
    });
    namespace['status'] = { ...recordAt(namespace, 'status'), conditions };
  });
}
