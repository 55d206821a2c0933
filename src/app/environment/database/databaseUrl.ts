import { AppError } from '../../../core/errors';
import type { Identity, Worktree } from '../../../core/model';
import type { Cluster } from '../../../core/ports/cluster';
import type { Databases } from '../../../core/ports/databases';
import { refuseElsewhere } from '../../cluster/refuseElsewhere';
import { withDatabase } from '../../databases/migrations/migrationStatus';
import type { UseCase } from '../../run/run';
import { worktreeAt, type WorktreeAtPorts } from '../../worktrees/worktreeAt';
import { ownDatabaseUrl } from '../commands/ownDatabaseUrl';

export interface DatabaseUrlPorts extends WorktreeAtPorts {
  readonly cluster: Cluster;
  readonly databases: Databases;
}

/**
 * The address by which programs of this machine reach an environment's database, at which the server is now. It holds the password of the
 * environment's role. Starts the server where that is ours to do.
 *
 * @throws notFound, notConfigured; conflict when the database, or the namespace that keeps its password, is anybody else's; unreachable
 */
export function databaseUrl(ports: DatabaseUrlPorts): UseCase<{ readonly folder: string }, string> {
  return async ({ folder }, { signal }) => {
    const { worktree, identity } = await worktreeAt(ports, folder, signal);
    return databaseUrlOf(ports, worktree, identity, signal);
  };
}

/** @throws as databaseUrl */
export async function databaseUrlOf(
  { cluster, databases }: DatabaseUrlPorts,
  worktree: Worktree,
  found: Identity | undefined,
  signal: AbortSignal,
): Promise<string> {
  const { identity, record } = withDatabase(worktree, found);
  refuseElsewhere(identity, cluster.identity);
  const name = worktree.branch ?? worktree.path;
  if (!(await cluster.probe(signal)))
    throw new AppError(
      'unreachable',
      `The cluster, which keeps the password of the database of ${name}, does not run: "coppice cluster start" starts it.`,
    );
  return ownDatabaseUrl({ cluster, databases }, identity, record, signal);
}
