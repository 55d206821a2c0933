import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { folderState } from './paths';

/** Deletes that end one after the other, each in that moment. */
const attempts = 5;

/**
 * Makes the folder above a path, and puts something there. A delete of the last worktree takes that folder away while it is empty: then it is
 * made again.
 *
 * @param put undone where it rejects
 */
export async function belowMade<T>(path: string, put: () => Promise<T>): Promise<T> {
  const above = dirname(path);
  for (let attempt = 1; ; attempt++) {
    await mkdir(above, { recursive: true });
    try {
      return await put();
    } catch (error) {
      if (attempt === attempts || (await folderState(above)) !== 'absent') throw error;
    }
  }
}
