import type { DatabaseChanges } from '../../core/databases/databaseChanges';
import { isAppError, toAppError } from '../../core/errors';
import type { Owner } from '../../core/model';
import { readDatabase } from './catalog';
import { assertEnvironmentName, isMarkOf, taken } from './ownership';
import { readChanges } from './readChanges';
import type { ServerSessions } from './serverSessions';
import { unlessAborted, whileDoing, withSession } from './session';
import { patienceMs } from './toldInTime';

interface Asked {
  readonly database: string;
  readonly owner: Owner;
}

/** As the port says it. */
export async function changesOfDatabase(
  sessions: ServerSessions,
  asked: Asked,
  signal: AbortSignal | undefined,
): Promise<DatabaseChanges | undefined> {
  assertEnvironmentName(asked.database);
  signal?.throwIfAborted();
  if (!(await sessions.server.exists())) return undefined;
  const limit = AbortSignal.timeout(patienceMs);
  const either = signal ? AbortSignal.any([signal, limit]) : limit;
  try {
    // Raced as well: what does not listen to a signal must not keep anybody.
    return await unlessAborted(read(sessions, asked, either), either);
  } catch (error) {
    signal?.throwIfAborted();
    if (isAppError(error, 'conflict')) throw error;
    const reason = limit.aborted ? `PostgreSQL did not tell within ${patienceMs / 1000} s.` : toAppError(error).message;
    return { kind: 'unknown', reason };
  }
}

function read(
  sessions: ServerSessions,
  { database, owner }: Asked,
  signal: AbortSignal,
): Promise<DatabaseChanges | undefined> {
  return whileDoing(`Look at the database ${database}`, async () => {
    const connection = await sessions.server.connect(signal);
    const found = await withSession(connection, undefined, signal, (session) =>
      readDatabase(session, database, signal),
    );
    if (!found) return undefined;
    if (!isMarkOf(found.mark, owner)) throw taken('database', database);
    // What a cut off DROP DATABASE leaves can no longer be read.
    if (!found.isValid) return { kind: 'unchanged' };
    // A delete had closed it, and was cut off: what was written to it was asked about then.
    if (!found.isOpen && found.mark?.kind === 'environment' && found.mark.kept) return { kind: 'unchanged' };
    const baseline = found.mark?.kind === 'environment' ? found.mark.baseline : undefined;
    return withSession(connection, database, signal, (session) => readChanges(session, baseline, signal));
  });
}
