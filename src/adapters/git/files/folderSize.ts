import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@coppice/host/errorCode';
import type { FolderSize } from '../../../core/ports/worktreeFacts';
import { mountPoints } from './mountPoints';

/** Twenty large `node_modules`: whoever asks wants to know what is worth a look, not the last byte. */
const maxEntries = 2_000_000;
/** Node.js asks the system with four threads: more at once only fills its memory. */
const concurrency = 8;

/**
 * The sum of the lengths of all files in a folder. No link is followed, no mount and no other file system is entered. What goes while it
 * is looked at does not count.
 *
 * @param without absolute paths of folders in it that are left out
 * @param limit after so many entries the rest is not looked at
 */
export async function folderSize(
  root: string,
  without: readonly string[],
  signal?: AbortSignal,
  limit: number = maxEntries,
): Promise<FolderSize> {
  const leftOut = new Set([...without, ...(await mountPoints(root))]);
  const own = await lstat(root);
  // What lies in its place may lead anywhere.
  if (!own.isDirectory()) return { bytes: own.size, isCut: false };
  const { dev } = own;
  const pending = [root];
  let bytes = 0;
  let entries = 0;
  let isCut = false;
  const enter = async (folder: string): Promise<void> => {
    const found = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') isCut = true;
      return [];
    });
    entries += found.length;
    for (const entry of found) {
      signal?.throwIfAborted();
      const path = join(folder, entry.name);
      if (leftOut.has(path)) continue;
      const stat = await lstat(path).catch(() => undefined);
      if (!stat || stat.dev !== dev) continue;
      if (stat.isDirectory()) pending.push(path);
      else bytes += stat.size;
    }
  };
  const work = async (): Promise<void> => {
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (entries > limit) {
        isCut = true;
        return;
      }
      await enter(next);
    }
  };
  // Who finds nothing to do ends, while others may still find more: so they begin again for as long as there is some.
  while (pending.length > 0 && entries <= limit) await Promise.all(Array.from({ length: concurrency }, work));
  return { bytes, isCut: isCut || pending.length > 0 };
}
