import { randomUUID } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './paths';

/** Ends the names of files that are being written; who watches a folder passes them over. */
export const temporaryEnding = '.coppice-tmp';

/** Writes a file whole or not at all; it survives a power cut. The folder must exist. */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  const temporary = await writeTemporary(path, text);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Creates a file with its whole content at once: nobody ever sees a part of it.
 * @returns false when there is one already
 */
export async function createFileAtomically(path: string, text: string): Promise<boolean> {
  const temporary = await writeTemporary(path, text);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // File systems without links (FAT, some network shares).
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'UNKNOWN'].includes(errorCode(error) ?? ''))
      throw error;
    return await createDirectly(path, text);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function createDirectly(path: string, text: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx', 0o600);
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function writeTemporary(path: string, text: string): Promise<string> {
  const temporary = `${path}.${randomUUID()}${temporaryEnding}`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
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
