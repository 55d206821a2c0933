import { constants } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from './postgresErrors';

const known = new Map<string, Promise<boolean>>();

/** Whether copies in a folder can share their blocks, by making one, once. Never rejects. */
export function sharesBlocks(folder: string): Promise<boolean> {
  const told = known.get(folder) ?? probe(folder);
  known.set(folder, told);
  return told;
}

async function probe(folder: string): Promise<boolean> {
  let place: string | undefined;
  try {
    place = await mkdtemp(path.join(folder, 'probe-'));
    const [one, other] = [path.join(place, 'one'), path.join(place, 'other')];
    await writeFile(one, 'x'.repeat(64 * 1024));
    await copyFile(one, other, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch (error) {
    // A disk that is full now tells nothing of itself.
    if (['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '')) known.delete(folder);
    return false;
  } finally {
    if (place !== undefined) await rm(place, { recursive: true, force: true }).catch(() => undefined);
  }
}
