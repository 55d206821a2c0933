import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseSpareMark } from '../../../core/worktrees/spareMark';
import { platformPath } from '../files/paths';

/** Folders of spares, as `WorktreeList` tells them, by git's own files alone. Never rejects. */
export async function spareFolders(commonDir: string): Promise<string[]> {
  const parent = join(commonDir, 'worktrees');
  const names = await readdir(parent).catch(() => []);
  const found = await Promise.all(names.map(async (name) => folderOf(join(parent, name))));
  return found.flatMap((folder) => folder ?? []).sort();
}

async function folderOf(gitDir: string): Promise<string | undefined> {
  const read = async (name: string): Promise<string | undefined> =>
    (await readFile(join(gitDir, name), 'utf8').catch(() => undefined))?.trim();
  const mark = parseSpareMark(await read('locked'));
  if (!mark) return undefined;
  const [head, link] = await Promise.all([read('HEAD'), read('gitdir')]);
  return head === mark.commit && link !== undefined ? dirname(resolve(gitDir, platformPath(link))) : undefined;
}
