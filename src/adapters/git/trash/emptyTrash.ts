import { rename } from 'node:fs/promises';
import { AppError } from '../../../core/errors';
import type { Repository } from '../../../core/model';
import type { Git } from '../program/git';
import { deleteRefs, settleFolder } from './keepWorktree';
import { decidedIn, deleteDecided, inUse } from './trash';
import { emptiedIn, entriesIn, readRecordIn, TrashEntry } from './trashEntry';
import { mountListed, whyStays } from './whyStays';

/**
 * Gives an entry up before its time: with the one rename nothing brings it back. Cut off after that, `clearTrash` finds what is left.
 *
 * To be called once `removableEntry` has looked for mounts in all of it.
 *
 * @throws conflict, notFound: nothing happened then
 */
export async function giveUp(git: Git, repository: Repository, id: string): Promise<void> {
  const entry = await removableEntry(repository, id, mountListed);
  // What a delete that was cut off has left to do.
  await settleFolder(entry);
  try {
    await rename(entry.path, entry.emptied);
  } catch (error) {
    throw inUse(entry.path, error);
  }
  await forgetRefs(git, repository, entry);
}

/** @throws notFound, conflict with why it stays */
export async function removableEntry(
  repository: Repository,
  id: string,
  findMount: Parameters<typeof whyStays>[2],
): Promise<TrashEntry> {
  const entry = new TrashEntry(repository, id);
  if (!(await entry.isDecided())) throw new AppError('notFound', 'It is not in the trash any more.');
  const stays = await whyStays(repository, entry, findMount);
  if (stays === undefined) return entry;
  throw new AppError('conflict', `It stays in ${entry.path}: ${stays}.`);
}

/** Deletes what was given up, with its refs. @returns what could not be deleted and where it lies, for a person */
export async function clearTrash(git: Git, repository: Repository): Promise<string[]> {
  for (const entry of await emptiedIn(repository)) await forgetRefs(git, repository, entry);
  const left: string[] = [];
  for (const folder of await decidedIn(repository)) {
    const told = await deleteDecided(folder);
    if (told !== undefined) left.push(told);
  }
  return left;
}

/** Deletes the refs of an entry that was given up, but for those that another one names: it keeps its own commits. */
export async function forgetRefs(git: Git, repository: Repository, { keepRef, emptied }: TrashEntry): Promise<void> {
  const own = (await readRecordIn(emptied).catch(() => undefined))?.recovery ?? [];
  const others = new Set<string>();
  for (const other of await entriesIn(repository))
    for (const ref of (await other.read().catch(() => undefined))?.recovery ?? []) others.add(ref);
  await deleteRefs(git, repository, [keepRef, ...own.filter((ref) => !others.has(ref))]);
}
