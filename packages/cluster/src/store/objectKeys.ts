import type { Resource } from '../schema/resources';

/** Of one kind, in memory. Cluster-wide objects have no namespace, and a key that begins with the slash. */
export function objectKey(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

/** Where etcd has it. */
export function storageKey(resource: Resource, namespace: string | undefined, name: string): string {
  return resource.namespaced
    ? `${resource.storagePrefix}/${namespace ?? 'default'}/${name}`
    : `${resource.storagePrefix}/${name}`;
}
