import { isRecord, type ObjectFields } from '../schema/kubeObject';
import type { MergeSchema } from '../schema/mergeSchema';

/**
 * The fields of an object as Kubernetes' FieldsV1 names them. A path is its elements (`f:spec`, `k:{"name":"web"}`, `v:"x"`)
 * joined by a newline, which no JSON text of an element contains.
 */
export type FieldPath = string;

const separator = '\n';

export function pathElements(path: FieldPath): string[] {
  return path.split(separator);
}

export function parentPaths(path: FieldPath): FieldPath[] {
  const elements = pathElements(path);
  return elements.slice(1).map((_, index) => elements.slice(0, index + 1).join(separator));
}

export function isInside(path: FieldPath, parent: FieldPath): boolean {
  return path.startsWith(parent + separator);
}

/** The key of a list's item, `k:{…}`; undefined where a key field is missing. */
export function itemKey(item: unknown, keys: readonly string[]): string | undefined {
  if (!isRecord(item)) return undefined;
  const key: ObjectFields = {};
  for (const field of [...keys].sort()) {
    const value = item[field] ?? (field === 'protocol' ? 'TCP' : undefined);
    if (value === undefined) return undefined;
    key[field] = value;
  }
  return `k:${JSON.stringify(key)}`;
}

/** Every leaf with its value as JSON, and every item of a keyed list by itself (with an empty value). */
export function fieldPaths(value: unknown, schema: MergeSchema): Map<FieldPath, string> {
  const found = new Map<FieldPath, string>();
  collect(value, schema, [], found);
  return found;
}

function collect(value: unknown, schema: MergeSchema, path: readonly string[], found: Map<FieldPath, string>): void {
  const leaf = (): void => void found.set(path.join(separator), JSON.stringify(value));
  if (Array.isArray(value) && schema.list === 'set') {
    if (value.length === 0) leaf();
    for (const one of value) found.set([...path, `v:${JSON.stringify(one)}`].join(separator), '');
    return;
  }
  if (Array.isArray(value) && schema.list !== undefined && schema.list !== 'set' && value.length > 0) {
    for (const item of value) {
      const key = itemKey(item, schema.list.keys);
      if (key === undefined) return leaf();
      found.set([...path, key].join(separator), '');
      collect(item, schema.items ?? {}, [...path, key], found);
    }
    return;
  }
  if (isRecord(value) && !schema.atomic && (Object.keys(value).length > 0 || path.length === 0)) {
    for (const [field, inner] of Object.entries(value)) {
      if (inner === undefined) continue;
      collect(inner, schema.fields?.[field] ?? {}, [...path, `f:${field}`], found);
    }
    return;
  }
  leaf();
}

/** The tree of a `managedFields` entry from its paths. */
export function toFieldsV1(paths: Iterable<FieldPath>): ObjectFields {
  const root: ObjectFields = {};
  const sorted = [...paths].sort();
  for (const path of sorted) {
    let node = root;
    const elements = pathElements(path);
    for (const element of elements) {
      const next = node[element];
      node = isRecord(next) ? next : (node[element] = {});
    }
    const last = elements.at(-1) ?? '';
    if (last.startsWith('k:')) node['.'] = {};
  }
  return root;
}

export function fromFieldsV1(tree: unknown): Set<FieldPath> {
  const paths = new Set<FieldPath>();
  walk(tree, [], paths);
  return paths;
}

function walk(node: unknown, path: readonly string[], paths: Set<FieldPath>): void {
  if (!isRecord(node)) return;
  const children = Object.keys(node).filter((element) => element !== '.');
  if (path.length > 0 && (children.length === 0 || node['.'] !== undefined)) paths.add(path.join(separator));
  for (const element of children) walk(node[element], [...path, element], paths);
}

/** `.spec.template.spec.containers[name="web"].image`: a path as messages show it. */
export function shownPath(path: FieldPath): string {
  return pathElements(path)
    .map((element) => {
      if (element.startsWith('f:')) return `.${element.slice(2)}`;
      if (element.startsWith('v:')) return `[=${element.slice(2)}]`;
      const key: unknown = JSON.parse(element.slice(2));
      const parts = Object.entries(isRecord(key) ? key : {}).map(
        ([field, value]) => `${field}=${JSON.stringify(value)}`,
      );
      return `[${parts.join(',')}]`;
    })
    .join('');
}
