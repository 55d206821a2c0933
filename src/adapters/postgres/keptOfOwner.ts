import type { Owner } from '../../core/model';
import { withAdvisoryLock } from './catalog';
import { findKept, prolongKept } from './keptDatabases';
import { makingHash } from './ownership';
import type { AdminConnection } from './postgresServer';
import type { ServerSessions } from './serverSessions';
import { whileDoing, withSession, type Session } from './session';

/** As the port says it. */
export function isKeptFor(
  sessions: ServerSessions,
  owner: Owner,
  signal: AbortSignal | undefined,
): Promise<boolean | undefined> {
  return onServer(sessions, signal, (connection) =>
    withSession(
      connection,
      undefined,
      signal,
      async (session) => (await findKept(session, owner, signal)) !== undefined,
    ),
  );
}

/** As the port says it. */
export function keepOnFor(
  sessions: ServerSessions,
  owner: Owner,
  signal: AbortSignal | undefined,
): Promise<boolean | undefined> {
  return onServer(sessions, signal, async (connection) => {
    const find = (session: Session) => findKept(session, owner, signal);
    const found = await withSession(connection, undefined, signal, find);
    if (!found) return false;
    return withAdvisoryLock(connection, makingHash('database', found.kept.database), signal, async (session) => {
      const kept = await find(session);
      if (kept) await prolongKept(session, kept);
      return kept !== undefined;
    });
  });
}

/** Starts nothing. false: a server that was never made keeps nothing; undefined: it does not run. */
async function onServer(
  { server }: ServerSessions,
  signal: AbortSignal | undefined,
  look: (connection: AdminConnection) => Promise<boolean>,
): Promise<boolean | undefined> {
  signal?.throwIfAborted();
  if (!(await server.exists())) return false;
  const connection = await server.find();
  return connection && whileDoing('Look for a database that was kept', () => look(connection));
}
