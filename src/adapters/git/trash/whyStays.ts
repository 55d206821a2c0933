import { join } from 'node:path';
import { toAppError } from '../../../core/errors';
import type { Repository } from '../../../core/model';
import type { DeletedRecord } from '../../../core/records/deletedRecord';
import { mountPoints } from '../files/mountPoints';
import { isAtPlace, isFolder, type TrashEntry } from './trashEntry';
import { walkFolder } from '../files/walkFolder';

/*
 * What is deleted for good must be what a delete has left, whole. Why an entry is not is told to a person, who looks into it.
 */

/**
 * Why a decided entry can not be deleted for good, a clause; undefined: it can.
 *
 * @param findMount `mountIn`, or, where there is no time to look through all of the folder, `mountListed`
 */
export async function whyStays(
  repository: Pick<Repository, 'commonDir'>,
  entry: TrashEntry,
  findMount: (entry: TrashEntry) => Promise<string | undefined>,
): Promise<string | undefined> {
  const strangers = await entry.strangers();
  if (strangers.length > 0) return `no delete has put ${strangers.join(', ')} into ${entry.path}`;
  try {
    const record = await entry.read();
    if (!record) return `there is no ${entry.record}, which says what was deleted`;
    const why = await whyNotAsLeft(repository, entry, record);
    if (why !== undefined) return why;
  } catch (error) {
    return toAppError(error).message.replace(/\.$/, '');
  }
  const mount = await findMount(entry);
  return mount === undefined ? undefined : `something is mounted at ${mount}`;
}

/** Why its folder is not the one that was deleted, a clause; undefined: it is. */
export async function whyNotAsLeft(
  repository: Pick<Repository, 'commonDir'>,
  entry: TrashEntry,
  { folder, path }: DeletedRecord,
): Promise<string | undefined> {
  const place = await entry.folderNow();
  if (folder !== undefined && place === undefined) {
    const isBack = (await isFolder(path)) && (await isAtPlace(repository, path, folder));
    return isBack
      ? `an undo that was cut off has put its folder back to ${path}: "coppice undo ${entry.id}" finishes it`
      : `its folder is not in ${entry.path} any more`;
  }
  if (place === undefined) return undefined;
  if (folder === undefined || !(await isAtPlace(repository, place, folder)))
    return `another folder is at ${place} than the one that was deleted`;
  if ((await isFolder(entry.folder)) && (await isFolder(entry.aside)))
    return `its folder is there twice, at ${entry.folder} and at ${entry.aside}`;
  return undefined;
}

/** Where something is mounted in its folder; undefined: nowhere. */
export async function mountIn(entry: TrashEntry): Promise<string | undefined> {
  const place = await entry.folderNow();
  const [mount] = place === undefined ? [] : (await walkFolder(place)).mounts;
  return mount === undefined ? undefined : join(place ?? '', mount);
}

/** The same by the kernel's own list, which is all on Linux, and nothing elsewhere. */
export async function mountListed(entry: TrashEntry): Promise<string | undefined> {
  const place = await entry.folderNow();
  return place === undefined ? undefined : [...(await mountPoints(place))][0];
}
