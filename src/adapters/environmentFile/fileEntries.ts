import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { glob, lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { FolderNames } from './folderNames';

/** What others fetched, what programs made of it, and what systems leave. */
const passedOver = /^(?:node_modules|\.git|__pycache__|\.venv|\.DS_Store|Thumbs\.db|.*\.(?:pyc|swp|swo|orig))$|~$/;
const readAtOnce = 16;
const smallBytes = 1024 * 1024;

/**
 * Names and contents of files, one entry each, in the order of their names: times do not count, so that a file has the same entry
 * before and after it is committed. Links are not followed.
 *
 * @param patterns files, folders and globs, relative to the folder
 */
export async function fileEntries(
  folder: string,
  patterns: readonly string[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const files = new Set<string>();
  const names = new FolderNames(folder);
  for (const pattern of patterns) {
    signal?.throwIfAborted();
    if (!(await names.mayMatch(pattern))) continue;
    if (!/[*?[{]/.test(pattern)) await collect(folder, pattern, files, signal);
    else for (const match of await matches(folder, pattern)) await collect(folder, match, files, signal);
  }
  const sorted = [...files].sort();
  const entries: string[] = [];
  for (let at = 0; at < sorted.length; at += readAtOnce) {
    const some = sorted.slice(at, at + readAtOnce);
    entries.push(
      ...(await Promise.all(some.map(async (file) => `${file}\0${await hashFile(path.join(folder, file), signal)}`))),
    );
  }
  return entries;
}

/** One digest over what is said and the entries. */
export function digestOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0\0')).digest('hex');
}

async function matches(folder: string, pattern: string): Promise<string[]> {
  const found: string[] = [];
  const exclude = (entry: string): boolean => passedOver.test(path.basename(entry));
  for await (const match of glob(pattern, { cwd: folder, exclude })) found.push(match.split(path.sep).join('/'));
  return found;
}

/** Adds a file, or all files of a folder. */
async function collect(
  folder: string,
  relative: string,
  files: Set<string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const found = await lstat(path.join(folder, relative)).catch(() => undefined);
  if (found?.isFile() || found?.isSymbolicLink()) files.add(relative);
  if (!found?.isDirectory()) return;
  const names = await readdir(path.join(folder, relative)).catch(() => []);
  for (const name of names.filter((each) => !passedOver.test(each))) {
    await collect(folder, relative === '.' ? name : `${relative}/${name}`, files, signal);
  }
}

/** What cannot be read is told by its reason: the commands will say more of it. */
async function hashFile(file: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  try {
    const found = await lstat(file);
    if (found.isSymbolicLink()) return `-> ${await readlink(file)}`;
    if (found.size <= smallBytes) return hash.update(await readFile(file, { signal })).digest('hex');
    for await (const chunk of createReadStream(file, { signal })) hash.update(chunk as Buffer);
    return hash.digest('hex');
  } catch (error) {
    signal?.throwIfAborted();
    return `? ${String(error instanceof Error ? Reflect.get(error, 'code') : error)}`;
  }
}
