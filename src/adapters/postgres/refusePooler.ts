import { setTimeout as delay } from 'node:timers/promises';
import { poolerError } from './postgresErrors';
import type { AdminConnection } from './postgresServer';
import { Session } from './session';

/** A way that is only long ends a session a moment after it was closed. */
const endingMs = 3_000;

/**
 * A pooler of connections, such as PgBouncer, hands the sessions of its server from one to the next: a lock is everybody's or nobody's
 * then, and what was closed is still in a database that is to be copied or renamed.
 *
 * @param session on the server that is asked about @throws notConfigured
 */
export async function refusePooler(
  connection: AdminConnection,
  session: Session,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Who only passes on what the server says leaves it its own number.
  if (!session.isRelayed) return;
  const other = await Session.open(connection, undefined, signal);
  await other.close();
  const deadline = performance.now() + endingMs;
  const isThere = async (): Promise<boolean> =>
    (await session.query('SELECT FROM pg_stat_activity WHERE pid = $1', [other.backend], signal)).length > 0;
  while (await isThere()) {
    if (performance.now() > deadline) throw poolerError();
    await delay(50, undefined, signal ? { signal } : {});
  }
}
