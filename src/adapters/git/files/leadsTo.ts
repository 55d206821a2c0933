import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { folderState, isSameRealPath, platformPath } from './paths';

/**
 * Whether a folder's `.git` file leads to the git directory of a worktree.
 *
 * @param isMoved a relative path in it (git 2.48) may be one of the place where the folder was before: it leads nowhere then, and still
 *   names the worktree
 */
export async function leadsTo(folder: string, gitDir: string, isMoved = false): Promise<boolean> {
  const text = await readFile(join(folder, '.git'), 'utf8').catch(() => '');
  const target = /^gitdir: ([\s\S]*?)\r?\n?$/.exec(text)?.[1];
  if (target === undefined) return false;
  const found = resolve(folder, platformPath(target));
  if (await isSameRealPath(found, gitDir)) return true;
  const ends = [basename(dirname(dirname(gitDir))), 'worktrees', basename(gitDir)].join('/');
  if (!isMoved || !target.startsWith('.') || !target.endsWith(`/${ends}`)) return false;
  return (await folderState(found)) === 'absent';
}
