import { createHash } from 'node:crypto';
import { isBookkeeping } from '../../core/databases/databaseChanges';
import { markDefinitions } from './databaseBaseline';
import type { AdminConnection } from './postgresServer';
import { readCounters, untilCounted } from './readChanges';
import { withSession, type Session } from './session';

/**
 * A text that is another once anything was written to a database, by what the server counts and by what is defined; the bookkeeping of
 * tools that migrate aside. Another database of its name has another.
 *
 * @returns undefined: that cannot be told for certain now
 */
export async function databaseState(
  connection: AdminConnection,
  database: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    return await withSession(connection, database, signal, (session) => readState(session, signal));
  } catch {
    // It is damaged, or nobody is let in.
    signal?.throwIfAborted();
    return undefined;
  }
}

async function readState(session: Session, signal: AbortSignal | undefined): Promise<string | undefined> {
  const counters = await readCounters(session, signal);
  const { since, busy } = counters;
  if (busy || since === '') return undefined;
  await untilCounted(session, counters, signal);
  const tables = await session.query<{ id: string; name: string; rows: string }>(
    `SELECT relid::text AS id, relname AS name, n_tup_ins || ' ' || n_tup_upd || ' ' || n_tup_del AS rows
       FROM pg_stat_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND schemaname !~ '^pg_(toast_)?temp_' ORDER BY relid`,
    [],
    signal,
  );
  // Large objects, comments and what else is defined are rows of catalogs; where a sequence stands is counted nowhere.
  const [own] = await session.query<{ id: string; catalogs: string | null; sequences: string | null; hidden: boolean }>(
    `SELECT oid::text AS id,
         (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_sys_tables s JOIN pg_class c ON c.oid = s.relid
            WHERE s.schemaname = 'pg_catalog' AND NOT c.relisshared
              AND s.relname NOT IN ('pg_statistic', 'pg_statistic_ext_data'))::text AS catalogs,
         (SELECT string_agg(schemaname || ' ' || sequencename || ' ' || coalesce(last_value::text, ''), ',' ORDER BY schemaname, sequencename)
            FROM pg_sequences) AS sequences,
         EXISTS (SELECT FROM pg_sequence WHERE NOT has_sequence_privilege(seqrelid, 'USAGE, SELECT')) AS hidden
       FROM pg_database WHERE datname = current_database()`,
    [],
    signal,
  );
  // Where one stands that is somebody else's is told as if it stood nowhere.
  if (own?.hidden !== false) return undefined;
  const unused = await readUnused(session, signal);
  const counted = tables.filter(({ name }) => !isBookkeeping(name)).map(({ id, rows }) => [id, rows]);
  const state = [
    own?.id,
    since,
    own?.catalogs,
    own?.sequences,
    unused,
    await markDefinitions(session, signal),
    counted,
  ];
  return createHash('sha256').update(JSON.stringify(state)).digest('hex').slice(0, 32);
}

/** Each takes a lock until its query ends. */
const readTogether = 500;

/** Where sequences begin that nothing was taken of yet: `setval(…, false)` moves that, which the server's own view says nothing of. */
async function readUnused(session: Session, signal: AbortSignal | undefined): Promise<string[]> {
  const queries = await session.query<{ query: string }>(
    `SELECT format('SELECT %s AS id, last_value::text AS value FROM %I.%I', c.oid, n.nspname, c.relname) AS query
       FROM pg_sequences s JOIN pg_namespace n ON n.nspname = s.schemaname
         JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.sequencename
       WHERE s.last_value IS NULL ORDER BY c.oid`,
    [],
    signal,
  );
  const found: string[] = [];
  for (let from = 0; from < queries.length; from += readTogether) {
    const together = queries.slice(from, from + readTogether).map(({ query }) => query);
    const rows = await session.query<{ id: string; value: string }>(together.join(' UNION ALL '), [], signal);
    found.push(...rows.map(({ id, value }) => `${id} ${value}`));
  }
  return found.sort();
}
