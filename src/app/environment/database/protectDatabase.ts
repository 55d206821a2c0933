import { AppError } from '../../../core/errors';
import type { Databases } from '../../../core/ports/databases';
import type { EnvironmentDatabase } from '../../../core/ports/databaseSnapshots';
import { isProtectedError } from '../../../core/ports/repositoryDatabases';
import type { UseCase } from '../../run/run';
import { environmentLock, withLock } from '../../run/withLock';
import { databaseAt, type DatabaseAtPorts } from './databaseAt';

export interface ProtectRequest {
  readonly folder: string;
  readonly of:
    /** The folder of the worktree whose environment's it is. */
    | { readonly path: string }
    /** By its own name: its worktree may be gone. */
    | { readonly database: string };
  readonly isProtected: boolean;
}

export interface ProtectedDatabase {
  readonly database: string;
}

/**
 * Has an environment's database refuse to be dropped or replaced, by whatever command and whatever was accepted, or not any more.
 *
 * @throws notFound; conflict: it is anybody else's, or somebody works at the environment
 */
export function protectDatabase(ports: DatabaseAtPorts): UseCase<ProtectRequest, ProtectedDatabase> {
  return async ({ folder, of, isProtected }, { signal }) => {
    const found = 'path' in of ? await databaseAt(ports, of, signal) : await byName(ports, folder, of.database, signal);
    const { database, role, owner } = found;
    const what = isProtected ? 'its database is protected' : 'the protection of its database is taken away';
    await withLock(ports.locks, environmentLock(owner), what, () =>
      ports.databases.protect({ database, role, owner, isProtected }, signal),
    );
    return { database };
  };
}

async function byName(
  { worktrees, databases }: DatabaseAtPorts,
  folder: string,
  name: string,
  signal: AbortSignal,
): Promise<EnvironmentDatabase> {
  const repository = await worktrees.repository(folder, signal);
  const all = await databases.ofRepository(repository.id, signal);
  const own = all.flatMap(({ kind, name: database, owner }) =>
    kind === 'environment' && owner ? [{ database, role: database, owner }] : [],
  );
  const found = own.find(({ database }) => database === name);
  if (found) return found;
  const names = own.map(({ database }) => database).join(', ');
  throw new AppError(
    'notFound',
    `No environment of this repository has a database ${JSON.stringify(name)}. ${names === '' ? 'None has one.' : `There are: ${names}.`}`,
  );
}

/** @throws conflict where a person has said that it is not to be replaced */
export async function refuseProtected(
  databases: Pick<Databases, 'isProtected'>,
  { database, owner }: Omit<EnvironmentDatabase, 'role'>,
  signal: AbortSignal,
): Promise<void> {
  if ((await databases.isProtected({ database, owner }, signal)) === true) throw isProtectedError(database);
}
