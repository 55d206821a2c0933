import { link, open, rm } from 'node:fs/promises';
import { errorCode } from './errorCode';
import { writeTemporary } from './writeTemporary';

/** File systems without links: FAT, some network shares. */
const withoutLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'UNKNOWN']);

/**
 * Creates a file with its whole content at once, so that of several who try one wins and nobody sees a part of it. Only this user
 * may read it. Where the file system has no links, the content follows the name a moment later.
 *
 * @returns false when there is one already
 * @throws what the operating system says
 */
export async function createFileAtomically(path: string, text: string): Promise<boolean> {
  const temporary = await writeTemporary(path, text, 0o600);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (code === 'EEXIST') return false;
    if (!withoutLinks.has(code)) throw error;
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
