import { readFile, rm, writeFile } from 'node:fs/promises';
import type { Repository } from '../../../core/model';
import type { DeletedRecord } from '../../../core/records/deletedRecord';
import type { Git } from '../program/git';
import { forgetRefs } from './emptyTrash';
import { deleteRefs, dropEntry, settleFolder } from './keepWorktree';
import { deleteDecided, deleteFolder, sweepDecided } from './trash';
import { emptiedIn, entriesIn, takenAt, type TrashEntry } from './trashEntry';
import { mountIn, whyNotAsLeft } from './whyStays';

const hourMs = 3600_000;

/**
 * Deletes for good what was deleted longer than `keepMs` ago, and longer than was said when it was deleted: programs of other settings
 * sweep, too. An entry must be what a delete has left, whole: its folder the very one
 * that was moved there, nothing else in it, nothing mounted in it. What is not stays, for a person to look into.
 *
 * @param now tests have another clock
 */
export async function sweepDeleted(git: Git, repository: Repository, keepMs: number, now = Date.now()): Promise<void> {
  for (const entry of await emptiedIn(repository)) await sweepEmptied(git, repository, entry).catch(() => undefined);
  await sweepDecided(repository);
  for (const entry of await entriesIn(repository)) {
    // One that cannot be swept keeps no other from it.
    await sweepEntry(git, repository, entry, keepMs, now).catch(() => undefined);
  }
}

/** What `clearTrash` was to delete at once, and was cut off. Another process may be at it, which goes on. */
async function sweepEmptied(git: Git, repository: Repository, entry: TrashEntry): Promise<void> {
  if (Date.now() - takenAt(entry.path) < hourMs) return;
  await forgetRefs(git, repository, entry);
  await deleteDecided(entry.emptied);
}

async function sweepEntry(
  git: Git,
  repository: Repository,
  entry: TrashEntry,
  keepMs: number,
  now: number,
): Promise<void> {
  if ((await entry.strangers()).length > 0) return;
  if (!(await entry.isDecided())) {
    // Of a delete that was taken back. One that goes on has its folder beside it, or is younger.
    const isEmpty = (await entry.folderNow()) === undefined;
    if (isEmpty && now - takenAt(entry.path) >= hourMs) await dropEntry(git, repository, entry);
    return;
  }
  const record = await entry.read();
  if (!record || (await whyNotAsLeft(repository, entry, record)) !== undefined) return;
  // What a delete that was cut off has left to do.
  await settleFolder(entry);
  if (!(await isDue(entry, record, keepMs, now)) || (await mountIn(entry)) !== undefined) return;
  await deleteRefs(git, repository, [entry.keepRef]);
  await deleteFolder(entry.path);
}

/** Seen twice to be due, an hour apart: a clock that is wrong for a moment decides nothing. */
async function isDue(
  { sighting }: TrashEntry,
  { deletedAt, keepMs: saidMs = 0 }: DeletedRecord,
  keepMs: number,
  now: number,
): Promise<boolean> {
  if (now - deletedAt < Math.max(saidMs, keepMs)) {
    await rm(sighting, { force: true });
    return false;
  }
  const seenAt = Number(await readFile(sighting, 'utf8').catch(() => 'never'));
  // Neither where nobody has seen it, nor where the clock has gone backwards since.
  if (seenAt <= now) return now - seenAt >= hourMs;
  await writeFile(sighting, String(now));
  return false;
}
