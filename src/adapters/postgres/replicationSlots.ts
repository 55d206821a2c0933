import { readMadeName } from './ownership';
import { codeOf, meansUnreachable } from './postgresErrors';
import type { Session } from './session';

/*
 * Whoever follows the changes of a database holds a logical replication slot in it. The slot stays with the database when that is put aside,
 * for an undo or as a snapshot, into which nobody is let: nobody can follow it there, nobody moves it on, and from then on the server
 * keeps all that it writes, of every database, until its disk is full. Its name, which is one of the whole server, is taken as well:
 * who follows could not make it anew in the database that came in its place.
 */

/** A slot that nobody can use any more. */
export interface SlotAside {
  readonly name: string;
  readonly database: string;
  /** What the server keeps on its disk for it; undefined: it does not tell. */
  readonly bytes: number | undefined;
}

export async function slotsAside(session: Session, signal?: AbortSignal): Promise<readonly SlotAside[]> {
  const rows = await session.query<{ name: string; database: string; bytes: string | null }>(
    `SELECT slot_name AS name, datname AS database, (SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) WHERE NOT pg_is_in_recovery()) AS bytes
       FROM pg_replication_slots JOIN pg_database ON datname = database
       WHERE NOT active AND NOT datallowconn AND datname LIKE 'coppice\\_%' ORDER BY 1`,
    [],
    signal,
  );
  return rows.flatMap(({ name, database, bytes }) =>
    readMadeName(database) ? [{ name, database, bytes: bytes === null ? undefined : Number(bytes) }] : [],
  );
}

/** Drops them. What the server refuses stays, and `serverFacts` tells it: it is no reason to fail what is done by now, nor all that comes after. */
export async function dropSlotsAside(session: Session): Promise<void> {
  for (const { name } of await slotsAside(session)) {
    try {
      await session.query('SELECT pg_drop_replication_slot($1)', [name]);
    } catch (error) {
      // No right to it; somebody is at it just now; it is gone; it is one that another server keeps in step with its own.
      if (codeOf(error) === undefined || meansUnreachable(error)) throw error;
    }
  }
}
