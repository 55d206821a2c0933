import type { KubeObject } from '../schema/kubeObject';
import type { Resource } from '../schema/resources';
import { sameValue } from '../schema/sameValue';
import { StatusError } from '../schema/statusError';

/** Takes out of a new object what only the server sets. Changes the object. */
export function prepareCreate(resource: Resource, object: KubeObject): void {
  const { metadata } = object;
  if (metadata.resourceVersion) {
    throw StatusError.badRequest('resourceVersion should not be set on objects to be created');
  }
  delete metadata.resourceVersion;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
  delete metadata.generation;
  delete metadata.managedFields;
  if (!resource.namespaced) delete metadata.namespace;
  if (resource.hasGeneration) metadata.generation = 1;
  // A node reports its own status as it joins.
  if (resource.hasStatus && resource.kind !== 'Node') delete object['status'];
}

/**
 * The object to be written: what the client may change comes from `wanted`, the rest from what exists. An update of the status
 * writes the status only, any other one everything else.
 */
export function prepareUpdate(
  resource: Resource,
  wanted: KubeObject,
  existing: KubeObject,
  subresource: string | undefined,
): KubeObject {
  const statusOnly = subresource === 'status';
  const source = statusOnly ? { ...existing, status: wanted['status'] } : wanted;
  const next: KubeObject = structuredClone({ ...source, metadata: { ...wanted.metadata } });
  if (!statusOnly && resource.hasStatus) restore(next, existing, 'status');
  const { metadata } = next;
  for (const field of serverFields) {
    const value = existing.metadata[field];
    delete metadata[field];
    if (value !== undefined) Object.assign(metadata, { [field]: value });
  }
  if (!metadata.name) metadata.name = existing.metadata.name;
  // The spec of a namespace is the server's: its finalizers go as its content goes.
  if (resource.kind === 'Namespace' && subresource !== 'finalize') restore(next, existing, 'spec');
  return next;
}

/** Counts a change of what is wanted. Call it once defaults are in; changes the object. */
export function countGeneration(resource: Resource, next: KubeObject, existing: KubeObject): void {
  if (!resource.hasGeneration || sameValue(content(next), content(existing))) return;
  next.metadata.generation = (existing.metadata.generation ?? 0) + 1;
}

const serverFields = [
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'selfLink',
  'namespace',
] as const;

function restore(next: KubeObject, existing: KubeObject, field: string): void {
  if (existing[field] === undefined) delete next[field];
  else next[field] = structuredClone(existing[field]);
}

/** What a generation counts: all but who it is and how it fares. */
function content(object: KubeObject): object {
  const { metadata: _, status: __, ...rest } = object;
  return rest;
}
