import type { DatabaseSnapshot } from '../../core/databaseSnapshots';
import { isSameOwner } from '../../core/isSameOwner';
import type { Owner } from '../../core/model';
import { dropDatabase, markOf } from './catalog';
import type { SnapshotMark } from './ownership';
import type { Session } from './session';

/*
 * A snapshot is a database of the administrator's, closed, whose comment says whose it is and what it is called. What is in it stays that
 * of the environment's role: which can neither connect to it nor be dropped as long as it is there.
 */

export interface StoredSnapshot extends DatabaseSnapshot {
  /** The name of the database that it is. */
  readonly database: string;
  readonly mark: SnapshotMark;
}

/** The newest first; without what a cut off DROP DATABASE left. */
export async function snapshotsOf(session: Session, owner: Owner, signal?: AbortSignal): Promise<StoredSnapshot[]> {
  return (await readSnapshots(session, owner, signal)).filter(({ isValid }) => isValid);
}

async function readSnapshots(
  session: Session,
  of: Owner,
  signal?: AbortSignal,
): Promise<(StoredSnapshot & { readonly isValid: boolean })[]> {
  const rows = await session.query<{
    database: string;
    comment: string | null;
    owner: string | null;
    valid: boolean;
    bytes: string | null;
  }>(
    // The size is told to who may connect, or reads all statistics.
    `SELECT datname AS database, shobj_description(oid, 'pg_database') AS comment,
       shobj_description(datdba, 'pg_authid') AS owner, datconnlimit <> -2 AS valid,
       CASE WHEN has_database_privilege(oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE')
         THEN pg_database_size(oid) END AS bytes
     FROM pg_database WHERE datname LIKE 'coppice\\_snap\\_%' ORDER BY 1`,
    [],
    signal,
  );
  const all = rows.flatMap(({ database, comment, owner, valid, bytes }) => {
    const mark = markOf(comment, owner);
    if (mark?.kind !== 'snapshot' || !isSameOwner(mark.owner, of)) return [];
    return [{ database, mark, isValid: valid, ...asSnapshot(mark, bytes === null ? undefined : Number(bytes)) }];
  });
  return all.toSorted((one, other) => other.takenAt - one.takenAt || (one.name < other.name ? -1 : 1));
}

export function asSnapshot(
  { name, takenAt, commit, before }: SnapshotMark,
  bytes: number | undefined,
): DatabaseSnapshot {
  return { name, takenAt, commit, before, bytes };
}

/** Drops all of an owner's, before its role. */
export async function dropSnapshots(session: Session, owner: Owner): Promise<void> {
  for (const { database } of await readSnapshots(session, owner)) await dropDatabase(session, database);
}
