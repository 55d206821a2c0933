import type { DatabaseServerFacts } from '../../core/ports/databases';
import { codeOf } from './postgresErrors';
import type { Session } from './session';

/**
 * What a crash of the server leaves of a database that was being copied: the server removes it in no recovery, knows no database of it, and
 * never asks for it again. A copy that is being made looks the same, but for its lock.
 */
export async function unknownFolders(
  session: Session,
  signal: AbortSignal | undefined,
): Promise<Pick<DatabaseServerFacts, 'unknownFolders'>> {
  const look = (): Promise<{ folder: string; bytes: string | null }[]> =>
    session.query(
      `SELECT current_setting('data_directory') || '/base/' || name AS folder, (SELECT sum((pg_stat_file('base/' || name || '/' || file, true)).size)
           FROM pg_ls_dir('base/' || name, true, false) AS file) AS bytes
         FROM pg_ls_dir('base') AS name WHERE name ~ '^[0-9]+$' AND name NOT IN (SELECT oid::text FROM pg_database) ORDER BY 1`,
      [],
      signal,
    );
  try {
    const before = await look();
    if (before.length === 0) return {};
    // Whoever makes or drops one holds it to the end, before which nobody else sees the row.
    const busy = await session.query(
      `SELECT FROM pg_locks WHERE relation = 'pg_database'::regclass AND mode = 'RowExclusiveLock'`,
      [],
      signal,
    );
    if (busy.length > 0) return {};
    const seen = new Set(before.map(({ folder }) => folder));
    const left = (await look()).filter(({ folder }) => seen.has(folder));
    return left.length === 0
      ? {}
      : { unknownFolders: left.map(({ folder, bytes }) => ({ folder, bytes: Number(bytes ?? 0) })) };
  } catch (error) {
    // Who is no superuser may not look at files.
    if (codeOf(error) !== '42501') throw error;
    return {};
  }
}
