import { constants } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Whether copies in a folder can share their blocks, by making one. Never rejects. */
export async function sharesBlocks(folder: string): Promise<boolean> {
  const place = await mkdtemp(path.join(folder, 'probe-')).catch(() => undefined);
  if (place === undefined) return false;
  try {
    const [one, other] = [path.join(place, 'one'), path.join(place, 'other')];
    await writeFile(one, 'x'.repeat(64 * 1024));
    await copyFile(one, other, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  } finally {
    await rm(place, { recursive: true, force: true }).catch(() => undefined);
  }
}
