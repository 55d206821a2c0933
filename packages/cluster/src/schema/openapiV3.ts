import { createHash } from 'node:crypto';
import { kubernetesVersion } from './kubernetesVersion';
import { apiVersionOf, resources, type Resource } from './resources';
import { kinds, messages } from './kubernetes.json';
import type { FieldSchema, MessageSchema } from './kubernetesSchema';

type Schema = Record<string, unknown>;

const documents = new Map<string, object>();

/** The API groups' versions that have a document, with where it is: what `kubectl explain` reads first. */
export function openApiV3Paths(): object {
  const paths = [...new Set(resources.map(pathOf))].map((path): [string, object] => {
    const hash = createHash('sha256')
      .update(JSON.stringify(documentOf(path)))
      .digest('hex');
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash.slice(0, 32)}` }];
  });
  return { paths: Object.fromEntries(paths) };
}

/** The document at a path below /openapi/v3/, as `apis/apps/v1`. Undefined where there is none. */
export function openApiV3Document(path: string): object | undefined {
  return resources.some((one) => pathOf(one) === path) ? documentOf(path) : undefined;
}

function documentOf(path: string): object {
  const made = documents.get(path) ?? makeDocument(path);
  documents.set(path, made);
  return made;
}

function makeDocument(path: string): object {
  const own = resources.filter((one) => pathOf(one) === path);
  const schemas: Record<string, Schema> = {};
  for (const one of own) {
    const name = kinds[`${apiVersionOf(one)}/${one.kind}`];
    if (name === undefined) continue;
    addSchema(schemas, name);
    Object.assign(schemas[publicName(name)] ?? {}, { 'x-kubernetes-group-version-kind': [gvkOf(one)] });
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Coppice embedded cluster', version: kubernetesVersion.gitVersion },
    paths: Object.fromEntries(own.map((one) => [urlOf(one), pathItem(one)])),
    components: { schemas },
  };
}

function pathOf(one: Resource): string {
  return one.group === '' ? `api/${one.version}` : `apis/${apiVersionOf(one)}`;
}

function urlOf(one: Resource): string {
  return `/${pathOf(one)}${one.namespaced ? '/namespaces/{namespace}' : ''}/${one.plural}/{name}`;
}

function gvkOf({ group, version, kind }: Resource): object {
  return { group, version, kind };
}

/** What clients look up here: which kind is at a path, and which options of a patch are understood. */
function pathItem(one: Resource): object {
  const operation = { 'x-kubernetes-group-version-kind': gvkOf(one), responses: { 200: { description: 'OK' } } };
  const parameters = ['dryRun', 'fieldManager', 'force'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
  }));
  return { get: operation, patch: { ...operation, parameters } };
}

/** `io.k8s.api.core.v1.Pod`, as Kubernetes calls them. */
function publicName(name: string): string {
  return name.replace(/^k8s\.io/, 'io.k8s');
}

const meta = 'k8s.io.apimachinery.pkg.apis.meta.v1';

/** Messages that are no objects in JSON. */
const special: Readonly<Record<string, Schema>> = {
  [`${meta}.Time`]: { type: 'string', format: 'date-time' },
  [`${meta}.MicroTime`]: { type: 'string', format: 'date-time' },
  [`${meta}.FieldsV1`]: { type: 'object' },
  'k8s.io.apimachinery.pkg.runtime.RawExtension': { type: 'object' },
  'k8s.io.apimachinery.pkg.api.resource.Quantity': { type: 'string' },
  'k8s.io.apimachinery.pkg.util.intstr.IntOrString': { type: 'string', format: 'int-or-string' },
};

const plain: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  bytes: { type: 'string', format: 'byte' },
  bool: { type: 'boolean' },
  double: { type: 'number', format: 'double' },
};

/** The schema of a message and of all that it is made of. */
function addSchema(schemas: Record<string, Schema>, name: string): void {
  const message = messages[name];
  if (!message || schemas[publicName(name)] !== undefined) return;
  const schema: Schema = { ...described(message) };
  schemas[publicName(name)] = schema;
  const add = (inner: string): void => addSchema(schemas, inner);
  if (special[name]) return void Object.assign(schema, special[name]);
  const fields = fieldsOf(message);
  if (message.isList) return void Object.assign(schema, fieldType(fields[0]?.[1], add));
  const required = fields.filter(([, field]) => field.required).map(([field]) => field);
  const properties = fields.map(([field, one]): [string, Schema] => [
    field,
    { ...described(one), ...fieldType(one, add) },
  ]);
  const isKind = Object.values(kinds).includes(name);
  Object.assign(schema, {
    type: 'object',
    properties: Object.fromEntries([...(isKind ? typeFields : []), ...properties]),
    ...(required.length > 0 ? { required } : {}),
  });
}

const typeFields: [string, Schema][] = [
  ['apiVersion', { type: 'string', description: 'APIVersion is the version of the schema that this object follows.' }],
  ['kind', { type: 'string', description: 'Kind says which resource this object represents.' }],
];

/** With the fields that are written in place of another. */
function fieldsOf(message: MessageSchema): [string, FieldSchema][] {
  return Object.entries(message.fields).flatMap(([name, field]) => {
    const inner = field.inline ? messages[field.type] : undefined;
    return inner ? fieldsOf(inner) : [[field.json ?? name, field] as [string, FieldSchema]];
  });
}

function described({ description }: { description?: string }): Schema {
  return description === undefined ? {} : { description };
}

function fieldType(field: FieldSchema | undefined, add: (name: string) => void): Schema {
  if (!field) return {};
  const { type, rule, keyType, list, keys, mergeKey, strategy } = field;
  if (type.includes('.')) add(type);
  const reference = { $ref: `#/components/schemas/${publicName(type)}` };
  const number = { type: 'integer', format: type };
  const single = type.includes('.') ? reference : (plain[type] ?? number);
  const extensions = {
    ...(list === undefined ? {} : { 'x-kubernetes-list-type': list }),
    ...(keys === undefined ? {} : { 'x-kubernetes-list-map-keys': keys }),
    ...(mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': mergeKey }),
    ...(strategy === undefined ? {} : { 'x-kubernetes-patch-strategy': strategy }),
  };
  if (rule === 'repeated') return { type: 'array', items: single, ...extensions };
  if (keyType !== undefined) return { type: 'object', additionalProperties: single, ...extensions };
  const initial = field.default === undefined ? {} : { default: field.default };
  // Beside a reference nothing else counts.
  return type.includes('.') ? { allOf: [reference], ...initial, ...extensions } : { ...single, ...initial };
}
