import { parseRecord, type JsonRecord } from './parseRecord';

/**
 * One kind of file that Coppice writes: which version of it this Coppice writes, and how an older one becomes that. A file without
 * a version is of version 1.
 */
export interface RecordKind<Value> {
  readonly version: number;
  /** By the version that a step starts from: what makes it the next one. Pure; it may take nothing about the value for granted. */
  readonly steps: Readonly<Record<number, (value: JsonRecord) => JsonRecord>>;
  /** What keeps a value of this version from being a `Value`, as the end of a sentence; undefined: it is one. */
  readonly problem: (value: JsonRecord) => string | undefined;
  /** Never there: it ties the kind to what is read. */
  readonly value?: Value;
}

export type Migrated<Value> =
  | { readonly kind: 'current'; readonly value: Value }
  /** A newer Coppice wrote it: it is to be left exactly as it is. `version`: which. */
  | { readonly kind: 'newer'; readonly version: number }
  /** @param why the end of a sentence */
  | { readonly kind: 'damaged'; readonly why: string };

/** What was read from a file, moved forward to this version in memory: the file itself changes with the next write. Never throws. */
export function migrateRecord<Value>(kind: RecordKind<Value>, read: JsonRecord): Migrated<Value> {
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

/**
 * What a text of this kind says; undefined: it is damaged. For programs that know no AppError.
 *
 * @throws Error in words for a person, when a newer Coppice wrote it
 */
export function readOwnRecord<Value>(kind: RecordKind<Value>, text: string, path: string): Value | undefined {
  const read = parseRecord(text);
  const migrated = read && migrateRecord(kind, read);
  if (migrated?.kind === 'newer') throw new Error(newerRecordText(path, migrated.version, kind.version));
  return migrated?.kind === 'current' ? migrated.value : undefined;
}

/** What is said of a newer file. @param known the version that this Coppice writes */
export function newerRecordText(path: string, version: number, known: number): string {
  return `${path} is of version ${version}, and this Coppice knows version ${known}: a newer Coppice wrote it. Update Coppice here; the file is left as it is.`;
}
