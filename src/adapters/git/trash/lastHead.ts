import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../../../core/model';
import type { DeletedRecord } from '../../../core/records/deletedRecord';
import { hasRefTables, logInTables, parseLog, withMovedTables } from '../history/refTables';
import type { Git } from '../program/git';
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
  git: Git,
  repository: Repository,
  { registration }: TrashEntry,
  { head, deletedAt }: DeletedRecord,
): Promise<string | undefined> {
  // Each log begins at no commit, too.
  if (isNoCommit(head)) return undefined;
  const text = (await hasRefTables(registration))
    ? await withMovedTables(repository, registration, (gitDir) => logInTables(git, gitDir, 'HEAD')).catch(() => '')
    : await readFile(join(registration, 'logs', 'HEAD'), 'utf8').catch(() => '');
  const moves = parseLog(text).filter(({ at }) => at !== '');
  const last = moves.at(-1)?.to;
  if (last === undefined || last === head) return undefined;
  // From its end: a HEAD that came back to the recorded commit was elsewhere before that, and may have come back unseen.
  let reached = last;
  for (const { from, to, at } of moves.reverse()) {
    if (to !== reached || Number(at.split(' ', 1)[0]) * 1000 < deletedAt - lookMs) return undefined;
    if (from === head) return last;
    reached = from;
  }
  return undefined;
}

/** The same of the branch that was deleted with it: one that somebody has switched away from is where it was. */
export async function lastOfBranch(
  git: Git,
  repository: Repository,
  entry: TrashEntry,
  record: DeletedRecord,
): Promise<string | undefined> {
  const branch = await branchIn(git, repository, entry.registration);
  return branch === `refs/heads/${record.branch}` ? lastHead(git, repository, entry, record) : undefined;
}

async function branchIn(git: Git, repository: Repository, registration: string): Promise<string | undefined> {
  if (await hasRefTables(registration)) {
    const asked = (gitDir: string): Promise<string | undefined> =>
      git.try(gitDir, ['symbolic-ref', '--quiet', 'HEAD'], { trust: 'read', env: { GIT_DIR: gitDir } });
    return (await withMovedTables(repository, registration, asked).catch(() => undefined))?.trim();
  }
  const head = await readFile(join(registration, 'HEAD'), 'utf8').catch(() => '');
  return /^ref: (refs\/heads\/.+)$/.exec(head.trim())?.[1];
}
