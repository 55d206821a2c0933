import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes what git has begun in a folder that was absent or empty, and that it knows no worktree in: at most the file that leads to one.
 * What else is there is somebody's who came in that moment, and so is the folder then.
 *
 * @param isKept the folder itself stays
 */
export async function removeUnknown(folder: string, isKept: boolean): Promise<void> {
  // None where it was never made: something else is in its place, or in that of a folder above.
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries || entries.some((entry) => entry.name !== '.git' || !entry.isFile())) return;
  await rm(join(folder, '.git'), { force: true });
  if (!isKept) await rmdir(folder).catch(() => undefined);
}
