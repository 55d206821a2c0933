import { AppError } from '../../../core/errors';
import type { Databases } from '../../../core/ports/databases';
import type { EnvironmentDatabase } from '../../../core/ports/databaseSnapshots';
import type { Locks } from '../../../core/ports/host';
import { refuseElsewhere } from '../../cluster/refuseElsewhere';
import type { ServiceAtPorts } from '../../services/serviceAt';
import { worktreeAt, type FoundWorktree } from '../../worktrees/worktreeAt';

export interface DatabaseAtPorts extends ServiceAtPorts {
  readonly locks: Locks;
  readonly databases: Databases;
}

/** A worktree that has an environment. */
export interface DatabaseAt {
  readonly folder: string;
  /** The worktree's folder. */
  readonly path: string;
}

export interface FoundDatabase extends EnvironmentDatabase {
  /** What the worktree has checked out. */
  readonly commit: string;
}

/** The database of a worktree's environment, as recorded. @throws notFound when it has none; conflict */
export async function databaseAt(
  ports: ServiceAtPorts,
  { path }: Pick<DatabaseAt, 'path'>,
  signal: AbortSignal,
): Promise<FoundDatabase> {
  return databaseIn(ports, path, await worktreeAt(ports, path, signal));
}

/** The same of a worktree that was found already. */
export function databaseIn(
  ports: Pick<ServiceAtPorts, 'cluster'>,
  path: string,
  { identity, worktree }: FoundWorktree,
): FoundDatabase {
  if (!identity) throw new AppError('notFound', `The worktree ${path} has no environment.`);
  refuseElsewhere(identity, ports.cluster.identity);
  const { owner, parts } = identity;
  if (!parts.database) throw new AppError('notFound', `The environment of ${path} has no database.`);
  const { database, role } = parts.database;
  return { database, role, owner, commit: worktree.head };
}
