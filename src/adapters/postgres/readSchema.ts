import { AppError } from '../../core/errors';
import {
  objectKinds,
  partKinds,
  type DatabaseSchema,
  type ObjectKind,
  type SchemaObject,
  type SchemaPart,
} from '../../core/databaseSchema/databaseSchema';
import { codeOf } from './postgresErrors';
import type { Session } from './session';
import { otherQueries } from './schema/otherQueries';
import type { SchemaRow } from './schema/queryParts';
import { relationQueries } from './schema/relationQueries';
import { serverQueries, settingsOf } from './schema/serverQueries';

const statementMs = 30_000;
/** Of one who waits for a table, to write out a view or a default of it: a migration that changes it would keep everybody. */
const lockMs = 1_500;
/** A migration that drops things while they are written out: what does so again and again is under way. */
const tries = 3;

/** Whoever owns a database sets how values are written in its sessions: texts of two are to be alike. */
const settings = {
  search_path: 'pg_catalog',
  statement_timeout: String(statementMs),
  lock_timeout: String(lockMs),
  quote_all_identifiers: 'off',
  DateStyle: "'ISO, YMD'",
  IntervalStyle: 'postgres',
  TimeZone: "'UTC'",
  bytea_output: 'hex',
  extra_float_digits: '1',
  xmlbinary: 'base64',
  lc_monetary: "'C'",
  lc_numeric: "'C'",
  row_security: 'off',
} as const;

const begin = [
  'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  ...Object.entries(settings).map(([name, value]) => `SET LOCAL ${name} = ${value}`),
].join('; ');

/**
 * What is defined in the database that a session is in.
 *
 * @param database what it is, or is a copy of
 * @throws conflict: it is being changed, or held; else the error of pg, unmapped
 */
export async function readSchema(
  session: Session,
  database: string,
  signal: AbortSignal | undefined,
): Promise<DatabaseSchema> {
  for (let left = tries; ; left -= 1) {
    try {
      return { database, objects: objectsOf(await readRows(session, database, signal)) };
    } catch (error) {
      const code = codeOf(error);
      if (code === '55P03')
        throw new AppError(
          'conflict',
          `Something in the database ${database} is held by somebody: a migration may be under way.`,
          { cause: error },
        );
      // What PostgreSQL writes out it looks up as it is now: a moment later than the rest it may be gone.
      if (code !== 'XX000' && code !== '42P01') throw error;
      if (left === 1)
        throw new AppError('conflict', `The database ${database} is being changed just now.`, { cause: error });
    }
  }
}

async function readRows(session: Session, database: string, signal: AbortSignal | undefined): Promise<SchemaRow[]> {
  await session.query(begin, [], signal);
  try {
    const rows: SchemaRow[][] = [];
    for (const query of [settingsOf(database), ...otherQueries, ...serverQueries, ...relationQueries])
      rows.push(await session.query<SchemaRow & Record<string, unknown>>(query, [], signal));
    return rows.flat();
  } finally {
    if (!signal?.aborted) await session.query('ROLLBACK');
  }
}

function objectsOf(rows: readonly SchemaRow[]): SchemaObject[] {
  const objects = new Map<string, { kind: ObjectKind; name: string; parts: (SchemaPart & { place: number })[] }>();
  for (const { kind: told, name, part, item, place, text } of rows) {
    const kind = objectKinds.find((each) => each === told);
    const partKind = partKinds.find((each) => each === part);
    if (!kind || !partKind) continue;
    const key = `${kind}\0${name}`;
    const object = objects.get(key) ?? { kind, name, parts: [] };
    objects.set(key, object);
    if (text !== null) object.parts.push({ kind: partKind, name: item, text, place });
  }
  return [...objects.values()]
    .toSorted((one, other) => objectKinds.indexOf(one.kind) - objectKinds.indexOf(other.kind) || compare(one, other))
    .map(({ kind, name, parts }) => ({
      kind,
      name,
      parts: parts
        .toSorted(
          (one, other) =>
            partKinds.indexOf(one.kind) - partKinds.indexOf(other.kind) ||
            one.place - other.place ||
            compare(one, other),
        )
        .map(({ place: _, ...part }) => part),
    }));
}

function compare(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}
