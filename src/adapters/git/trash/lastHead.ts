import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeletedRecord } from '../../../core/records/deletedRecord';
import { isNoCommit } from '../program/parseWorktreeList';
import type { TrashEntry } from './trashEntry';

/** A delete looks at a worktree this long at most before it writes down where its HEAD was. */
const lookMs = 60_000;

/**
 * The commit that was checked out last, where somebody in the folder has committed while it was deleted: that the worktree's own log
 * says so, from the recorded commit on and no earlier than the delete. Of a branch that was moved from elsewhere the log knows nothing,
 * and what was recorded holds.
 */
export async function lastHead(
  { registration }: TrashEntry,
  { head, deletedAt }: DeletedRecord,
): Promise<string | undefined> {
  // Each log begins at no commit, too.
  if (isNoCommit(head)) return undefined;
  const text = await readFile(join(registration, 'logs', 'HEAD'), 'utf8').catch(() => '');
  const moves = [...text.matchAll(/^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [^\t\n]*> (\d+) [-+]\d{4}(?:\t|$)/gm)];
  const last = moves.at(-1)?.[2];
  if (last === undefined || last === head) return undefined;
  // From its end: a HEAD that came back to the recorded commit was elsewhere before that, and may have come back unseen.
  let to = last;
  for (const [, from = '', reached, seconds] of moves.reverse()) {
    if (reached !== to || Number(seconds) * 1000 < deletedAt - lookMs) return undefined;
    if (from === head) return last;
    to = from;
  }
  return undefined;
}

/** The same of the branch that was deleted with it: one that somebody has switched away from is where it was. */
export async function lastOfBranch(entry: TrashEntry, record: DeletedRecord): Promise<string | undefined> {
  const head = await readFile(join(entry.registration, 'HEAD'), 'utf8').catch(() => '');
  return head.trim() === `ref: refs/heads/${record.branch}` ? lastHead(entry, record) : undefined;
}
