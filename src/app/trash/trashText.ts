import type { DeletedWorktree } from '../../core/worktrees/deletedWorktree';
import { plural } from '../../core/text/plural';
import type { KeptDatabase } from '../../core/ports/databases';
import { sizeText } from '../cleanup/cleanupText';
import type { TrashRow } from './listTrash';

/** What a deleted worktree is called: its branch, or its folder's name. */
export function deletedName({ branch, path }: Pick<DeletedWorktree, 'branch' | 'path'>): string {
  return branch ?? lastPartOf(path);
}

/** Of several that were called so the one that was deleted last: the others have ids. @param deleted newest first */
export function findDeletedAmong<T extends Pick<DeletedWorktree, 'id' | 'branch' | 'path'>>(
  deleted: readonly T[],
  name: string,
): T | undefined {
  return (
    deleted.find(({ id }) => id === name) ??
    deleted.find(({ branch }) => branch === name) ??
    deleted.find(({ path }) => path === name || lastPartOf(path) === name)
  );
}

/** `wt_x, 12.0 MiB`; '' where none is kept. */
export function keptDatabaseText({ database }: Pick<TrashRow, 'database'>): string {
  if (database === undefined) return '';
  if (database === 'unknown') return 'unknown';
  const { bytes } = database;
  return bytes === undefined ? database.database : `${database.database}, ${sizeText({ bytes, isCut: false })}`;
}

/** All that goes for good with an entry, a clause. It holds what others wrote: paths and branches. */
export function goesText({ id, deleted, size, database }: TrashRow): string {
  if (!deleted) return id;
  const { path, recovery } = deleted;
  const parts = [
    `the files of ${path}${size ? ` (${sizeText(size)})` : ''}`,
    ...(recovery.length === 0 ? [] : [`commits that nothing else has (${recovery.join(', ')})`]),
    ...(database === undefined ? [] : [databaseText(database)]),
  ];
  return `${deletedName(deleted)}: ${parts.join(', ')}`;
}

function databaseText(database: NonNullable<TrashRow['database']>): string {
  return database === 'unknown'
    ? 'the database that is kept for it, if there is one'
    : `the database ${keptDatabaseText({ database })}${snapshotsText(database)}`;
}

/** ` and 2 snapshots of it: a, b`, of those that go with a database; '' where there is none. */
export function snapshotsText({ snapshots = [] }: Pick<KeptDatabase, 'snapshots'>): string {
  return snapshots.length === 0 ? '' : ` and ${plural(snapshots.length, 'snapshot')} of it: ${snapshots.join(', ')}`;
}

/** How much there is of it all. */
export function trashTotal(rows: readonly TrashRow[]): string {
  const bytes = rows.reduce((sum, { size }) => sum + (size?.bytes ?? 0), 0);
  const isCut = rows.some(({ size }) => size?.isCut !== false);
  return `${plural(rows.length, 'deleted worktree')}, ${sizeText({ bytes, isCut })}`;
}

function lastPartOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? '';
}
