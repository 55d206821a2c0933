import { AppError } from '../../core/errors';
import type { Owner } from '../../core/model';
import type { KeptDatabase } from '../../core/ports/databases';
import { readRole } from './catalog';
import { dropKept, hasAnother } from './keptDatabases';
import { isMarkOf, readMadeName, readMark } from './ownership';
import type { ServerSessions } from './serverSessions';
import { whileDoing, withSession, type Session } from './session';
import { snapshotsOf } from './snapshotCatalog';

/** What is kept, by the name that it had. Starts nothing; undefined: no server runs. */
export async function listKept(
  sessions: ServerSessions,
  signal: AbortSignal | undefined,
): Promise<KeptDatabase[] | undefined> {
  const connection = await sessions.running(signal);
  if (!connection) return undefined;
  return whileDoing('Look for databases that were kept', () =>
    withSession(connection, undefined, signal, (session) => keptIn(session, signal)),
  );
}

/** What a cut off DROP DATABASE has left is told as well: it takes its place on the disk. */
async function keptIn(session: Session, signal: AbortSignal | undefined): Promise<KeptDatabase[]> {
  const rows = await session.query<{ name: string; comment: string | null; bytes: string | null }>(
    `SELECT r.rolname AS name, shobj_description(r.oid, 'pg_authid') AS comment,
       CASE WHEN has_database_privilege(d.oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE')
         THEN pg_database_size(d.oid) END AS bytes
       FROM pg_roles r JOIN pg_database d ON d.datname = r.rolname
       WHERE r.rolname LIKE 'coppice\\_kept\\_%' ORDER BY 1`,
    [],
    signal,
  );
  const found = rows.flatMap(({ name, comment, bytes }): KeptDatabase[] => {
    const mark = readMark(comment);
    if (mark?.kind !== 'environment' || !mark.kept) return [];
    const { database, until, repository } = mark.kept;
    return [
      {
        ...{ name, database, owner: mark.owner, repository },
        until: until === Number.MAX_SAFE_INTEGER ? undefined : until,
        bytes: bytes === null ? undefined : Number(bytes),
      },
    ];
  });
  const all: KeptDatabase[] = [];
  for (const each of found) {
    const waiting = (await hasAnother(session, each.name, each.owner))
      ? []
      : await snapshotsOf(session, each.owner, signal);
    all.push({ ...each, snapshots: waiting.flatMap(({ mark }) => (mark.isKept ? [] : mark.name)) });
  }
  return all.toSorted((one, other) => (one.database < other.database ? -1 : 1));
}

/**
 * Drops what is kept for an owner; a role whose database is gone already, where a drop was cut off, too.
 *
 * @param name undefined: all of it @throws conflict when it is anybody else's
 */
export async function dropKeptOf(
  sessions: ServerSessions,
  { owner, name }: { readonly owner: Owner; readonly name?: string },
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  if (!(await sessions.server.exists())) return;
  const doing = 'Drop a database that was kept';
  const names = name === undefined ? await sessions.open(doing, signal, (session) => namesOf(session, owner)) : [name];
  for (const each of names) {
    const made = readMadeName(each);
    if (!made) continue;
    // By that lock a clone brings it back.
    await sessions.locked(doing, made.hash, signal, async (session) => {
      const mark = (await readRole(session, each))?.mark;
      if (mark?.kind === 'environment' && mark.kept && isMarkOf(mark, owner)) await dropKept(session, each);
      else if (mark && name !== undefined)
        throw new AppError('conflict', `The PostgreSQL database ${name} belongs to somebody else.`);
    });
  }
}

async function namesOf(session: Session, owner: Owner): Promise<string[]> {
  const rows = await session.query<{ name: string; comment: string | null }>(
    `SELECT rolname AS name, shobj_description(oid, 'pg_authid') AS comment
       FROM pg_roles WHERE rolname LIKE 'coppice\\_kept\\_%' ORDER BY 1`,
  );
  return rows.filter(({ comment }) => isMarkOf(readMark(comment), owner)).map(({ name }) => name);
}
