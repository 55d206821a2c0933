import { AppError } from '../errors';
import { migrate, type RecordKind } from './migrate';

/** Where a record was read, for who is to put it right. */
export interface RecordPlace {
  readonly path: string;
  /** What to do about one that cannot be understood: a sentence. */
  readonly wayOut: string;
}

/** @throws failed, when a newer Coppice wrote it and when it cannot be understood: nothing is guessed, and nothing written */
export function parseRecord<Value>(kind: RecordKind<Value>, text: string, place: RecordPlace): Value {
  const migrated = migrate(kind, parse(text, place));
  if (migrated.kind === 'current') return migrated.value;
  if (migrated.kind === 'newer') throw newerRecord(place.path, migrated.version, kind.version);
  throw damaged(place, migrated.why);
}

export function newerRecord(path: string, version: number, known: number): AppError {
  return new AppError('failed', newerText(path, version, known));
}

/** For whoever reads it as a line of its own: the embedded cluster's log. */
export function newerText(path: string, version: number, known: number): string {
  return `${path} is of version ${version}, and this Coppice knows version ${known}: a newer Coppice wrote it. Update Coppice here; the file is left as it is.`;
}

function parse(text: string, place: RecordPlace): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(place, 'it is no JSON');
  }
}

function damaged({ path, wayOut }: RecordPlace, why: string): AppError {
  return new AppError('failed', `${path} cannot be understood: ${why}. ${wayOut}`, {
    remedy: { title: 'Open the File', action: { kind: 'openFile', path } },
  });
}
