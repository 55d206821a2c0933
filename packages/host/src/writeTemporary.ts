import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';

/** Ends the names of files that are being written; who watches a folder passes them over. */
export const temporaryEnding = '.coppice-tmp';

/**
 * Writes a file beside another, which it is about to become: on the disk, and with its mode from its first byte on.
 *
 * @returns its path
 * @throws what the operating system says; nothing is left then
 */
export async function writeTemporary(path: string, text: string | Uint8Array, mode: number): Promise<string> {
  const temporary = `${path}.${randomUUID()}${temporaryEnding}`;
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      // An unusual umask may take more than others' rights.
      await handle.chmod(mode);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // On a full disk it takes the room that it was written for.
    await rm(temporary, { force: true });
    // What fails on an open file is told without its name.
    throw error instanceof Error && !('path' in error) ? Object.assign(error, { path }) : error;
  }
  return temporary;
}
