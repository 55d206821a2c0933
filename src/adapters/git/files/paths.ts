import { errorCode } from '@coppice/host/errorCode';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, normalize, resolve, sep } from 'node:path';

/** A path as this platform writes it; git writes forward slashes everywhere. */
export function platformPath(path: string): string {
  return normalize(path);
}

/**
 * A path to compare with others: without links, also where its last parts do not exist; on Windows without the difference
 * of case. Never rejects.
 */
export async function comparablePath(path: string): Promise<string> {
  const real = await realPath(resolve(path));
  return process.platform === 'win32' ? real.toLowerCase() : real;
}

async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPath(parent), basename(path));
  }
}

export async function isSameRealPath(a: string, b: string): Promise<boolean> {
  return a === b || (await comparablePath(a)) === (await comparablePath(b));
}

/** Whether a path lies in a folder, links followed as far as they lead. Never rejects. */
export async function liesWithin(path: string, folder: string): Promise<boolean> {
  const [inner, outer] = await Promise.all([path, folder].map(comparablePath));
  return inner !== undefined && inner.startsWith(`${outer}${sep}`);
}

/** What is at a path, links not followed. */
export async function folderState(path: string): Promise<'absent' | 'empty' | 'occupied'> {
  try {
    const entry = await lstat(path);
    if (!entry.isDirectory()) return 'occupied';
    return (await readdir(path)).length === 0 ? 'empty' : 'occupied';
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return 'absent';
    throw error;
  }
}
