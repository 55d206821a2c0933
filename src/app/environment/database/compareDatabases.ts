import { compareSchemas } from '../../../core/databaseSchema/compareSchemas';
import type { DatabaseDifference } from '../../../core/databaseSchema/databaseDifference';
import { AppError } from '../../../core/errors';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import type { ClusterIdentity } from '../../../core/model';
import type { DatabaseSchemas, SchemaSource } from '../../../core/ports/databaseSchemas';
import type { EnvironmentFiles } from '../../../core/ports/environmentFiles';
import { refuseElsewhere } from '../../cluster/refuseElsewhere';
import { withDatabase } from '../../databases/migrations/migrationStatus';
import type { UseCase } from '../../run/run';
import { worktreeAt, type WorktreeAtPorts } from '../../worktrees/worktreeAt';

export interface ComparePorts extends WorktreeAtPorts {
  readonly schemas: DatabaseSchemas;
  readonly environmentFiles: Pick<EnvironmentFiles, 'read'>;
  readonly cluster: { readonly identity: ClusterIdentity };
}

export interface CompareAt {
  readonly folder: string;
  /** Of another worktree of the repository, which has an environment as well; undefined: the template is what it is compared with. */
  readonly with?: string | undefined;
}

/**
 * What is defined in the database of a worktree's environment that is not, or is otherwise, in its template or in another environment's.
 * Changes nothing, and runs nothing that anybody wrote into them.
 *
 * @throws notFound, notConfigured: there is none to compare; conflict: it is anybody else's, the same one, or changed just now; unreachable
 */
export function compareDatabases(ports: ComparePorts): UseCase<CompareAt, DatabaseDifference> {
  return async ({ folder, with: other }, { signal }) => {
    const own = await environmentSide(ports, folder, signal);
    const base =
      other === undefined
        ? await templateSide(ports, own.path, own.repositoryId)
        : await environmentSide(ports, other, signal);
    if ('owner' in base.source && isSameOwner(base.source.owner, own.source.owner))
      throw new AppError('conflict', `${base.name} is the worktree itself: a comparison is with another one.`);
    if (base.repositoryId !== own.repositoryId)
      throw new AppError('conflict', `${base.name} is a worktree of another repository.`);
    // One after the other: what may refuse comes before the copy of a template, which nobody would drop if it did meanwhile.
    const after = await ports.schemas.read(own.source, signal);
    const before = await ports.schemas.read(base.source, signal);
    return {
      of: { kind: 'environment', name: own.name, database: after.database },
      with: { kind: base.source.kind, name: base.name, database: before.database },
      ...compareSchemas(before, after),
    };
  };
}

interface Side<Source extends SchemaSource = SchemaSource> {
  readonly name: string;
  readonly source: Source;
  readonly repositoryId: string;
}

async function environmentSide(
  ports: ComparePorts,
  folder: string,
  signal: AbortSignal,
): Promise<Side<SchemaSource & { readonly kind: 'environment' }> & { readonly path: string }> {
  const { worktree, identity: found, repository } = await worktreeAt(ports, folder, signal);
  const { identity, record } = withDatabase(worktree, found);
  refuseElsewhere(identity, ports.cluster.identity);
  return {
    ...{ name: worktree.branch ?? worktree.path, path: worktree.path, repositoryId: repository.id },
    source: { kind: 'environment', database: record.database, owner: identity.owner },
  };
}

/** By the name that the worktree's own file gives it. */
async function templateSide(ports: ComparePorts, path: string, repositoryId: string): Promise<Side> {
  const { database } = await ports.environmentFiles.read(path);
  if (!database)
    throw new AppError('notConfigured', 'coppice.yaml asks for no database any more, so that there is no template.');
  const name = database.template;
  return { name, source: { kind: 'template', name, repositoryId }, repositoryId };
}
