import { setTimeout as delay } from 'node:timers/promises';
import type { Session } from './session';

const endingMs = 5_000;

/**
 * Ends the sessions in a database, and waits until they are gone, for a few seconds at most. The server is not asked to wait: it would look
 * after each of them a tenth of a second later, one after the other. What it does there itself, such as a vacuum, has no user, and ends
 * for whoever renames or drops the database.
 *
 * @param role only those of this one
 * @throws 42501 when one may not be ended
 */
export async function endSessions(
  session: Session,
  database: string,
  { role, signal }: { readonly role?: string; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const deadline = performance.now() + endingMs;
  do {
    const left = await session.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()
         AND usesysid IS NOT NULL AND usename = coalesce($2, usename)`,
      [database, role],
      signal,
    );
    if (left.length === 0) return;
    await delay(10, undefined, signal ? { signal } : {});
  } while (performance.now() < deadline);
}
