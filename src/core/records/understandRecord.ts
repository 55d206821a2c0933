import { migrateRecord, newerRecordText, type RecordKind } from '@coppice/host/migrateRecord';
import { parseRecord } from '@coppice/host/parseRecord';
import { AppError } from '../errors';

/** Where a record was read, for who is to put it right. */
export interface RecordPlace {
  readonly path: string;
  /** What to do about one that cannot be understood: a sentence. */
  readonly wayOut: string;
}

/** @throws failed, when a newer Coppice wrote it and when it cannot be understood: nothing is guessed, and nothing written */
export function understandRecord<Value>(kind: RecordKind<Value>, text: string, { path, wayOut }: RecordPlace): Value {
  const read = parseRecord(text);
  const migrated = read ? migrateRecord(kind, read) : ({ kind: 'damaged', why: 'it is no JSON object' } as const);
  if (migrated.kind === 'current') return migrated.value;
  if (migrated.kind === 'newer') throw new AppError('failed', newerRecordText(path, migrated.version, kind.version));
  throw new AppError('failed', `${path} cannot be understood: ${migrated.why}. ${wayOut}`, {
    remedy: { title: 'Open the File', action: { kind: 'openFile', path } },
  });
}

/**
 * The same of a file that says nothing where it is damaged: what it stood for is then found otherwise, or asked for again.
 *
 * @throws failed when a newer Coppice wrote it
 */
export function recordOrNothing<Value>(kind: RecordKind<Value>, text: string, path: string): Value | undefined {
  const read = parseRecord(text);
  const migrated = read && migrateRecord(kind, read);
  if (migrated?.kind === 'newer') throw new AppError('failed', newerRecordText(path, migrated.version, kind.version));
  return migrated?.kind === 'current' ? migrated.value : undefined;
}
