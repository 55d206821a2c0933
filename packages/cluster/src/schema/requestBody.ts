import { parse as parseYaml } from 'yaml';
import { isRecord, type ObjectFields, type KubeObject, type ObjectMeta } from './kubeObject';
import { decodeProtobuf, protobufMediaType } from './protobufBody';
import { apiVersionOf, type Resource } from './resources';
import { checkTypes } from './fieldTypes';
import { StatusError } from './statusError';

export interface RequestBody {
  /** The media type, without parameters, in lower case. */
  type: string;
  bytes: Buffer;
}

export function textOf(body: RequestBody): string {
  return body.bytes.toString('utf8');
}

const objectTypes = ['application/json', 'application/yaml', protobufMediaType];

/** The body as JSON, YAML or Kubernetes' protobuf. Throws a StatusError of 400 or 415. */
export function parseBody(body: RequestBody): ObjectFields {
  if (body.type !== '' && !objectTypes.includes(body.type)) throw StatusError.unsupportedMediaType(objectTypes);
  if (body.type === protobufMediaType) return decodeProtobuf(body.bytes);
  const parsed = body.type === 'application/yaml' ? yaml(textOf(body)) : json(textOf(body));
  if (!isRecord(parsed)) throw StatusError.badRequest('the body of the request is not an object');
  return parsed;
}

export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw StatusError.badRequest(`error decoding request: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function yaml(text: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw StatusError.badRequest(`error decoding YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The body as an object of the resource at this place. Throws a StatusError of 400 where it says otherwise. */
export function objectFrom(
  body: ObjectFields,
  resource: Resource,
  namespace: string | undefined,
  name: string | undefined,
): KubeObject {
  const apiVersion = apiVersionOf(resource);
  const { kind = resource.kind, apiVersion: version = apiVersion } = body;
  if (kind !== resource.kind || version !== apiVersion) {
    throw StatusError.badRequest(
      `${String(kind)} in version "${String(version)}" cannot be handled as a ${resource.kind} in version "${resource.version}"`,
    );
  }
  checkTypes(resource.kind, resource.version, body);
  const content = withoutNulls(body);
  const given = isRecord(content['metadata']) ? content['metadata'] : {};
  const metadata: ObjectMeta = { ...given, name: nameOf(given, name) };
  if (resource.namespaced && namespace !== undefined) {
    if (metadata.namespace && metadata.namespace !== namespace) {
      throw StatusError.badRequest(
        'the namespace of the provided object does not match the namespace sent on the request',
      );
    }
    metadata.namespace = namespace;
  }
  return { ...content, apiVersion, kind: resource.kind, metadata };
}

function nameOf(metadata: ObjectFields, name: string | undefined): string {
  const given = typeof metadata['name'] === 'string' ? metadata['name'] : '';
  if (name !== undefined && given !== '' && given !== name) {
    throw StatusError.badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  }
  return given === '' ? (name ?? '') : given;
}

/** A field that is null is one that is not there. */
function withoutNulls(value: ObjectFields): ObjectFields {
  const kept = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return Object.fromEntries(kept.map(([field, inner]) => [field, plainValue(inner)]));
}

function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  return isRecord(value) ? withoutNulls(value) : value;
}
