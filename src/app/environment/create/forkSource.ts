import { AppError } from '../../../core/errors';
import { environmentFileName, type EnvironmentFile } from '../../../core/environmentFile';
import type { ClusterIdentity, Identity, IdentityParts } from '../../../core/model';
import type { EnvironmentDatabase } from '../../../core/ports/databaseSnapshots';
import { refuseElsewhere } from '../../cluster/refuseElsewhere';
import type { KnownWorktree } from '../../worktrees/readWorktrees';
import type { CreateRequest } from '../requests';

/**
 * The database that a create is to copy, by the worktree that was named; undefined: none was.
 *
 * @param identity what an earlier create has recorded @param left what one has that was cut off before it recorded all
 * @param current where the repository's environments are now
 * @throws notFound; invalidInput, conflict: there is nothing that would become a copy
 */
export function forkSource(
  { databaseFrom: path, found }: CreateRequest,
  known: readonly KnownWorktree[],
  { identity, left }: { readonly identity: Identity | undefined; readonly left: IdentityParts | undefined },
  file: EnvironmentFile,
  current: ClusterIdentity,
): EnvironmentDatabase | undefined {
  if (path === undefined) return undefined;
  const source = known.find(({ worktree }) => worktree.path === path);
  if (!source) throw new AppError('notFound', `There is no worktree ${path} in this repository.`);
  if (source.problem) throw source.problem;
  const name = source.worktree.branch ?? path;
  const { owner, parts } = source.identity ?? {};
  if (!source.identity || !owner || !parts?.database)
    throw new AppError('notFound', `The worktree ${name} has no environment with a database that could be copied.`);
  refuseElsewhere(source.identity, current);
  if (!file.database)
    throw new AppError(
      'invalidInput',
      `${environmentFileName} asks for no database that could be a copy of that of ${name}.`,
    );
  if (found === 'adopt')
    throw new AppError('invalidInput', 'An environment that is taken over keeps its own database: fork it afterwards.');
  if (identity?.state === 'created' && identity.parts.database)
    throw new AppError(
      'conflict',
      `This environment has a database already: "coppice database fork ${name}" puts a copy in its place, and keeps what it has as a snapshot.`,
    );
  // What an earlier try has cloned is kept: of anything else it is no copy.
  const begun = identity ? identity.parts.database : left?.database;
  if (begun && begun.from !== owner.worktreeId)
    throw new AppError(
      'conflict',
      `A create of this environment that did not end was not to copy the database of ${name}: run it again without a source; then "coppice database fork ${name}" puts a copy in the place of what it made, and keeps that as a snapshot.`,
    );
  const { database, role } = parts.database;
  return { database, role, owner };
}
