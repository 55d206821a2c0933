import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository, Worktree } from '../../../core/model';
import { emptyHash, isAsCopied, readCopied } from './copiedFile';

/**
 * Files and folders (which end in a slash) without what was copied from the main worktree and is as it was. Of a folder with such
 * files in it, the others. A copy that is the last one, since the main worktree has no such file any more or one that was emptied, is no
 * copy; what a committed file stood for is in its history.
 */
export async function withoutCopies(
  { root }: Repository,
  worktree: Worktree,
  paths: readonly string[],
): Promise<string[]> {
  if (paths.length === 0) return [];
  const record = await readCopied(worktree);
  const { files } = record;
  const names = Object.keys(files);
  if (names.length === 0) return [...paths];
  const isCopy = async (path: string): Promise<boolean> => {
    if (!Object.hasOwn(files, path) || !(await isAsCopied(worktree, path, record))) return false;
    if (record.fromExamples?.includes(path) || files[path] === emptyHash) return true;
    const original = await lstat(join(root, path)).catch(() => undefined);
    return original !== undefined && !(original.isFile() && original.size === 0);
  };
  const kept: string[] = [];
  for (const path of paths) {
    const isMixed = path.endsWith('/') && names.some((name) => name.startsWith(path));
    const inner = isMixed ? await filesIn(worktree.path, path) : [path];
    for (const each of inner) if (!(await isCopy(each))) kept.push(each);
  }
  return kept;
}

async function filesIn(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = `${folder}${entry.name}`;
      return entry.isDirectory() ? filesIn(root, `${path}/`) : [path];
    }),
  );
  return found.flat();
}
