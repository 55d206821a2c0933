import { fromFieldsV1, isInside, itemKey, pathElements, shownPath, type FieldPath } from './fieldPaths';
import { schemaOf, type MergeSchema } from '../schema/mergeSchema';
import { isRecord, type ObjectFields, type KubeObject, type ManagedFieldsEntry } from '../schema/kubeObject';
import {
  changedFields,
  entriesOf,
  newEntry,
  ownableFields,
  setEntries,
  without,
  withParents,
  type Writer,
} from './managedFields';
import { sameValue } from '../schema/sameValue';
import { StatusError, type StatusCause } from '../schema/statusError';

/** An applied configuration merged into what exists, before the managers are recorded. */
export interface Applied {
  object: KubeObject;
  /** Records who owns what, once defaults and the server's own fields are in. Changes the object. */
  record(object: KubeObject): void;
}

/**
 * Server-side apply: the configuration's fields become its manager's; fields that the manager named before and names no
 * more go, unless others own them; a field that another manager owns and that would change is a conflict (a StatusError of 409) unless
 * `force` takes it over. As sigs.k8s.io/structured-merge-diff.
 */
export function applyConfiguration(
  existing: KubeObject | undefined,
  configuration: KubeObject,
  writer: Writer,
  force: boolean,
): Applied {
  if ((configuration.metadata.managedFields?.length ?? 0) > 0) {
    throw StatusError.badRequest('metadata.managedFields must be nil');
  }
  const schema = schemaOf(configuration.kind);
  const isWriter = (entry: ManagedFieldsEntry): boolean =>
    entry.manager === writer.manager && entry.operation === 'Apply' && entry.subresource === writer.subresource;
  const entries = entriesOf(existing);
  const others = entries.filter((entry) => !isWriter(entry));
  const own = new Set(ownableFields(configuration, writer).keys());
  const before = existing ? ownableFields(existing, writer) : new Map<FieldPath, string>();

  const merged = mergeApplied(existing ?? {}, configuration, schema);
  const { written } = changedFields(before, ownableFields(asObject(merged, configuration), writer));
  const conflicts = findConflicts(others, written);
  if (existing && conflicts.length > 0 && !force) throw conflictError(conflicts);

  const previous = fromFieldsV1(entries.find(isWriter)?.fieldsV1);
  const kept = withParents([...own, ...others.flatMap((entry) => [...fromFieldsV1(entry.fieldsV1)])]);
  const dropped = [...withParents(previous)].filter((path) => !kept.has(path) && !isKeyOf(path, kept));
  for (const path of outermost(dropped)) removePath(merged, pathElements(path), schema);

  return {
    object: asObject(merged, configuration),
    record: (object) => {
      const left = others.flatMap((entry) => without(entry, written));
      const earlier = entries.find(isWriter);
      const same = earlier !== undefined && sameSet(fromFieldsV1(earlier.fieldsV1), own);
      setEntries(object, [...left, same && written.size === 0 ? earlier : newEntry(object, writer, 'Apply', own)]);
    },
  };
}

function asObject(merged: ObjectFields, configuration: KubeObject): KubeObject {
  const metadata = isRecord(merged['metadata']) ? merged['metadata'] : {};
  return {
    ...merged,
    apiVersion: configuration.apiVersion,
    kind: configuration.kind,
    metadata: { ...metadata, name: configuration.metadata.name },
  };
}

/** What is applied over what exists: objects field by field, keyed lists item by item, all else as a whole. */
function mergeApplied(existing: ObjectFields, applied: ObjectFields, schema: MergeSchema): ObjectFields {
  const result: ObjectFields = structuredClone(existing);
  for (const [field, value] of Object.entries(applied)) {
    if (value === undefined) continue;
    result[field] = mergeValue(result[field], value, schema.fields?.[field] ?? {});
  }
  return result;
}

