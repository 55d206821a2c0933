import { isAppError, toAppError } from '../../core/errors';
import type { Owner } from '../../core/model';
import type { CellValue, DatabaseTables, FoundTable, WantedTable } from '../../core/ports/databaseTables';
import { readDatabase } from './catalog';
import { assertEnvironmentName, identifier, isMarkOf, taken } from './ownership';
import { codeOf } from './postgresErrors';
import type { PostgresServer } from './postgresServer';
import { unlessAborted, whileDoing, withSession, type Session } from './session';

/** Unless whoever makes it has more time. */
const usualLimitMs = 5_000;
const statementMs = 5_000;
/** Of one who waits for a table: a migration that changes it would keep everybody. */
const lockMs = 1_500;
const maxRows = 20_000;
const maxBytes = 16 * 1024 * 1024;
const maxLength = 400;
/** bool, int8, int2, int4, text, bpchar, varchar, timestamp, timestamptz. */
const plainTypes = [16, 20, 21, 23, 25, 1042, 1043, 1114, 1184];
const texts = [25, 1042, 1043];

interface Found {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

/** Reads small tables of environments' databases as the administrator. */
export class PostgresTables implements DatabaseTables {
  readonly #server: PostgresServer;
  readonly #limitMs: number;

  /** @param limitMs what a call takes at most, in milliseconds */
  constructor(server: PostgresServer, limitMs = usualLimitMs) {
    this.#server = server;
    this.#limitMs = limitMs;
  }

  async read(
    {
      database,
      owner,
      tables,
    }: { readonly database: string; readonly owner: Owner; readonly tables: readonly WantedTable[] },
    signal?: AbortSignal,
  ): Promise<readonly FoundTable[] | string> {
    assertEnvironmentName(database);
    const doing = `Look at the database ${database}`;
    return this.#inTime(doing, signal, (either) => this.#read(database, owner, tables, either));
  }

  async readBuilt(
    { url, tables }: { readonly url: string; readonly tables: readonly WantedTable[] },
    signal?: AbortSignal,
  ): Promise<readonly FoundTable[] | string> {
    return this.#inTime('Look at the new template', signal, (either) =>
      withSession({ url, password: undefined }, undefined, either, (session) => readTables(session, tables, either)),
    );
  }

  async #inTime(
    doing: string,
    signal: AbortSignal | undefined,
    read: (either: AbortSignal) => Promise<readonly FoundTable[] | string>,
  ): Promise<readonly FoundTable[] | string> {
    signal?.throwIfAborted();
    const limit = AbortSignal.timeout(this.#limitMs);
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    try {
      // Raced as well: what does not listen to a signal must not keep anybody.
      return await unlessAborted(
        whileDoing(doing, () => read(either)),
        either,
      );
    } catch (error) {
      signal?.throwIfAborted();
      if (isAppError(error, 'conflict')) throw error;
      return limit.aborted ? `PostgreSQL did not tell within ${this.#limitMs / 1000} s.` : toAppError(error).message;
    }
  }

  async #read(
    database: string,
    owner: Owner,
    tables: readonly WantedTable[],
    signal: AbortSignal,
  ): Promise<readonly FoundTable[] | string> {
    const connection = (await this.#server.exists()) ? await this.#server.find() : undefined;
    if (!connection) return 'The PostgreSQL server does not run.';
    const found = await withSession(connection, undefined, signal, (session) =>
      readDatabase(session, database, signal),
    );
    if (!found?.isValid) return `The server has no database ${database}.`;
    if (!isMarkOf(found.mark, owner)) throw taken('database', database);
    return withSession(connection, database, signal, (session) => readTables(session, tables, signal));
  }
}

async function readTables(
  session: Session,
  tables: readonly WantedTable[],
  signal: AbortSignal,
): Promise<readonly FoundTable[]> {
  const read: FoundTable[] = [];
  for (const table of tables) read.push(await readTable(session, table, signal));
  return read;
}

