import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { parseCheckoutMark } from '../../core/checkoutMark';
import { parseSpareMark, spareMark } from '../../core/spareMark';
import { isHolderAlive } from './lockHolder';
import { folderState, isSameRealPath, platformPath } from './paths';
import { forgetSpare, lockAs, readSpare, writeSpare } from './spareFiles';
import { endStrayGit } from './strayGit';

/**
 * Takes back claims of spares that were killed before the branch was checked out. What is on a branch is the create's to go on with. And a
 * spare that somebody works in by now is theirs, without the lock.
 */
export async function recoverSpares(commonDir: string): Promise<void> {
  const parent = join(commonDir, 'worktrees');
  for (const name of await readdir(parent).catch(() => [])) await recover(join(parent, name));
}

async function recover(gitDir: string): Promise<void> {
  const reason = await textOf(join(gitDir, 'locked'));
  const spare = parseSpareMark(reason);
  if (spare && isElsewhere(await textOf(join(gitDir, 'HEAD')), spare.commit)) {
    // It may be one that is being claimed since.
    if ((await textOf(join(gitDir, 'locked'))) !== reason) return;
    await forgetSpare({ gitDir });
    await rm(join(gitDir, 'locked'), { force: true });
  }
  const mark = parseCheckoutMark(reason);
  if (!mark || (await isHolderAlive(mark))) return;
  const record = await readSpare({ gitDir }).catch(() => undefined);
  if (!record) return;
  await endStrayGit(mark.id);
  if (((await textOf(join(gitDir, 'HEAD'))) ?? 'ref: ').startsWith('ref: ')) return;
  const { claim, ...before } = record;
  if (claim) await putBack(gitDir, claim);
  await writeSpare({ gitDir }, before);
  await lockAs({ gitDir }, spareMark(record));
}

/** Where git keeps refs in tables (`extensions.refStorage`, git 2.45), this file leads nowhere and nothing can be told by it. */
function isElsewhere(head: string | undefined, commit: string): boolean {
  const text = head?.trim();
  return text !== commit && text !== 'ref: refs/heads/.invalid';
}

/** Wherever the folder is that leads to this worktree, git is to know it there. */
async function putBack(gitDir: string, { from, to }: { readonly from: string; readonly to: string }): Promise<void> {
  const isMoved = await leadsTo(to, gitDir);
  const isFree = (await folderState(from)) === 'absent';
  if (isMoved && isFree) await rename(to, from);
  const folder = isMoved && !isFree ? to : from;
  // Paths that are relative to each other have changed with the move.
  if (isMoved) await writeFileAtomically(join(folder, '.git'), `gitdir: ${gitDir}\n`);
  if (isMoved || (await leadsTo(from, gitDir)))
    await writeFileAtomically(join(gitDir, 'gitdir'), `${join(folder, '.git')}\n`);
}

async function leadsTo(folder: string, gitDir: string): Promise<boolean> {
  const target = /^gitdir: ([\s\S]*?)\r?\n?$/.exec((await textOf(join(folder, '.git'))) ?? '')?.[1];
  return target !== undefined && (await isSameRealPath(resolve(folder, platformPath(target)), gitDir));
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
