import type { Owner } from '../../core/model';
import { withAdvisoryLock } from './catalog';
import { findKept, prolongKept } from './keptDatabases';
import { makingHash } from './ownership';
import type { ServerSessions } from './serverSessions';
import { whileDoing, withSession, type Session } from './session';

const doing = 'Look for a database that was kept';

/** As the port says it. */
export async function isKeptFor(
  sessions: ServerSessions,
  owner: Owner,
  signal: AbortSignal | undefined,
): Promise<boolean | undefined> {
  signal?.throwIfAborted();
  if (!(await sessions.server.exists())) return false;
  const connection = await sessions.server.find();
  if (!connection) return undefined;
  return whileDoing(doing, () =>
    withSession(
      connection,
      undefined,
      signal,
      async (session) => (await findKept(session, owner, signal)) !== undefined,
    ),
  );
}

/** As the port says it. */
export async function keepOnFor(
  sessions: ServerSessions,
  owner: Owner,
  signal: AbortSignal | undefined,
): Promise<boolean | undefined> {
  signal?.throwIfAborted();
  if (!(await sessions.server.exists())) return false;
  const connection = await sessions.server.find();
  if (!connection) return undefined;
  return whileDoing(doing, async () => {
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
