import { createHash } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtFolderOf, isLeftByTools } from '../files/builtFolder';
import type { Git } from '../program/git';
import { lockedPackages } from '../files/lockedPackages';
import { walkFolder, type FolderContents } from '../files/walkFolder';

/** A file of that size that is a copy of a committed one is told apart by its name alone. */
const maxCompared = 10_000_000;

/**
 * Ignored files and folders that are work: all but what tools make, and what is a repository of its own. Of a folder that tools
 * fill, the files that they may not have made.
 *
 * @param ignored as `git status --ignored=matching` names them, folders with a slash at their end
 */
export async function ignoredWork(
  git: Git,
  folder: string,
  ignored: readonly string[],
  contents: FolderContents,
  signal?: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  const strays = new Set<string>();
  for (const path of ignored) {
    const built = builtFolderOf(path);
    if (built !== undefined) {
      const inIt = contents.built.get(built)?.strays ?? [];
      for (const stray of inIt) if (stray === path || (path.endsWith('/') && stray.startsWith(path))) strays.add(stray);
    } else if (!isLeftByTools(path) && !(await isOnlyRepositories(folder, path, contents, signal))) found.push(path);
  }
  const inRepositories = contents.repositories.map((path) => `${path}/`);
  const isLocked = lockedPackages(folder);
  const own: string[] = [];
  for (const stray of strays)
    if (!inRepositories.some((path) => stray.startsWith(path)) && !(await isLocked(stray))) own.push(stray);
  return [...found, ...(await originals(git, folder, own, signal))];
}

/** What lies in repositories is told with them. */
async function isOnlyRepositories(
  folder: string,
  path: string,
  { repositories }: FolderContents,
  signal?: AbortSignal,
): Promise<boolean> {
  if (!path.endsWith('/')) return false;
  const inner = repositories.filter((repository) => `${repository}/`.startsWith(path));
  if (inner.length === 0) return false;
  if (inner.some((repository) => `${repository}/` === path)) return true;
  return !(
    await walkFolder(
      join(folder, path),
      signal,
      undefined,
      inner.map((each) => each.slice(path.length)),
    )
  ).hasFiles;
}

/** Those that have a content of their own: an empty file, and a copy of a committed one, is nothing to lose. */
async function originals(git: Git, folder: string, paths: readonly string[], signal?: AbortSignal): Promise<string[]> {
  if (paths.length === 0) return [];
  const listed = await git.run(folder, ['ls-files', '--stage', '-z'], { trust: 'read', signal });
  const committed = new Set([...listed.matchAll(/(?:^|\0)\d+ ([0-9a-f]+) /g)].map(([, id = '']) => id));
  const algorithm = [...committed].some((id) => id.length > 40) ? 'sha256' : 'sha1';
  const found: string[] = [];
  for (const path of paths) {
    signal?.throwIfAborted();
    const file = join(folder, path);
    const stat = await lstat(file).catch(() => undefined);
    // One whose name is in other bytes than UTF-8 is there, and is not found by the text that stands for them.
    if (!stat && path.includes('\uFFFD')) found.push(path);
    // A link has no content, and whatever it leads to stays.
    if (!stat || stat.size === 0 || stat.isSymbolicLink()) continue;
    if (stat.isFile() && stat.size <= maxCompared) {
      const content = await readFile(file).catch(() => undefined);
      const id = content && createHash(algorithm).update(`blob ${content.length}\0`).update(content).digest('hex');
      if (id !== undefined && committed.has(id)) continue;
    }
    found.push(path);
  }
  return found;
}
