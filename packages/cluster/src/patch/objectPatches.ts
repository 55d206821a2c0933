import jsonPatch, { type Operation } from 'fast-json-patch';
import { schemaOf } from '../schema/mergeSchema';
import { isRecord, type ObjectFields, type KubeObject } from '../schema/kubeObject';
import { mergePatch } from './mergePatch';
import { json, objectFrom, textOf, yaml, type RequestBody } from '../schema/requestBody';
import { apiVersionOf, type Resource } from '../schema/resources';
import { StatusError } from '../schema/statusError';
import { strategicMergePatch } from './strategicMergePatch';

export const applyPatchType = 'application/apply-patch+yaml';

const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  applyPatchType,
  'application/strategic-merge-patch+json',
];

/** A function that patches one object. Throws a StatusError of 400 or 415, and so may the function, which can also throw one of 422. */
export function patchFunction(body: RequestBody, resource: Resource): (target: ObjectFields) => ObjectFields {
  const patch = body.type === applyPatchType ? undefined : parsePatch(body);
  switch (body.type) {
    case 'application/json-patch+json':
      return (target) => applyJsonPatch(target, patch, resource);
    case 'application/merge-patch+json':
      return (target) => objectOf(mergePatch(target, patch));
    case 'application/strategic-merge-patch+json':
      return (target) => strategicMergePatch(target, objectOf(patch), schemaOf(resource.kind));
    default:
      throw StatusError.unsupportedMediaType(patchTypes);
  }
}

/** The configuration of a server-side apply, as JSON or YAML. */
export function appliedConfiguration(
  body: RequestBody,
  resource: Resource,
  namespace: string | undefined,
  name: string,
): KubeObject {
  const parsed = yaml(textOf(body));
  if (!isRecord(parsed)) throw StatusError.badRequest('the applied configuration is not an object');
  const expected = apiVersionOf(resource);
  if (parsed['apiVersion'] !== expected) {
    throw StatusError.badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${String(parsed['apiVersion'] ?? '')}, expected: ${expected}`,
    );
  }
  return objectFrom(parsed, resource, namespace, name);
}

/** A patched object, checked to be still the one that was asked for. */
export function patchedObject(patched: ObjectFields, resource: Resource, existing: KubeObject): KubeObject {
  return objectFrom(patched, resource, existing.metadata.namespace, existing.metadata.name);
}

function parsePatch(body: RequestBody): unknown {
  return patchTypes.includes(body.type) ? json(textOf(body)) : undefined;
}

function objectOf(value: unknown): ObjectFields {
  if (!isRecord(value)) throw StatusError.badRequest('the patch is not an object');
  return value;
}

function applyJsonPatch(target: ObjectFields, patch: unknown, resource: Resource): ObjectFields {
  if (!Array.isArray(patch)) throw StatusError.badRequest('a JSON patch is a list of operations');
  const copy = structuredClone(target);
  try {
    const operations = patch as Operation[];
    return objectOf(jsonPatch.applyPatch(copy, operations, true).newDocument);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new StatusError(422, 'Invalid', `the server rejected our request due to an error in our request: ${why}`, {
      ...(resource.group === '' ? {} : { group: resource.group }),
      kind: resource.kind,
    });
  }
}
