/** A value as JSON has it between braces. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * One kind of file that Coppice writes: which version of it this Coppice writes, and how an older one becomes that. A file without
 * a version is of version 1.
 */
export interface RecordKind<Value> {
  readonly version: number;
  /** By the version that a step starts from: what makes it the next one. Pure; it may take for granted nothing about the value. */
  readonly steps: Readonly<Record<number, (value: JsonObject) => JsonObject>>;
  /** What keeps a value of this version from being a `Value`, as the end of a sentence; undefined: it is one. */
  readonly problem: (value: JsonObject) => string | undefined;
  /** Never there: it ties the kind to what is read. */
  readonly value?: Value;
}

export type Migrated<Value> =
  | { readonly kind: 'current'; readonly value: Value }
  /** A newer Coppice wrote it: it is to be left exactly as it is. */
  | { readonly kind: 'newer'; readonly version: number }
  /** @param why the end of a sentence */
  | { readonly kind: 'damaged'; readonly why: string };

/** What was read from a file, moved forward to this version in memory: the file itself changes with the next write. Never throws. */
export function migrate<Value>(kind: RecordKind<Value>, read: unknown): Migrated<Value> {
  if (!isObject(read)) return { kind: 'damaged', why: 'it is no object' };
  const { version = 1 } = read;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return { kind: 'damaged', why: '"version" is not what it should be' };
  if (version > kind.version) return { kind: 'newer', version };
  let value = read;
  for (let from = version; from < kind.version; from++) {
    const step = kind.steps[from];
    if (!step) return { kind: 'damaged', why: `nothing is known of version ${from}` };
    value = { ...step(value), version: from + 1 };
  }
  const why = kind.problem(value);
  return why === undefined ? { kind: 'current', value: value as Value } : { kind: 'damaged', why };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
