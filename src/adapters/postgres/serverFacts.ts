import { AppError } from '../../core/errors';
import type { DatabaseServerFacts } from '../../core/ports/databases';
import { dropDatabase, markOf, readDatabase, readRole, serverTime } from './catalog';
import { dropRole, hasAnother } from './keptDatabases';
import { isMarkOf, makingHash, readMadeName, type Mark } from './ownership';
import { slotsAside } from './replicationSlots';
import type { ServerSessions } from './serverSessions';
import { whileDoing, withSession, type Session } from './session';
import { keptSnapshotsOf, snapshotsOf } from './snapshotCatalog';
import { unknownFolders } from './unknownFolders';

/** Starts nothing; undefined: no server runs. */
export async function serverFacts(
  sessions: ServerSessions,
  signal: AbortSignal | undefined,
): Promise<DatabaseServerFacts | undefined> {
  const connection = await sessions.running(signal);
  if (!connection) return undefined;
  return whileDoing('Look at the database server', () =>
    withSession(connection, undefined, signal, async (session) => ({
      time: await serverTime(session),
      invalid: await invalidIn(session, signal),
      ...(await leftSnapshotsIn(session, signal)),
      ...(await leftSlotsIn(session, signal)),
      ...(await unknownFolders(session, signal)),
    })),
  );
}

/** What could not be dropped with the database that was put aside. */
async function leftSlotsIn(
  session: Session,
  signal: AbortSignal | undefined,
): Promise<Pick<DatabaseServerFacts, 'leftSlots'>> {
  const leftSlots = await slotsAside(session, signal);
  return leftSlots.length > 0 ? { leftSlots } : {};
}

/** What is kept of no environment any more. */
async function leftSnapshotsIn(
  session: Session,
  signal: AbortSignal | undefined,
): Promise<Pick<DatabaseServerFacts, 'leftSnapshots'>> {
  const left = [];
  for (const { name, database, bytes, owner } of await keptSnapshotsOf(session, undefined, signal))
    if (!(await hasAnother(session, '', owner))) left.push({ name, database, bytes });
  return left.length > 0 ? { leftSnapshots: left } : {};
}

/** What a cut off DROP DATABASE has left of ours: by its name, or by what its comment or its owner's says. */
async function invalidIn(session: Session, signal: AbortSignal | undefined): Promise<string[]> {
  const rows = await session.query<{ name: string; comment: string | null; owner: string | null }>(
    `SELECT datname AS name, shobj_description(oid, 'pg_database') AS comment, shobj_description(datdba, 'pg_authid') AS owner
       FROM pg_database WHERE datconnlimit = -2 ORDER BY 1`,
    [],
    signal,
  );
  return (
    rows
      // A template is dropped, and built anew, by the next create that needs it.
      .filter(({ name, comment, owner }) => isOurs(name, markOf(comment, owner)))
      .map(({ name }) => name)
  );
}

function isOurs(name: string, mark: Mark | undefined): boolean {
  return readMadeName(name) !== undefined || mark?.kind === 'environment';
}

/** Drops what a cut off DROP DATABASE has left. @throws conflict where it is none, or none of ours */
export async function dropInvalid(
  sessions: ServerSessions,
  name: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  if (!(await sessions.server.exists())) return;
  // By that lock somebody makes one of that name.
  const hash = readMadeName(name)?.hash ?? makingHash('database', name);
  await sessions.locked(`Drop what is left of the database ${name}`, hash, signal, async (session) => {
    const found = await readDatabase(session, name);
    if (!found) return;
    if (found.isValid || !isOurs(name, found.mark))
      throw new AppError(
        'conflict',
        `The PostgreSQL database ${name} is nothing that a drop which was cut off has left.`,
      );
    await dropDatabase(session, name);
    const role = await readRole(session, name);
    // A role that has no mark has nothing of ours, and what is in snapshots is still the role's.
    if (
      role?.mark?.kind === 'environment' &&
      found.mark?.kind === 'environment' &&
      isMarkOf(found.mark, role.mark.owner) &&
      (await snapshotsOf(session, role.mark.owner)).every(({ isKept }) => isKept)
    )
      await dropRole(session, name, hash);
  });
}
