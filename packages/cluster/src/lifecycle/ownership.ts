import type { KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import { resources } from '../schema/resources';

/** Kinds whose dependents webernetes' garbage collector follows, so that it takes the finalizers of a deletion away again. */
export const collectedKinds: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'Pod', 'Service']);

/** Lets the dependents of an object stay when it goes: it is no longer named as their owner. */
export async function orphanDependents(objects: ObjectStore, owner: KubeObject): Promise<void> {
  for (const dependent of dependentsOf(objects, owner)) await disown(objects, dependent, owner);
}

/** Objects that name it as an owner, but for those that webernetes' own collector follows. */
export function dependentsOf(objects: ObjectStore, owner: KubeObject): KubeObject[] {
  const { uid, namespace } = owner.metadata;
  // A cluster-wide owner may have dependents anywhere.
  const isDependent = (object: KubeObject): boolean =>
    (object.metadata.ownerReferences ?? []).some((one) => one.uid === uid);
  return resources
    .filter((one) => !(collectedKinds.has(one.kind) && collectedKinds.has(owner.kind)))
    .flatMap((one) => objects.list(one.kind, one.namespaced ? namespace : undefined).items.filter(isDependent));
}

/** Takes the owner out of a dependent's owners. */
export async function disown(objects: ObjectStore, dependent: KubeObject, owner: KubeObject): Promise<void> {
  const { namespace, name } = dependent.metadata;
  await objects.modify(dependent.kind, namespace, name, ({ metadata }) => {
    const left = (metadata.ownerReferences ?? []).filter((one) => one.uid !== owner.metadata.uid);
    if (left.length > 0) metadata.ownerReferences = left;
    else delete metadata.ownerReferences;
  });
}
