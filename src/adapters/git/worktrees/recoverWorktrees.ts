import { lstat, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseCheckoutMark } from '../../../core/worktrees/checkoutMark';
import { isHolderAlive } from '../locks/lockHolder';
import { isSameRealPath, platformPath } from '../files/paths';
import { readSpare } from '../records/spareFiles';
import { endStrayGit } from '../files/strayGit';

/**
 * Takes away what is left of worktrees of ours that were cut off before git knew their branch: nothing was written in their
 * folders yet. Whatever git knows as a worktree is left to who makes it again.
 */
export async function recoverWorktrees(commonDir: string): Promise<void> {
  const parent = join(commonDir, 'worktrees');
  for (const name of await readdir(parent).catch(() => [])) await recover(join(parent, name));
}

async function recover(gitDir: string): Promise<void> {
  const mark = parseCheckoutMark(await textOf(join(gitDir, 'locked')));
  if (!mark || (await isHolderAlive(mark))) return;
  // A spare, which has all its files: see `recoverSpares`. One of a newer Coppice is for that one.
  if ((await readSpare({ gitDir }).catch(() => 'unknown')) !== undefined) return;
  const read = async (): Promise<string[]> =>
    Promise.all(['HEAD', 'commondir', 'gitdir'].map(async (name) => (await textOf(join(gitDir, name))) ?? ''));
  const isWorktree = ([head = '', ...others]: string[]): boolean =>
    head.startsWith('ref: ') && others.every((text) => text !== '');
  if (isWorktree(await read())) return;
  await endStrayGit(mark.id);
  const texts = await read();
  if (isWorktree(texts)) return;
  const target = texts[2]?.replace(/\r?\n$/, '') ?? '';
  if (target !== '') await removeFolder(dirname(resolve(gitDir, platformPath(target))), gitDir);
  await rm(gitDir, { recursive: true, force: true });
}

/** Only one that has nothing in it but the way back to this registration. */
async function removeFolder(folder: string, gitDir: string): Promise<void> {
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined || !(await lstat(folder)).isDirectory()) return;
  const link = join(folder, '.git');
  const leadsTo = /^gitdir: ([\s\S]*?)\r?\n?$/.exec((await textOf(link)) ?? '')?.[1];
  const isOwn = leadsTo !== undefined && (await isSameRealPath(resolve(folder, platformPath(leadsTo)), gitDir));
  if (names.includes(basename(link)) && !isOwn) return;
  if (isOwn) await rm(link, { force: true });
  await rmdir(folder).catch(() => undefined);
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
