import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import type { SpareRecord } from '../../../core/ports/spares';
import { spareMark } from '../../../core/worktrees/spareMark';
import { endMonitor } from '../program/endMonitor';
import type { Git } from '../program/git';
import { belowMade } from '../files/belowMade';
import { leadsTo } from '../files/leadsTo';
import { removeLeftLocks } from '../locks/leftLocks';
import { folderState } from '../files/paths';
import { restoreFiles } from '../work/restoreFiles';
import { lockAs, spareFile, writeSpare } from '../records/spareFiles';

const mostPlaces = 20;

/**
 * Makes a claimed spare one again whose HEAD is at its commit, wherever its claim came to. First comes what would be in another create's
 * way. Cut off, it can be run again: `claim` stays in the record until all is done.
 *
 * @param record with its `claim`
 * @param making of the create that claimed it; no git of it runs any more
 * @throws conflict while another git may work in it
 */
export async function takeBackClaim(git: Git, gitDir: string, record: SpareRecord, making: string): Promise<void> {
  const { claim, ...before } = record;
  if (claim) {
    const folder = await putBack(gitDir, claim);
    await endMonitor(git, gitDir);
    if (folder !== undefined && claim.commit !== undefined) {
      await removeLeftLocks(gitDir, folder, spareFile({ gitDir }));
      await restoreFiles(git, { path: folder }, { before: record.commit, after: claim.commit }, making);
    }
  }
  await writeSpare({ gitDir }, before);
  await lockAs({ gitDir }, spareMark(record));
}

/**
 * Wherever the folder is that leads to this worktree, git is to know it there.
 *
 * @returns where it is; undefined: nowhere
 */
async function putBack(
  gitDir: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<string | undefined> {
  const isMoved = await leadsTo(to, gitDir, true);
  const folder = isMoved ? ((await freePlace(from)) ?? to) : await placeOf(from, gitDir);
  if (folder === undefined) return undefined;
  // Paths that are relative to each other change with the move.
  if (isMoved) await writeFileAtomically(join(to, '.git'), `gitdir: ${gitDir}\n`);
  // The folder above went with the last worktree that was deleted in it, if that was since.
  if (isMoved && folder !== to) await belowMade(folder, () => rename(to, folder));
  await writeFileAtomically(join(gitDir, 'gitdir'), `${join(folder, '.git')}\n`);
  return folder;
}

/** Something may be in its place by now. */
async function freePlace(from: string): Promise<string | undefined> {
  for (const folder of placesFrom(from)) if ((await folderState(folder)) === 'absent') return folder;
  return undefined;
}

/** One that was cut off after the move back has left it in any of these. */
async function placeOf(from: string, gitDir: string): Promise<string | undefined> {
  for (const folder of placesFrom(from)) if (await leadsTo(folder, gitDir)) return folder;
  return undefined;
}

function placesFrom(from: string): readonly string[] {
  return Array.from({ length: mostPlaces }, (_, index) => (index === 0 ? from : `${from}-${index + 1}`));
}
