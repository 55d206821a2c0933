import type { ForkRequest, ReplacedDatabase } from '../../core/ports/databaseSnapshots';
import { copyPresent } from './forkedDatabase';
import { assertForkable } from './ownership';
import { presentDatabase } from './presentDatabase';
import type { Replacement } from './replaceDatabase';
import type { ServerSessions } from './serverSessions';
import { alone, replacePresent } from './snapshots';

/** As the port says it. */
export function forkToDatabase(
  sessions: ServerSessions,
  request: ForkRequest,
  signal: AbortSignal | undefined,
): Promise<ReplacedDatabase> {
  const { database, role, from } = request;
  assertForkable(request, from);
  const doing = `Put a copy of the database ${from.database} in the place of ${database}`;
  return alone(
    sessions,
    doing,
    request,
    signal,
    async (making, present) => {
      const { session, connection, server } = making;
      await presentDatabase(session, from);
      await sessions.verifyRoom(session, `A copy of ${from.database}`, from.database);
      const make = async (temporary: string): Promise<Replacement> => ({
        temporary,
        ...(await copyPresent(connection, session, { role, from }, temporary, server, signal)),
      });
      return replacePresent(making, request, present, { before: 'fork', make }, signal);
    },
    from.database,
  );
}
