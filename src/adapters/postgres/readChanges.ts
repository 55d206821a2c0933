import { summarizeChanges, type DatabaseChanges, type TableChanges } from '../../core/databases/databaseChanges';
import { countedSince, isNewer, readDefinitions, type DatabaseBaseline } from './databaseBaseline';
import { identifier } from './ownership';
import { codeOf } from './postgresErrors';
import type { Session } from './session';

/** How long rows are looked at, where counters do not tell. */
const scanMs = 1_500;
/** With less left no further table is begun: it is also what the session is given back in. */
const leastMs = 100;
const resets = 5;
/** After which what a session told at its end is in the file. */
const lateSeconds = 0.6;
/** A session tells what it wrote when it ends, or 10 s after it fell idle. */
const tellsAfter = '12 s';

export interface Counters {
  /** When the counters began. */
  readonly since: string;
  /** Whether a session may have written what it has not told yet. */
  readonly busy: boolean;
  /** Before 15 counters are read of a file that is written anew only where it is older than half a second. */
  readonly isLate: boolean;
  /** Of the transaction that made the database, where nothing was noted of it. */
  readonly made: string;
}

/**
 * What was written to a database since it was cloned: by the server's counters, which cost nothing, and where these do not
 * tell by the rows themselves, for a moment.
 *
 * @param session of the administrator, in that database
 * @param baseline undefined: it was cloned before anything was noted
 */
export async function readChanges(
  session: Session,
  baseline: DatabaseBaseline | undefined,
  signal: AbortSignal | undefined,
): Promise<DatabaseChanges> {
  const counters = await readCounters(session, signal);
  const transaction = baseline?.transaction ?? counters.made;
  const definitions = await readDefinitions(session, baseline?.defined ?? transaction, signal);
  const schema = definitions.newer > 0 || (baseline !== undefined && definitions.objects !== baseline.objects);
  const told = await readCounted(session, { transaction, schema, isLate: counters.isLate }, signal);
  const wereLost = baseline?.countedSince !== counters.since;
  if (told.kind === 'changed' || (!wereLost && !counters.busy)) return told;
  const scan = await scanTables(session, transaction, signal);
  const seen = summarizeChanges(scan.tables, schema);
  if (seen.kind === 'changed') return seen;
  if (!scan.isComplete) return unknown('It is too large to look through, and the server has no counts of all of it');
  if (wereLost && scan.rows !== baseline?.rows)
    return unknown(
      baseline?.countedSince === ''
        ? 'It was restored from a snapshot, so that rows may have been deleted before'
        : 'The server lost its counts, as in a crash, so that rows may have been deleted',
    );
  return seen;
}

async function readCounted(
  session: Session,
  { transaction, schema, isLate }: { readonly transaction: string; readonly schema: boolean; readonly isLate: boolean },
  signal: AbortSignal | undefined,
): Promise<DatabaseChanges> {
  const told = summarizeChanges(await readTables(session, transaction, signal), schema);
  if (told.kind === 'changed' || !isLate) return told;
  await untilCounted(session, { isLate }, signal);
  return summarizeChanges(await readTables(session, transaction, signal), schema);
}

/** Resolves once what sessions told that have ended is in the counters that are read. */
export async function untilCounted(
  session: Session,
  { isLate }: Pick<Counters, 'isLate'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (isLate) await session.query(`SELECT pg_sleep(${lateSeconds})`, [], signal);
}

function unknown(reason: string): DatabaseChanges {
  return { kind: 'unknown', reason: `${reason}.` };
}

export async function readCounters(session: Session, signal: AbortSignal | undefined): Promise<Counters> {
  // Before 15 an idle session keeps to itself what it wrote last. What others' sessions are is not told to who is no superuser, only that
  // they are somebody's: those of the server itself are nobody's.
  const [row] = await session.query<{ since: string | null; busy: boolean; late: boolean; made: string }>(
    `SELECT ${countedSince} AS since, (SELECT xmin::text FROM pg_database WHERE datname = current_database()) AS made,
       current_setting('server_version_num')::int < 150000 AS late,
       EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
         AND usesysid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend'
         AND (state IS DISTINCT FROM 'idle' OR state_change > clock_timestamp() - interval '${tellsAfter}'
           OR current_setting('server_version_num')::int < 150000)) AS busy`,
    [],
    signal,
  );
  const isLate = row?.late === true;
  return { since: row?.since ?? '', busy: row?.busy !== false, isLate, made: row?.made ?? '0' };
}

