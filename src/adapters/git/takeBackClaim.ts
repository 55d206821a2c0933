import { readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { AppError } from '../../core/errors';
import type { SpareRecord } from '../../core/ports/spares';
import { spareMark } from '../../core/spareMark';
import { HostFolderPrograms } from '../exec/hostFolderPrograms';
import type { Git } from './git';
import { folderState, isSameRealPath, platformPath } from './paths';
import { restoreFiles } from './restoreFiles';
import { lockAs, writeSpare } from './spareFiles';

const mostPlaces = 20;

/**
 * Makes a claimed spare one again whose HEAD is at its commit, wherever its claim came to. First comes what would be in another create's
 * way. Cut off, it can be run again: `claim` stays in the record until all is done.
 *
 * @param record with its `claim`
 * @param making of the create that claimed it; no git of it runs any more
 * @throws conflict while another git works in it
 */
export async function takeBackClaim(git: Git, gitDir: string, record: SpareRecord, making: string): Promise<void> {
  const { claim, ...before } = record;
  if (claim) {
    const folder = await putBack(gitDir, claim);
    if (folder !== undefined && claim.commit !== undefined) {
      await unlock(gitDir, folder);
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
  const isMoved = await leadsTo(to, gitDir);
  if (!isMoved && !(await leadsTo(from, gitDir))) return undefined;
  const folder = isMoved ? ((await freePlace(from)) ?? to) : from;
  // Paths that are relative to each other change with the move.
  if (isMoved) await writeFileAtomically(join(to, '.git'), `gitdir: ${gitDir}\n`);
  if (isMoved && folder !== to) await rename(to, folder);
  await writeFileAtomically(join(gitDir, 'gitdir'), `${join(folder, '.git')}\n`);
  return folder;
}

/** Something may be in its place by now. */
async function freePlace(from: string): Promise<string | undefined> {
  for (let number = 1; number <= mostPlaces; number++) {
    const folder = number === 1 ? from : `${from}-${number}`;
    if ((await folderState(folder)) === 'absent') return folder;
  }
  return undefined;
}

/** Of a git that was killed. What another git holds, that one's is. */
async function unlock(gitDir: string, folder: string): Promise<void> {
  const isLocked = (await Promise.all(locks.map((name) => folderState(join(gitDir, name))))).includes('occupied');
  if (!isLocked) return;
  const programs = await new HostFolderPrograms(process.env).in([folder, gitDir]);
  const gits = programs && [...programs.values()].flat().filter(({ name }) => name.startsWith('git'));
  if (!gits || gits.length > 0) {
    const who = gits ? `git (process ${gits.map(({ pid }) => pid).join(', ')})` : 'a git that cannot be told';
    throw new AppError('conflict', `${who} may be at work in ${folder}: its index is locked.`);
  }
  for (const name of locks) await rm(join(gitDir, name), { force: true });
}

const locks = ['index.lock', 'HEAD.lock'];

async function leadsTo(folder: string, gitDir: string): Promise<boolean> {
  const text = await readFile(join(folder, '.git'), 'utf8').catch(() => '');
  const target = /^gitdir: ([\s\S]*?)\r?\n?$/.exec(text)?.[1];
  return target !== undefined && (await isSameRealPath(resolve(folder, platformPath(target)), gitDir));
}
