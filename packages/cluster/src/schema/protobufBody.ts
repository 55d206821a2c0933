import { isRecord, kubeTime, textAt, valueAt, type ObjectFields } from './kubeObject';
import { kinds, messages } from './kubernetes.json';
import type { FieldSchema } from './kubernetesSchema';
import { protobufType } from './protobufTypes';
import { StatusError } from './statusError';

export const protobufMediaType = 'application/vnd.kubernetes.protobuf';

/** What an object in protobuf begins with; a message `Unknown` follows, which says what it holds. */
const magic = Buffer.from('k8s\0');
const unknownMessage = 'k8s.io.apimachinery.pkg.runtime.Unknown';

/** The object that a protobuf body holds, as the same client would have sent it in JSON. Throws a StatusError of 400. */
export function decodeProtobuf(bytes: Buffer): ObjectFields {
  if (!bytes.subarray(0, magic.length).equals(magic)) {
    throw StatusError.badRequest('error decoding request: the body does not begin as Kubernetes protobuf does');
  }
  const unknown = decode(unknownMessage, bytes.subarray(magic.length));
  const apiVersion = textAt(unknown, 'typeMeta', 'apiVersion') ?? '';
  const kind = textAt(unknown, 'typeMeta', 'kind') ?? '';
  // Options are part of every API group.
  const name = kinds[`${apiVersion}/${kind}`] ?? kinds[`meta.k8s.io/v1/${kind}`];
  if (name === undefined) {
    throw StatusError.badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in the embedded cluster`,
    );
  }
  const raw = valueAt(unknown, 'raw');
  const message = decode(name, raw instanceof Uint8Array ? raw : new Uint8Array());
  return { apiVersion, kind, ...decoding(() => asRecord(messageValue(name, message))) };
}

function decode(name: string, bytes: Uint8Array): unknown {
  return decoding(() => protobufType(name).decode(bytes));
}

function decoding<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw StatusError.badRequest(`error decoding request: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const meta = 'k8s.io.apimachinery.pkg.apis.meta.v1';

/** Messages whose JSON is none of an object with their fields; each has its own in its Go package. */
const special: Readonly<Record<string, (fields: ObjectFields) => unknown>> = {
  [`${meta}.Time`]: (fields) =>
    isZeroTime(fields) ? undefined : kubeTime(new Date(numberOf(fields['seconds']) * 1000)),
  [`${meta}.MicroTime`]: (fields) => (isZeroTime(fields) ? undefined : microTime(fields)),
  [`${meta}.FieldsV1`]: (fields) => embeddedJson(fields['Raw']),
  'k8s.io.apimachinery.pkg.runtime.RawExtension': (fields) => embeddedJson(fields['raw']),
  'k8s.io.apimachinery.pkg.api.resource.Quantity': (fields) => textAt(fields, 'string') || '0',
  'k8s.io.apimachinery.pkg.util.intstr.IntOrString': (fields) =>
    numberOf(fields['type']) === 1 ? (textAt(fields, 'strVal') ?? '') : numberOf(fields['intVal']),
};

/** @param message what protobufjs decoded, with the fields that were there as its own; undefined for an empty one */
function messageValue(name: string, message: unknown): unknown {
  const fields = isRecord(message) ? message : {};
  const inWords = special[name];
  if (inWords) return inWords(fields);
  const schema = messages[name];
  if (!schema) throw new Error(`the embedded cluster has no message ${name}`);
  const entries: [string, unknown][] = [];
  for (const [field, fieldSchema] of Object.entries(schema.fields)) {
    const given = Object.hasOwn(fields, field) ? fields[field] : undefined;
    const value = fieldValue(given, fieldSchema);
    if (schema.isList) return value ?? [];
    if (fieldSchema.inline) entries.push(...Object.entries(asRecord(value)));
    else if (value !== undefined) entries.push([fieldSchema.json ?? field, value]);
  }
  return Object.fromEntries(entries);
}

/** Undefined for what JSON leaves out: what is not there, and what Kubernetes takes for that. */
function fieldValue(given: unknown, field: FieldSchema): unknown {
  if (field.rule === 'repeated') {
    const items = Array.isArray(given) ? given.map((item) => singleValue(item, field.type)) : [];
    return items.length === 0 ? undefined : items;
  }
  if (field.keyType !== undefined) {
    const entries = Object.entries(asRecord(given)).map(([key, value]) => [key, singleValue(value, field.type)]);
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  if (given === undefined && (field.pointer || !field.always)) return undefined;
  const value = singleValue(given, field.type);
  const isZero = value === '' || value === 0 || value === false;
  return isZero && !field.pointer && !field.always ? undefined : value;
}

/** An undefined value is the type's zero. */
function singleValue(value: unknown, type: string): unknown {
  switch (type) {
    case 'string':
      return value ?? '';
    case 'bool':
      return value ?? false;
    case 'bytes':
      return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : '';
    case 'double':
    case 'float':
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
      return numberOf(value);
    default:
      return messageValue(type, value);
  }
}

/** 64 bits come as an object of their own. */
function numberOf(value: unknown): number {
  return Number(value ?? 0);
}

function isZeroTime(fields: ObjectFields): boolean {
  return numberOf(fields['seconds']) === 0 && numberOf(fields['nanos']) === 0;
}

function microTime(fields: ObjectFields): string {
  const whole = kubeTime(new Date(numberOf(fields['seconds']) * 1000)).slice(0, -1);
  return `${whole}.${String(Math.trunc(numberOf(fields['nanos']) / 1000)).padStart(6, '0')}Z`;
}

function embeddedJson(raw: unknown): unknown {
  const text = raw instanceof Uint8Array ? Buffer.from(raw).toString('utf8') : '';
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

function asRecord(value: unknown): ObjectFields {
  return isRecord(value) ? value : {};
}