async function readTables(
  session: Session,
  transaction: string,
  signal: AbortSignal | undefined,
): Promise<TableChanges[]> {
  return session.query<{ table: string; rows: number }>(
    `SELECT ${shownName('schemaname', 'relname')} AS table, (n_tup_ins + n_tup_upd + n_tup_del)::float8 AS rows
       FROM pg_stat_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND schemaname !~ '^pg_(toast_)?temp_'
     UNION ALL SELECT 'large objects', greatest(count(*), (SELECT n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_sys_tables
         WHERE relid = 'pg_catalog.pg_largeobject'::regclass))::float8 FROM pg_largeobject_metadata WHERE ${isNewer}
     UNION ALL SELECT 'prepared transactions', count(*)::float8 FROM pg_prepared_xacts WHERE database = current_database()`,
    [transaction],
    signal,
  );
}

function shownName(schema: string, table: string): string {
  return `CASE ${schema} WHEN 'public' THEN '' ELSE ${schema} || '.' END || ${table}`;
}

interface Scan {
  readonly tables: readonly TableChanges[];
  /** All that there are. */
  readonly rows: number;
  /** Whether all tables were looked at. */
  readonly isComplete: boolean;
}

/** @returns undefined where they are too many to be counted in a moment */
export async function countRows(session: Session, signal: AbortSignal | undefined): Promise<number | undefined> {
  const scan = await scanTables(session, '0', signal);
  return scan.isComplete ? scan.rows : undefined;
}

/** Rows that are there since. The small tables first: of a large database the most is seen in the time that there is. */
async function scanTables(session: Session, transaction: string, signal: AbortSignal | undefined): Promise<Scan> {
  const relations = await session.query<{ schema: string; name: string; table: string }>(
    `SELECT nspname AS schema, relname AS name, ${shownName('nspname', 'relname')} AS table
       FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
       WHERE relkind = 'r' AND c.oid >= 16384 AND relpersistence <> 't' ORDER BY relpages, nspname, relname`,
    [],
    signal,
  );
  try {
    return await scanEach(session, relations, transaction, signal);
  } finally {
    await resetTime(session);
  }
}

/**
 * Whoever goes on in this session has all the time that they had before. What gives it back has itself only what was left: on a busy machine
 * it may be stopped, and is tried again. Of a session that is gone the first error is told.
 */
async function resetTime(session: Session): Promise<void> {
  for (let attempt = 0; attempt < resets; attempt++) {
    try {
      await session.query('RESET statement_timeout; RESET row_security');
      return;
    } catch (error) {
      if (codeOf(error) !== '57014') return;
    }
  }
}

async function scanEach(
  session: Session,
  relations: readonly { readonly schema: string; readonly name: string; readonly table: string }[],
  transaction: string,
  signal: AbortSignal | undefined,
): Promise<Scan> {
  const deadline = performance.now() + scanMs;
  const tables: TableChanges[] = [];
  let rows = 0;
  for (const { schema, name, table } of relations) {
    const left = Math.ceil(deadline - performance.now());
    if (left < leastMs) return { tables, rows, isComplete: false };
    try {
      // Policies of a table must not hide its rows, nor run.
      await session.query(`SET row_security = off; SET statement_timeout = ${left}`, [], signal);
      const [row] = await session.query<{ newer: number; rows: number }>(
        `SELECT count(*)::float8 AS rows, (count(*) FILTER (WHERE ${isNewer}))::float8 AS newer
           FROM ${identifier(schema)}.${identifier(name)}`,
        [transaction],
        signal,
      );
      tables.push({ table, rows: row?.newer ?? 0 });
      rows += row?.rows ?? 0;
    } catch (error) {
      // It takes too long, somebody has locked it, it is gone by now, or is not ours to read.
      if (!['57014', '55P03', '42P01', '42501'].includes(codeOf(error) ?? '')) throw error;
      return { tables, rows, isComplete: false };
    }
  }
  return { tables, rows, isComplete: true };
}