function mergeValue(existing: unknown, applied: unknown, schema: MergeSchema): unknown {
  if (isRecord(applied) && isRecord(existing) && !schema.atomic) return mergeApplied(existing, applied, schema);
  if (!Array.isArray(applied) || !Array.isArray(existing) || schema.list === undefined) return structuredClone(applied);
  if (schema.list === 'set') {
    const [before, after]: [unknown[], unknown[]] = [existing, applied];
    return [...before, ...after.filter((one) => !before.some((other) => sameValue(one, other)))];
  }
  const { keys } = schema.list;
  const result = [...(existing as unknown[])];
  for (const item of applied) {
    const key = itemKey(item, keys);
    const index = result.findIndex((one) => key !== undefined && itemKey(one, keys) === key);
    if (index < 0) result.push(structuredClone(item));
    else result[index] = mergeValue(result[index], item, schema.items ?? {});
  }
  return result;
}

interface Conflict {
  manager: ManagedFieldsEntry;
  path: FieldPath;
}

function findConflicts(others: readonly ManagedFieldsEntry[], written: ReadonlySet<FieldPath>): Conflict[] {
  return others.flatMap((manager) =>
    [...fromFieldsV1(manager.fieldsV1)].filter((path) => written.has(path)).map((path) => ({ manager, path })),
  );
}

function conflictError(conflicts: readonly Conflict[]): StatusError {
  const causes: StatusCause[] = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${described(manager)}`,
    field: shownPath(path),
  }));
  const count = conflicts.length === 1 ? '1 conflict' : `${conflicts.length} conflicts`;
  const managers = [...new Set(conflicts.map((one) => one.manager))];
  const parts = managers.map((manager) => {
    const fields = conflicts.filter((one) => one.manager === manager).map((one) => shownPath(one.path));
    if (conflicts.length === 1) return `conflict with ${described(manager)}: ${fields.join('')}`;
    return `conflicts with ${described(manager)}:\n${fields.map((field) => `- ${field}`).join('\n')}`;
  });
  return StatusError.applyConflict(causes, `Apply failed with ${count}: ${parts.join('\n')}`);
}

function described({ manager, operation, apiVersion, subresource }: ManagedFieldsEntry): string {
  const part = subresource === undefined ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  return `${JSON.stringify(manager)}${part}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}

/** Whether it is what tells an item of a list from the others, and somebody keeps that item: without it the item would be nothing. */
function isKeyOf(path: FieldPath, kept: ReadonlySet<FieldPath>): boolean {
  const elements = pathElements(path);
  const [item = '', field = ''] = elements.slice(-2);
  if (!item.startsWith('k:') || !field.startsWith('f:')) return false;
  const key: unknown = JSON.parse(item.slice(2));
  return isRecord(key) && Object.hasOwn(key, field.slice(2)) && kept.has(path.slice(0, -field.length - 1));
}

function outermost(paths: readonly FieldPath[]): FieldPath[] {
  return paths.filter((path) => !paths.some((other) => isInside(path, other)));
}

function removePath(target: unknown, elements: readonly string[], schema: MergeSchema): void {
  const [element = '', ...rest] = elements;
  if (element.startsWith('f:') && isRecord(target)) {
    const field = element.slice(2);
    const inner = schema.fields?.[field] ?? {};
    if (rest.length === 0) delete target[field];
    else removePath(target[field], rest, inner);
    if (Array.isArray(target[field]) && target[field].length === 0) delete target[field];
    return;
  }
  if (!Array.isArray(target)) return;
  const list: unknown[] = target;
  const keys = schema.list !== undefined && schema.list !== 'set' ? schema.list.keys : [];
  const index = list.findIndex((one) =>
    element.startsWith('k:') ? itemKey(one, keys) === element : `v:${JSON.stringify(one)}` === element,
  );
  if (index < 0) return;
  if (rest.length === 0) list.splice(index, 1);
  else removePath(list[index], rest, schema.items ?? {});
}

function sameSet(one: ReadonlySet<FieldPath>, other: ReadonlySet<FieldPath>): boolean {
  return one.size === other.size && [...one].every((path) => other.has(path));
}
