import type { ServerSessions } from './serverSessions';
import { unlessAborted, withSession, type Session } from './session';

/** As long as somebody waits for what is only looked at. */
export const patienceMs = 5_000;

/** Starts nothing. undefined: no server runs, or it does not tell in time. */
export async function toldInTime<T>(
  sessions: ServerSessions,
  signal: AbortSignal | undefined,
  ask: (session: Session, either: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  signal?.throwIfAborted();
  const limit = AbortSignal.timeout(patienceMs);
  const either = signal ? AbortSignal.any([signal, limit]) : limit;
  const read = async (): Promise<T | undefined> => {
    const connection = await sessions.running();
    if (!connection) return undefined;
    return withSession(connection, undefined, either, (session) => ask(session, either));
  };
  try {
    return await unlessAborted(read(), either);
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}
