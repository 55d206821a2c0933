import { AppError } from '../../core/errors';
import type { EnvironmentDatabase } from '../../core/ports/databaseSnapshots';
import { readDatabase, readRole } from './catalog';
import { isMarkOf, taken, type Mark } from './ownership';
import type { Session } from './session';

export interface PresentDatabase {
  /** Of its role. */
  readonly mark: Mark & { readonly kind: 'environment' };
  readonly comment: string | undefined;
}

/**
 * An environment's database that something is to be done with as it is. To be called by the holder of its lock.
 *
 * @throws conflict when it or its role is anybody else's, or a delete has closed it; notFound when it or its role is not there
 */
export async function presentDatabase(
  session: Session,
  { database, role, owner }: EnvironmentDatabase,
): Promise<PresentDatabase> {
  const found = await readDatabase(session, database);
  const foundRole = await readRole(session, role);
  if (found && !isMarkOf(found.mark, owner)) throw taken('database', database);
  if (foundRole && !isMarkOf(foundRole.mark, owner)) throw taken('role', role);
  // What a cut off DROP DATABASE leaves is none.
  if (!found?.isValid || foundRole?.mark?.kind !== 'environment')
    throw new AppError('notFound', `There is no database ${database}: the next create makes it.`);
  if (!found.isOpen)
    throw new AppError('conflict', `The database ${database} is closed, by a delete that has not come to its end.`);
  const [row] = await session.query<{ comment: string | null }>(
    `SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1`,
    [database],
  );
  return { mark: foundRole.mark, comment: row?.comment ?? undefined };
}
