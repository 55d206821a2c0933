import type { OwnedDatabase } from '../../core/ports/databases';
import { markOf } from './catalog';
import type { Session } from './session';

/** The databases of environments. What a cut off DROP DATABASE left is told as well: it takes its place on the disk. */
export async function ownedDatabases(session: Session, signal?: AbortSignal): Promise<OwnedDatabase[]> {
  const rows = await session.query<{
    name: string;
    comment: string | null;
    owner: string | null;
    bytes: string | null;
  }>(
    // The size is told to who may connect, or reads all statistics.
    `SELECT datname AS name, shobj_description(oid, 'pg_database') AS comment,
       shobj_description(datdba, 'pg_authid') AS owner,
       CASE WHEN has_database_privilege(oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE')
         THEN pg_database_size(oid) END AS bytes
     FROM pg_database WHERE datname LIKE 'wt\\_%' ORDER BY 1`,
    [],
    signal,
  );
  return rows.flatMap(({ name, comment, owner, bytes }) => {
    const mark = markOf(comment, owner);
    if (mark?.kind !== 'environment') return [];
    return [{ name, owner: mark.owner, bytes: bytes === null ? undefined : Number(bytes) }];
  });
}
