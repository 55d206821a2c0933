import { isRecord, type ObjectFields } from '../../packages/cluster/src/schema/kubeObject';
import { kinds, messages } from '../../packages/cluster/src/schema/kubernetes.json';
import type { FieldSchema } from '../../packages/cluster/src/schema/kubernetesSchema';
import { protobufType } from '../../packages/cluster/src/schema/protobufTypes';

/** An object as Go's clients send it: what is no pointer of theirs is always there, as its zero. */
export function encodeProtobuf(object: ObjectFields): Buffer {
  const { apiVersion, kind, ...fields } = object;
  const name = kinds[`${String(apiVersion)}/${String(kind)}`];
  if (name === undefined) throw new Error(`there is no ${String(apiVersion)}/${String(kind)}`);
  const raw = encode(name, messageOf(name, fields));
  const unknown = encode('k8s.io.apimachinery.pkg.runtime.Unknown', { typeMeta: { apiVersion, kind }, raw });
  return Buffer.concat([Buffer.from('k8s\0'), unknown]);
}

function encode(name: string, message: ObjectFields): Uint8Array {
  const type = protobufType(name);
  return type.encode(type.fromObject(message)).finish();
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const seconds = (value: unknown): number => Date.parse(textOf(value).replace(/\.\d+Z$/, 'Z')) / 1000;
const special: Readonly<Record<string, (value: unknown) => ObjectFields>> = {
  'k8s.io.apimachinery.pkg.apis.meta.v1.Time': (value) => (value === undefined ? {} : { seconds: seconds(value) }),
  'k8s.io.apimachinery.pkg.apis.meta.v1.MicroTime': (value) =>
    value === undefined
      ? {}
      : { seconds: seconds(value), nanos: Number(/\.(\d+)Z$/.exec(textOf(value))?.[1] ?? 0) * 1000 },
  'k8s.io.apimachinery.pkg.apis.meta.v1.FieldsV1': (value) => ({ Raw: Buffer.from(JSON.stringify(value)) }),
  'k8s.io.apimachinery.pkg.runtime.RawExtension': (value) => ({ raw: Buffer.from(JSON.stringify(value)) }),
  'k8s.io.apimachinery.pkg.api.resource.Quantity': (value) => ({ string: textOf(value) || '0' }),
  'k8s.io.apimachinery.pkg.util.intstr.IntOrString': (value) =>
    typeof value === 'string' ? { type: 1, intVal: 0, strVal: value } : { type: 0, intVal: value ?? 0, strVal: '' },
};

function messageOf(name: string, value: unknown): ObjectFields {
  const inWords = special[name];
  if (inWords) return inWords(value);
  const { fields, isList } = messages[name] ?? { fields: {} };
  const given = isRecord(value) ? value : {};
  const entries = Object.entries(fields).map(([field, schema]) => {
    const inner = isList || schema.inline ? value : given[schema.json ?? field];
    return [field, fieldOf(inner, schema)];
  });
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}

function fieldOf(value: unknown, { type, rule, keyType, pointer }: FieldSchema): unknown {
  if (rule === 'repeated') return Array.isArray(value) ? value.map((item) => single(item, type)) : [];
  if (keyType !== undefined) {
    const entries = isRecord(value) ? Object.entries(value) : [];
    return Object.fromEntries(entries.map(([key, inner]) => [key, single(inner, type)]));
  }
  return value === undefined && pointer ? undefined : single(value, type);
}

function single(value: unknown, type: string): unknown {
  if (type === 'string') return value ?? '';
  if (type === 'bool') return value ?? false;
  if (type === 'bytes') return Buffer.from(textOf(value), 'base64');
  return type.includes('.') ? messageOf(type, value) : (value ?? 0);
}
