import type { Databases } from '../../core/ports/databases';
import { isProtectedError } from '../../core/ports/repositoryDatabases';
import { dropDatabase, readDatabase, readRole } from './catalog';
import { dropKept, dropRole, findKept, keepDatabase, prolongKept } from './keptDatabases';
import { dropLeftovers } from './leftovers';
import { assertEnvironmentName, isMarkOf, makingHash, taken } from './ownership';
import type { ServerSessions } from './serverSessions';
import { dropSnapshots } from './snapshotCatalog';

/** As the port says it. */
export async function dropEnvironmentDatabase(
  sessions: ServerSessions,
  request: Parameters<Databases['drop']>[0],
  signal: AbortSignal | undefined,
): Promise<void> {
  const { database, role, owner, keepMs = 0, repository } = request;
  assertEnvironmentName(database);
  assertEnvironmentName(role);
  signal?.throwIfAborted();
  if (!(await sessions.server.exists())) return;
  const hash = makingHash('database', database);
  await sessions.locked(`Drop the database ${database}`, hash, signal, async (session) => {
    const foundDatabase = await readDatabase(session, database);
    const foundRole = await readRole(session, role);
    if (foundDatabase && !isMarkOf(foundDatabase.mark, owner)) throw taken('database', database);
    if (foundRole && !isMarkOf(foundRole.mark, owner)) throw taken('role', role);
    if (foundRole?.mark?.kind === 'environment' && foundRole.mark.isProtected) throw isProtectedError(database);
    await dropLeftovers(session);
    if (keepMs > 0 && (await keepDatabase(session, { database, role, keepMs, repository }, hash))) return;
    const kept = await findKept(session, owner);
    if (kept && foundDatabase === undefined && keepMs > 0) await prolongKept(session, kept, keepMs);
    else {
      // What is in them is the role's.
      await dropSnapshots(session, owner);
      if (kept) await dropKept(session, kept.name);
    }
    await dropDatabase(session, database);
    // Privileges on what all databases share would keep the role.
    if (foundRole) await dropRole(session, role, hash);
  });
}
