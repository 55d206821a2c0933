import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../core/errors';
import { refusePrepared } from './preparedTransactions';
import type { AdminConnection } from './postgresServer';
import { withSession } from './session';

/**
 * Runs a statement that needs a database without sessions, such as copying or renaming it. It takes the database's lock, for which
 * everybody waits who connects from then on, and then waits for those that are in: a few seconds, in which they are ended. The database
 * is never closed for it, so that a crash leaves nothing to be opened again.
 *
 * A server does not notice that a client which waits has given up: one that tries again and again would use up all connections, those of
 * other databases, too. The statement is given up when those that wait have half of what the others leave.
 *
 * @param statement aborted when a session may not be ended, or too many wait
 * @throws whatever the statement throws; 42501 when a session may not be ended; conflict when too many wait, or a transaction in it is prepared
 */
export async function withoutSessions<T>(
  connection: AdminConnection,
  database: string,
  signal: AbortSignal | undefined,
  statement: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const cancel = new AbortController();
  const either = signal ? AbortSignal.any([signal, cancel.signal]) : cancel.signal;
  return withSession(connection, undefined, either, async (other) => {
    await refusePrepared(other, database, signal);
    // By its number: the name may be another's by the end of the statement.
    const [found] = await other.query<{ oid: number }>(
      'SELECT oid FROM pg_database WHERE datname = $1',
      [database],
      signal,
    );
    let isOver = false;
    const endSessions = async (): Promise<void> => {
      try {
        while (!isOver && !either.aborted) {
          const [state] = await other.query<{ waiting: number; isFull: boolean }>(
            `SELECT waiting, waiting * 2 > current_setting('max_connections')::int - others AS "isFull" FROM
               (SELECT count(*)::int AS waiting FROM pg_locks WHERE locktype = 'object' AND NOT granted
                 AND classid = 'pg_database'::regclass AND objid = $1 AND mode = 'RowExclusiveLock') w,
               (SELECT count(*)::int AS others FROM pg_stat_activity
                 WHERE backend_type = 'client backend' AND datid IS DISTINCT FROM $1) o`,
            [found?.oid],
          );
          if (state?.isFull) throw tooMany(database, state.waiting);
          await other.query(
            // What the server itself does there, such as a vacuum, has no user, and ends for whoever copies or renames the database.
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datid = $1 AND pid <> pg_backend_pid() AND usesysid IS NOT NULL`,
            [found?.oid],
          );
          await delay(20);
        }
      } catch (error) {
        cancel.abort(error);
      }
    };
    const ending = endSessions();
    try {
      return await statement(either);
    } finally {
      isOver = true;
      await ending;
    }
  });
}

function tooMany(database: string, waiting: number): AppError {
  return new AppError(
    'conflict',
    `${waiting} connections wait for the database ${database}, which would leave none for others: put its environment to sleep, then try again.`,
  );
}
