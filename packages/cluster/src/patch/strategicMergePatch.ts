import type { MergeSchema } from '../schema/mergeSchema';
import { isRecord, type ObjectFields } from '../schema/kubeObject';
import { sameValue } from '../schema/sameValue';
import { StatusError } from '../schema/statusError';

const orderPrefix = '$setElementOrder/';
const primitivePrefix = '$deleteFromPrimitiveList/';

/**
 * A strategic merge patch: a merge patch that knows which lists are maps, with the directives `$patch`, `$retainKeys`,
 * `$setElementOrder` and `$deleteFromPrimitiveList`. As k8s.io/apimachinery/pkg/util/strategicpatch. Neither argument is changed;
 * throws a StatusError of 400.
 */
export function strategicMergePatch(original: ObjectFields, patch: ObjectFields, schema: MergeSchema): ObjectFields {
  const directive = patch['$patch'];
  if (directive === 'replace') return clean(withoutField(patch, '$patch'));
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') throw unknownDirective(directive);
  const result = retained(original, patch);
  for (const [field, value] of Object.entries(patch)) {
    if (field === '$patch' || field === '$retainKeys') continue;
    if (field.startsWith(primitivePrefix)) {
      const name = field.slice(primitivePrefix.length);
      result[name] = listOf(result[name]).filter((one) => !listOf(value).some((gone) => sameValue(gone, one)));
      continue;
    }
    if (field.startsWith(orderPrefix)) {
      const name = field.slice(orderPrefix.length);
      // With no patch of the list itself, the order is all that changes.
      if (patch[name] === undefined && Array.isArray(result[name])) {
        result[name] = reorder(listOf(result[name]), listOf(result[name]), listOf(value), schema.fields?.[name] ?? {});
      }
      continue;
    }
    const fieldSchema = schema.fields?.[field] ?? {};
    if (value === null) delete result[field];
    else if (Array.isArray(value))
      result[field] = mergeList(result[field], value, patch[orderPrefix + field], fieldSchema);
    else if (isRecord(value)) {
      const existing = result[field];
      result[field] = strategicMergePatch(isRecord(existing) ? existing : {}, value, fieldSchema);
    } else result[field] = value;
  }
  return result;
}

function retained(original: ObjectFields, patch: ObjectFields): ObjectFields {
  const keys = patch['$retainKeys'];
  if (!Array.isArray(keys)) return { ...original };
  return Object.fromEntries(Object.entries(original).filter(([field]) => keys.includes(field)));
}

function mergeList(existing: unknown, patch: unknown[], order: unknown, schema: MergeSchema): unknown[] {
  const original: unknown[] = Array.isArray(existing) ? existing : [];
  if (schema.list === undefined) {
    return patch.filter((item) => !isDirective(item)).map(cleanValue);
  }
  const merged =
    schema.list === 'set'
      ? [...original, ...patch.filter((one) => !original.some((other) => sameValue(one, other)))]
      : mergeKeyedList(original, patch, schema.list.mergeKey, schema.items ?? {});
  return Array.isArray(order) ? reorder(merged, original, order, schema) : merged;
}

function mergeKeyedList(
  original: readonly unknown[],
  patch: readonly unknown[],
  key: string,
  schema: MergeSchema,
): unknown[] {
  if (patch.some((item) => isRecord(item) && item['$patch'] === 'replace')) {
    return patch.filter((item) => !isDirective(item)).map(cleanValue);
  }
  const result = [...original];
  for (const item of patch) {
    if (!isRecord(item) || item[key] === undefined) {
      throw StatusError.badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    }
    const index = result.findIndex((one) => isRecord(one) && sameValue(one[key], item[key]));
    if (item['$patch'] === 'delete') {
      if (index >= 0) result.splice(index, 1);
      continue;
    }
    const found = result[index];
    if (isRecord(found)) result[index] = strategicMergePatch(found, item, schema);
    else result.push(strategicMergePatch({}, item, schema));
  }
  return result;
}

/**
 * Items named in the order come in that order; the others, which only the server has, stay before the named item that they
 * stood before.
 */
function reorder(
  items: readonly unknown[],
  original: readonly unknown[],
  order: readonly unknown[],
  schema: MergeSchema,
): unknown[] {
  const key = schema.list === undefined || schema.list === 'set' ? undefined : schema.list.mergeKey;
  const identity = (item: unknown): string => JSON.stringify(key !== undefined && isRecord(item) ? item[key] : item);
  const wanted = order.map(identity);
  const before = original.map(identity);
  const named = items.filter((item) => wanted.includes(identity(item)));
  named.sort((a, b) => wanted.indexOf(identity(a)) - wanted.indexOf(identity(b)));
  const others = items.filter((item) => !wanted.includes(identity(item)));
  const result: unknown[] = [];
  for (const item of named) {
    const place = before.indexOf(identity(item));
    while (place >= 0 && others.length > 0 && before.indexOf(identity(others[0])) < place) result.push(others.shift());
    result.push(item);
  }
  return [...result, ...others];
}

function isDirective(item: unknown): boolean {
  return isRecord(item) && item['$patch'] !== undefined;
}

/** What is new in an object carries no directives and no nulls. */
function clean(value: ObjectFields): ObjectFields {
  const kept = Object.entries(value).filter(([field, inner]) => inner !== null && !field.startsWith('$'));
  return Object.fromEntries(kept.map(([field, inner]) => [field, cleanValue(inner)]));
}

function cleanValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleanValue);
  return isRecord(value) ? clean(value) : value;
}

function withoutField(record: ObjectFields, field: string): ObjectFields {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== field));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function unknownDirective(directive: unknown): StatusError {
  return StatusError.badRequest(`Unknown patch type found: ${String(directive)}`);
}
