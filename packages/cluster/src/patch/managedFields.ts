import { fieldPaths, fromFieldsV1, isInside, parentPaths, toFieldsV1, type FieldPath } from './fieldPaths';
import { schemaOf } from '../schema/mergeSchema';
import { isRecord, kubeTime, type KubeObject, type ManagedFieldsEntry } from '../schema/kubeObject';

/** Who writes, and to which part of the object. */
export interface Writer {
  manager: string;
  subresource?: string;
}

/** Fields that the server owns, whoever wrote them. */
const unmanaged = ['apiVersion', 'kind', 'metadata\nname', 'metadata\nnamespace'].concat(
  ['creationTimestamp', 'generation', 'generateName', 'managedFields', 'resourceVersion', 'selfLink', 'uid'].map(
    (field) => `metadata\n${field}`,
  ),
);
const unmanagedPaths = new Set(
  unmanaged.map((path) =>
    path
      .split('\n')
      .map((field) => `f:${field}`)
      .join('\n'),
  ),
);

/** The fields of an object that a writer can own, with their values: the status only through its own subresource. */
export function ownableFields(
  object: KubeObject,
  { subresource }: Pick<Writer, 'subresource'>,
): Map<FieldPath, string> {
  const { managedFields: _, ...metadata } = object.metadata;
  const found = fieldPaths({ ...object, metadata }, schemaOf(object.kind));
  for (const path of found.keys()) {
    const isStatus = path === 'f:status' || isInside(path, 'f:status');
    if (unmanagedPaths.has(path) || isStatus !== (subresource === 'status') || path.endsWith('\nf:creationTimestamp')) {
      found.delete(path);
    }
  }
  return found;
}

/** What differs between two states of an object. */
export function changedFields(
  before: ReadonlyMap<FieldPath, string>,
  after: ReadonlyMap<FieldPath, string>,
): { written: Set<FieldPath>; removed: Set<FieldPath> } {
  const written = new Set([...after].flatMap(([path, value]) => (before.get(path) === value ? [] : [path])));
  const removed = new Set([...before.keys()].filter((path) => !after.has(path)));
  return { written, removed };
}

export function entriesOf(object: KubeObject | undefined): ManagedFieldsEntry[] {
  const entries = object?.metadata.managedFields;
  return Array.isArray(entries) ? entries.filter(isRecord) : [];
}

/** After a create or an update: what the writer changed is its own now, and nobody else's. Changes `after`. */
export function recordUpdate(before: KubeObject | undefined, after: KubeObject, writer: Writer): void {
  const entries = baseEntries(before, after);
  const old = before ? ownableFields(before, writer) : new Map<FieldPath, string>();
  const { written, removed } = changedFields(old, ownableFields(after, writer));
  const isWriter = (entry: ManagedFieldsEntry): boolean =>
    entry.manager === writer.manager && entry.operation === 'Update' && entry.subresource === writer.subresource;
  const own = fromFieldsV1(entries.find(isWriter)?.fieldsV1);
  const next = entries.filter((entry) => !isWriter(entry)).flatMap((entry) => without(entry, written, removed));
  const mine = new Set([...own, ...written].filter((path) => !removed.has(path)));
  if (mine.size > 0) {
    const unchanged = written.size === 0 && removed.size === 0;
    const earlier = entries.find(isWriter);
    next.push(unchanged && earlier ? earlier : newEntry(after, writer, 'Update', mine));
  }
  setEntries(after, next);
}

/**
 * What is known of the managers before an update: what the client sent along, as kubectl does to turn its own updates into
 * applied configurations; an empty list or an empty entry resets them; without any, what is stored.
 */
function baseEntries(before: KubeObject | undefined, after: KubeObject): ManagedFieldsEntry[] {
  const sent = entriesOf(after);
  if (before && sent.length > 0 && sent.every((entry) => isRecord(entry.fieldsV1))) return sent;
  const wiped = Array.isArray(after.metadata.managedFields) && sent.every((entry) => !isRecord(entry.fieldsV1));
  return before && !wiped ? entriesOf(before) : [];
}

export function newEntry(
  object: KubeObject,
  writer: Writer,
  operation: 'Apply' | 'Update',
  paths: Iterable<FieldPath>,
): ManagedFieldsEntry {
  return {
    manager: writer.manager,
    operation,
    apiVersion: object.apiVersion,
    time: kubeTime(),
    fieldsType: 'FieldsV1',
    fieldsV1: toFieldsV1(paths),
    ...(writer.subresource === undefined ? {} : { subresource: writer.subresource }),
  };
}

export function setEntries(object: KubeObject, entries: ManagedFieldsEntry[]): void {
  if (entries.length > 0) object.metadata.managedFields = entries;
  else delete object.metadata.managedFields;
}

/** The entry without these paths; nothing where none is left. */
export function without(entry: ManagedFieldsEntry, ...taken: readonly ReadonlySet<FieldPath>[]): ManagedFieldsEntry[] {
  const paths = fromFieldsV1(entry.fieldsV1);
  const kept = [...paths].filter((path) => !taken.some((set) => set.has(path)));
  if (kept.length === paths.size) return [entry];
  return kept.length === 0 ? [] : [{ ...entry, fieldsV1: toFieldsV1(kept) }];
}

/** The paths and all that they are inside of. */
export function withParents(paths: Iterable<FieldPath>): Set<FieldPath> {
  const all = new Set<FieldPath>();
  for (const path of paths) {
    all.add(path);
    for (const parent of parentPaths(path)) all.add(parent);
  }
  return all;
}
