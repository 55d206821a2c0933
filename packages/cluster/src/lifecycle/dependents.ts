import { deleteObject } from './deletion';
import type { KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import { dependentsOf, disown } from './ownership';
import { resources } from '../schema/resources';
import { StatusError } from '../schema/statusError';

/**
 * Objects go with the last of their owners, as Kubernetes' garbage collector has it. webernetes' own collector looks
 * after the kinds that it knows; this one after all that have to do with another kind. Returns what ends it.
 */
export function collectDependents(objects: ObjectStore, onError: (error: unknown) => void): () => void {
  return objects.subscribe((event) => {
    if (event.type !== 'DELETED' || event.object.metadata.uid === undefined) return;
    const owner = event.object;
    queueMicrotask(() => void deleteDependents(objects, owner).catch(onError));
  });
}

async function deleteDependents(objects: ObjectStore, owner: KubeObject): Promise<void> {
  for (const dependent of dependentsOf(objects, owner)) {
    const others = (dependent.metadata.ownerReferences ?? []).filter((one) => one.uid !== owner.metadata.uid);
    const { namespace, name, uid } = dependent.metadata;
    if (others.some((one) => isThere(objects, namespace, one))) {
      await disown(objects, dependent, owner);
      continue;
    }
    const resource = resources.find((one) => one.kind === dependent.kind);
    if (!resource || dependent.metadata.deletionTimestamp !== undefined) continue;
    const preconditions = uid === undefined ? {} : { uid };
    try {
      await deleteObject(objects, resource, namespace, name, {
        dryRun: false,
        propagationPolicy: 'Background',
        preconditions,
      });
    } catch (error) {
      if (!(error instanceof StatusError && (error.code === 404 || error.code === 409))) throw error;
    }
  }
}

/** One of a kind that nobody here knows may be: what it owns stays. */
function isThere(
  objects: ObjectStore,
  namespace: string | undefined,
  { kind, name, uid }: { readonly kind: string; readonly name: string; readonly uid: string },
): boolean {
  const resource = resources.find((one) => one.kind === kind);
  return !resource || objects.get(kind, resource.namespaced ? namespace : undefined, name)?.metadata.uid === uid;
}
