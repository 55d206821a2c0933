import type { DatabaseSnapshot, KeptSnapshot } from '../../core/databases/databaseSnapshots';
import { isSameOwner } from '../../core/clusters/isSameOwner';
import type { Owner } from '../../core/model';
import { dropDatabase, markOf } from './catalog';
import type { SnapshotMark } from './ownership';
import type { Session } from './session';

/*
 * A snapshot is a database of the administrator's, closed, whose comment says whose it is and what it is called. What is in it stays that
 * of the environment's role: which can neither connect to it nor be dropped as long as it is there. In one that is kept beyond its
 * environment all is that of a role which nobody is, as in a template: nothing holds the environment's role.
 */

export interface StoredSnapshot extends DatabaseSnapshot {
  /** The name of the database that it is. */
  readonly database: string;
  readonly mark: SnapshotMark;
}

/** The newest first; without what a cut off DROP DATABASE left. */
export async function snapshotsOf(session: Session, owner: Owner, signal?: AbortSignal): Promise<StoredSnapshot[]> {
  return (await readSnapshots(session, signal)).filter(
    ({ mark, isValid }) => isValid && isSameOwner(mark.owner, owner),
  );
}

/** Those of a repository that stay when their environment goes, the newest first. @param repositoryId undefined: of all */
export async function keptSnapshotsOf(
  session: Session,
  repositoryId: string | undefined,
  signal?: AbortSignal,
): Promise<(StoredSnapshot & KeptSnapshot)[]> {
  return (await readSnapshots(session, signal)).flatMap(({ isValid, ...each }) => {
    const { owner, isKept } = each.mark;
    const isWanted = isValid && isKept && (repositoryId === undefined || owner.repositoryId === repositoryId);
    return isWanted ? [{ ...each, owner }] : [];
  });
}

async function readSnapshots(
  session: Session,
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
     FROM pg_database WHERE datname LIKE 'coppice\\_snap\\_%' OR datname LIKE 'coppice\\_lasting\\_%' ORDER BY 1`,
    [],
    signal,
  );
  const all = rows.flatMap(({ database, comment, owner, valid, bytes }) => {
    const mark = markOf(comment, owner);
    if (mark?.kind !== 'snapshot') return [];
    return [{ database, mark, isValid: valid, ...asSnapshot(mark, bytes === null ? undefined : Number(bytes)) }];
  });
  return all.toSorted((one, other) => other.takenAt - one.takenAt || (one.name < other.name ? -1 : 1));
}

export function asSnapshot(
  { name, takenAt, commit, before, isKept }: SnapshotMark,
  bytes: number | undefined,
): DatabaseSnapshot {
  return { name, takenAt, commit, before, bytes, ...(isKept ? { isKept } : {}) };
}

/** Drops an owner's, before its role, but those that are kept beyond it: of these the role has nothing. */
export async function dropSnapshots(session: Session, owner: Owner): Promise<void> {
  for (const { database, mark, isValid } of await readSnapshots(session))
    if (isSameOwner(mark.owner, owner) && !(mark.isKept && isValid)) await dropDatabase(session, database);
}
