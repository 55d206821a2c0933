import { isPlainList, isPlainMapping, type PlainMapping, type PlainValue } from '../../../core/proposedFile';

/** What an override replaces as a whole. */
const replaced = new Set(['command', 'entrypoint', 'healthcheck.test']);

/**
 * What two services of one name are together, each in the form of `canonicalService`: mappings key by key, lists one after the other,
 * mounts by the place where they are mounted, commands replaced.
 */
export function mergeServices(base: PlainMapping, over: PlainMapping): PlainMapping {
  return mergeMappings(base, over, '');
}

/** Two files. Services are in the form of `canonicalService`. */
export function mergeFiles(base: PlainMapping, over: PlainMapping): PlainMapping {
  const { services: under = {}, ...rest } = base;
  const { services: above = {}, ...others } = over;
  const merged: Record<string, PlainValue> = { ...mergeMappings(rest, others, '') };
  const services: Record<string, PlainValue> = isPlainMapping(under) ? { ...under } : {};
  for (const [name, service] of Object.entries(isPlainMapping(above) ? above : {})) {
    const own = services[name];
    const value = mergeValues(own, service, '');
    if (value === undefined) delete services[name];
    else services[name] = value;
  }
  return { ...merged, services };
}

/** Without the marks `!reset` and `!override`. */
export function withoutTags(value: PlainValue): PlainValue | undefined {
  if (isPlainList(value)) return value.flatMap((item) => withoutTags(item) ?? []);
  if (!isPlainMapping(value)) return value;
  if ('!reset' in value) return undefined;
  if ('!override' in value) return withoutTags(value['!override'] ?? null);
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const kept = withoutTags(inner);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return Object.fromEntries(entries);
}

function mergeMappings(base: PlainMapping, over: PlainMapping, path: string): PlainMapping {
  const merged: Record<string, PlainValue> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const result = mergeValues(base[key], value, path === '' ? key : `${path}.${key}`);
    if (result === undefined) delete merged[key];
    else merged[key] = result;
  }
  return merged;
}

function mergeValues(base: PlainValue | undefined, over: PlainValue, path: string): PlainValue | undefined {
  if (isPlainMapping(over) && ('!reset' in over || '!override' in over)) return withoutTags(over);
  if (base === undefined || base === null) return withoutTags(over);
  if (over === null) return base;
  if (replaced.has(path)) return withoutTags(over);
  if (isPlainList(base) && isPlainList(over)) return mergeLists(base, over, path);
  if (isPlainMapping(base) && isPlainMapping(over)) return mergeMappings(base, over, path);
  return withoutTags(over);
}

function mergeLists(base: readonly PlainValue[], over: readonly PlainValue[], path: string): PlainValue[] {
  const key = (value: PlainValue): string =>
    path === 'volumes' && isPlainMapping(value) ? JSON.stringify(value['target']) : JSON.stringify(value);
  const merged = new Map(base.map((value) => [key(value), value]));
  for (const value of over) merged.set(key(value), value);
  return [...merged.values()];
}