/** Each in a transaction of its own: one that cannot be read does not keep the next. */
async function readTable(session: Session, wanted: WantedTable, signal: AbortSignal): Promise<FoundTable> {
  const places = await session.query<Found>(
    `SELECT c.oid::int8::float8 AS oid, nspname AS schema, relname AS name
       FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
       WHERE relname = $1 AND nspname = coalesce($2, nspname) AND relkind IN ('r', 'p', 'v', 'm', 'f')
         AND nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY nspname`,
    [wanted.name, wanted.schema ?? null],
    signal,
  );
  const [place] = places;
  if (!place) return { kind: 'none' };
  const unreadable = (reason: string): FoundTable => ({ kind: 'unreadable', reason });
  if (places.length > 1)
    return unreadable(`Several schemas have a table ${wanted.name}: ${places.map(({ schema }) => schema).join(', ')}.`);
  const shown = `${place.schema}.${place.name}`;
  // Policies would hide rows, and run what their owner wrote.
  await session.query(
    `BEGIN READ ONLY; SET LOCAL row_security = off; SET LOCAL statement_timeout = ${statementMs}; SET LOCAL lock_timeout = ${lockMs}`,
    [],
    signal,
  );
  try {
    // What it is cannot change any more before it was read.
    const kind = await kindOf(session, place.oid, signal);
    if (kind !== 'r') return unreadable(`${shown} is no ordinary table.`);
    const table = `${identifier(place.schema)}.${identifier(place.name)}`;
    await session.query(`LOCK TABLE ONLY ${table} IN ACCESS SHARE MODE`, [], signal);
    const [facts] = await session.query<{ same: boolean; strange: boolean; bytes: number }>(factsOf, [
      place.oid,
      place.schema,
      place.name,
    ]);
    if (facts?.same !== true) return unreadable(`${shown} is changed just now.`);
    if (facts.strange) return unreadable(`${shown} has expressions or policies, which no table of a tool has.`);
    if (facts.bytes > maxBytes) return unreadable(`${shown} is larger than any tool makes it.`);
    return await readRows(session, place.oid, table, shown, wanted.columns, signal);
  } catch (error) {
    const reason = reasons[codeOf(error) ?? ''];
    if (reason === undefined) throw error;
    return unreadable(`${shown} ${reason}.`);
  } finally {
    if (!signal.aborted) await session.query('ROLLBACK');
  }
}

const reasons: Readonly<Record<string, string>> = {
  '42501': 'may not be read',
  '42P01': 'was dropped just now',
  '55P03': 'is held by somebody: a migration may be under way',
  '57014': 'could not be read in time',
};

async function kindOf(session: Session, oid: number, signal: AbortSignal): Promise<string | undefined> {
  const [row] = await session.query<{ kind: string }>(
    'SELECT relkind::text AS kind FROM pg_class WHERE oid = $1::int8::oid',
    [oid],
    signal,
  );
  return row?.kind;
}

/** Whatever a planner or a reader would evaluate of what the table's owner wrote. */
const factsOf = `SELECT relname = $3 AND nspname = $2 AND relkind = 'r' AS same, pg_table_size(c.oid)::float8 AS bytes,
    relrowsecurity OR relhasrules
      OR EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND (indexprs IS NOT NULL OR indpred IS NOT NULL))
      OR EXISTS (SELECT FROM pg_constraint WHERE conrelid = c.oid AND contype = 'c')
      OR EXISTS (SELECT FROM pg_statistic_ext WHERE stxrelid = c.oid AND stxexprs IS NOT NULL) AS strange
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = $1::int8::oid`;

async function readRows(
  session: Session,
  oid: number,
  table: string,
  shown: string,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<FoundTable> {
  const there = await session.query<{ name: string; type: number; made: string }>(
    `SELECT attname AS name, atttypid::int8::float8 AS type, attgenerated::text AS made FROM pg_attribute
       WHERE attrelid = $1::int8::oid AND attnum > 0 AND NOT attisdropped AND attname = ANY ($2::text[])`,
    [oid, wanted],
    signal,
  );
  const strange = there.find(({ type, made }) => !plainTypes.includes(type) || made !== '');
  if (strange)
    return { kind: 'unreadable', reason: `${shown} has a column ${strange.name} of a kind that no tool makes.` };
  const columns = there.map(({ name, type }) =>
    texts.includes(type) ? `left(${identifier(name)}::text, ${maxLength})` : identifier(name),
  );
  const list = columns.map((column, index) => `${column} AS c${index}`).join(', ');
  const rows = await session.query<Record<string, unknown>>(
    `SELECT ${list === '' ? '1 AS none' : list} FROM ONLY ${table} LIMIT ${maxRows + 1}`,
    [],
    signal,
  );
  if (rows.length > maxRows) return { kind: 'unreadable', reason: `${shown} has more rows than any tool makes.` };
  return {
    kind: 'rows',
    rows: rows.map((row) => Object.fromEntries(there.map(({ name }, index) => [name, cellOf(row[`c${index}`])]))),
  };
}

function cellOf(value: unknown): CellValue {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return null;
}
