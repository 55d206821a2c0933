import { deletedName } from './trashText';
import type { EmptiedTrash, EmptyOutcome } from './emptyTrash';
import type { TrashList, TrashRow } from './listTrash';

/*
 * What `coppice trash --json` and `coppice trash empty --json` print. Fields are added, never renamed or taken away: others build on them.
 */

export function trashListJson({ rows, databasesUnknown }: TrashList): object {
  return { deleted: rows.map(rowJson), databasesUnknown: databasesUnknown ?? null };
}

export function emptiedTrashJson({ outcomes, left }: EmptiedTrash): object {
  return { outcomes: outcomes.map(outcomeJson), left };
}

function rowJson({ id, path: place, deleted, stays, until, size, database }: TrashRow): object {
  return {
    id,
    name: deleted ? deletedName(deleted) : null,
    path: deleted?.path ?? null,
    branch: deleted?.branch ?? null,
    head: deleted?.head ?? null,
    deletedAt: timeJson(deleted?.deletedAt),
    keptUntil: timeJson(until),
    place,
    bytes: size?.bytes ?? null,
    bytesAreAll: size?.isCut === false,
    recovery: deleted?.recovery ?? [],
    database: database === undefined ? null : databaseJson(database),
    stays: stays ?? null,
  };
}

function databaseJson(database: NonNullable<TrashRow['database']>): object | string {
  if (database === 'unknown') return database;
  const { name, database: former, bytes, until, snapshots = [] } = database;
  return { name: former, keptAs: name, bytes: bytes ?? null, keptUntil: timeJson(until), snapshots };
}

function outcomeJson(outcome: EmptyOutcome): object {
  const { id, kind } = outcome;
  if (kind === 'kept')
    return { id, outcome: kind, error: { code: outcome.error.code, message: outcome.error.message } };
  return { id, outcome: kind, name: deletedName(outcome.deleted), path: outcome.deleted.path };
}

/** A time that no calendar has is none. */
function timeJson(time: number | undefined): string | null {
  const date = time === undefined ? undefined : new Date(time);
  return date === undefined || Number.isNaN(date.getTime()) ? null : date.toISOString();
}
