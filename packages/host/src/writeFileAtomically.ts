import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from './errorCode';
import { writeTemporary } from './writeTemporary';

const tries = 20;
const pauseMs = 25;

/**
 * Writes a file whole or not at all: readers see the old content or the new one, after a power cut, too. Only this user may read it
 * where `mode` says nothing else. Its folder must exist.
 *
 * @param beside what it is written to first has a name that begins with this one; in the same file system
 * @throws what the operating system says; the old content stays
 */
export async function writeFileAtomically(
  path: string,
  text: string | Uint8Array,
  mode = 0o600,
  beside = path,
): Promise<void> {
  const temporary = await writeTemporary(beside, text, mode);
  try {
    await replace(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** On Windows a file cannot be replaced in the moment in which somebody reads it. */
async function replace(from: string, to: string): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const isBusy = ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '');
      if (process.platform !== 'win32' || !isBusy || tried === tries) throw error;
      await delay(pauseMs);
    }
  }
}

/** So that the new name survives, too; Windows has no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch {
    // Some file systems cannot: the file itself is safe.
  } finally {
    await handle.close();
  }
}
