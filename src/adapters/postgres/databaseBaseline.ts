import type { Session } from './session';

/** What a clone was like when it was made. Kept where only the administrator may write: in the comment of its role. */
export interface DatabaseBaseline {
  /** Number of the transaction that looked; whatever has a later one was written since. */
  readonly transaction: string;
  /** Since when the server counts: a crash makes it begin anew. '': what was written before is in none of its counts. */
  readonly countedSince: string;
  /** How many tables, columns, functions and the like there are. */
  readonly objects: number;
  /** The transaction that looked at the definitions, where it is another: as they were given to another role. */
  readonly defined?: string | undefined;
  /** How many rows its template had, where they could be counted. */
  readonly rows?: number | undefined;
}

/** Whether the transaction `$1` had looked before a row was written. */
export const isNewer = 'age(xmin) < age($1::xid8::xid)';

/** What people define, those of the system and of sessions aside. What VACUUM and ANALYZE write is written in place. */
const definitions = `
  WITH kept AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'),
    relations AS (SELECT oid, xmin FROM pg_class WHERE oid >= 16384 AND relnamespace IN (SELECT oid FROM kept)),
    definitions AS (
      SELECT xmin FROM pg_namespace WHERE oid >= 16384 AND oid IN (SELECT oid FROM kept)
      UNION ALL SELECT xmin FROM relations
      UNION ALL SELECT a.xmin FROM pg_attribute a JOIN relations r ON r.oid = attrelid WHERE attnum > 0
      UNION ALL SELECT d.xmin FROM pg_attrdef d JOIN relations r ON r.oid = adrelid
      UNION ALL SELECT t.xmin FROM pg_trigger t JOIN relations r ON r.oid = tgrelid
      UNION ALL SELECT w.xmin FROM pg_rewrite w JOIN relations r ON r.oid = ev_class
      UNION ALL SELECT p.xmin FROM pg_policy p JOIN relations r ON r.oid = polrelid
      UNION ALL SELECT xmin FROM pg_constraint WHERE oid >= 16384 AND connamespace IN (SELECT oid FROM kept)
      UNION ALL SELECT xmin FROM pg_type WHERE oid >= 16384 AND typnamespace IN (SELECT oid FROM kept)
      UNION ALL SELECT xmin FROM pg_enum
      UNION ALL SELECT xmin FROM pg_proc WHERE oid >= 16384 AND pronamespace IN (SELECT oid FROM kept)
      UNION ALL SELECT xmin FROM pg_extension WHERE oid >= 16384
    )`;

export async function takeBaseline(session: Session, signal: AbortSignal | undefined): Promise<DatabaseBaseline> {
  const [row] = await session.query<{ transaction: string; since: string }>(
    `SELECT pg_current_xact_id()::text AS transaction, ${countedSince} AS since`,
    [],
    signal,
  );
  const transaction = row?.transaction ?? '0';
  const { objects } = await readDefinitions(session, transaction, signal);
  return { transaction, countedSince: row?.since ?? '', objects };
}

/** The last time that the counters of this server or of this database began anew. */
export const countedSince = `greatest((SELECT stats_reset FROM pg_stat_bgwriter),
    (SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()))::text`;

/** Another text once something that people define came, went or became another. */
export async function markDefinitions(session: Session, signal: AbortSignal | undefined): Promise<string> {
  const [row] = await session.query<{ mark: string }>(
    `${definitions} SELECT count(*) || ' ' || coalesce(sum(xmin::text::bigint), 0) AS mark FROM definitions`,
    [],
    signal,
  );
  return row?.mark ?? '';
}

export async function readDefinitions(
  session: Session,
  transaction: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly objects: number; readonly newer: number }> {
  const [row] = await session.query<{ objects: number; newer: number }>(
    `${definitions} SELECT count(*)::int AS objects, count(*) FILTER (WHERE ${isNewer})::int AS newer FROM definitions`,
    [transaction],
    signal,
  );
  return { objects: row?.objects ?? 0, newer: row?.newer ?? 0 };
}
