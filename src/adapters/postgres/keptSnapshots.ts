import { keptSnapshotNamed, type KeptSnapshot } from '../../core/databases/databaseSnapshots';
import { carrySettings } from './carrySettings';
import { dropDatabase, type ServerFacts } from './catalog';
import { buildersIn } from './cloneDatabase';
import { takeBaseline, type DatabaseBaseline } from './databaseBaseline';
import { isAsDefined } from './forkedDatabase';
import { handOver } from './handOver';
import { dropLeftovers } from './leftovers';
import { identifier, readMadeName, templateRoleName } from './ownership';
import type { AdminConnection } from './postgresServer';
import type { ServerSessions } from './serverSessions';
import { withSession, type Session } from './session';
import { asSnapshot, keptSnapshotsOf } from './snapshotCatalog';

interface Making {
  readonly session: Session;
  readonly connection: AdminConnection;
  readonly server: ServerFacts;
  /** Of the lock that is held: who drops what others have left leaves alone what carries it. */
  readonly hash: string;
}

/**
 * Gives all in a copy of an environment's database to a role that nobody is, as the one that fills a template: the environment's can then
 * be dropped while the copy stays. Such a role goes by itself once nothing is its own any more.
 *
 * @param copy `temporary`: what it is called for now @param since what the database was like when it was cloned @returns the same of the copy
 */
export async function keepApart(
  { session, connection, server, hash }: Making,
  { database, role, temporary }: { readonly database: string; readonly role: string; readonly temporary: string },
  since: DatabaseBaseline | undefined,
  signal: AbortSignal | undefined,
): Promise<DatabaseBaseline | undefined> {
  const holder = templateRoleName(hash);
  const name = identifier(holder);
  await session.query(
    [
      `CREATE ROLE ${name} WITH NOLOGIN NOCREATEDB NOCREATEROLE`,
      // Who is no superuser can give objects only to roles that it is a member of.
      ...(server.isSuperuser ? [] : [`GRANT ${name} TO CURRENT_USER`]),
    ].join(';\n'),
    [],
    signal,
  );
  await carrySettings(session, { template: database, database: temporary, role: holder, of: role }, signal);
  // Functions in a schema are given to nobody who may not create any there, which whose the database is may.
  await session.query(`ALTER DATABASE ${identifier(temporary)} OWNER TO ${name}`, [], signal);
  const now = await withSession(connection, temporary, signal, (inside) =>
    handOverSince(inside, role, holder, since, signal),
  );
  await session.query(`ALTER DATABASE ${identifier(temporary)} OWNER TO CURRENT_USER`, [], signal);
  return now;
}

/** The way back: what is such a role's in a copy of a snapshot is the environment's. Of other copies nothing is. @returns as keepApart */
export async function takeOver(
  { session, connection }: Pick<Making, 'session' | 'connection'>,
  temporary: string,
  role: string,
  since: DatabaseBaseline | undefined,
  signal: AbortSignal | undefined,
): Promise<DatabaseBaseline | undefined> {
  const holders = await buildersIn(session, temporary, signal);
  let now = since;
  if (holders.length > 0)
    await withSession(connection, temporary, signal, async (inside) => {
      for (const holder of holders) now = await handOverSince(inside, holder, role, now, signal);
    });
  return now;
}

/** What is given to another role is written anew, by which nobody has changed it. */
async function handOverSince(
  inside: Session,
  from: string,
  to: string,
  since: DatabaseBaseline | undefined,
  signal: AbortSignal | undefined,
): Promise<DatabaseBaseline | undefined> {
  const isDefined = since !== undefined && (await isAsDefined(inside, since, signal));
  await handOver(inside, { role: from }, to, signal);
  if (!isDefined) return since;
  const { transaction, objects } = await takeBaseline(inside, signal);
  return { ...since, defined: transaction, objects };
}

/** As the port says it. */
export async function keptSnapshotsIn(
  sessions: ServerSessions,
  repositoryId: string,
  signal: AbortSignal | undefined,
): Promise<KeptSnapshot[]> {
  signal?.throwIfAborted();
  if (!(await sessions.server.exists())) return [];
  return sessions.open('Look for snapshots that are kept', signal, async (session) =>
    (await keptSnapshotsOf(session, repositoryId, signal)).map(({ mark, bytes, owner, database }) => ({
      ...asSnapshot(mark, bytes),
      ...{ owner, database },
    })),
  );
}

/** As the port says it. */
export async function dropOneKept(
  sessions: ServerSessions,
  { repositoryId, name }: { readonly repositoryId: string; readonly name: string },
  signal: AbortSignal | undefined,
): Promise<void> {
  const doing = `Delete the snapshot ${name}`;
  const all = await keptSnapshotsIn(sessions, repositoryId, signal);
  const { database } = keptSnapshotNamed(all, name);
  const made = readMadeName(database);
  if (!made) return;
  await sessions.locked(doing, made.hash, signal, async (session) => {
    // What it was called by may be another one by now.
    const kept = await keptSnapshotsOf(session, repositoryId, signal);
    if (kept.some((each) => each.database === database)) await dropDatabase(session, database);
    await dropLeftovers(session);
  });
}
