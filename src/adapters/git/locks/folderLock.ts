import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAppError } from '../../../core/errors';
import type { Repository } from '../../../core/model';
import { abortError } from '../../exec/abort';
import { FileLocks } from './fileLocks';
import { comparablePath } from '../files/paths';

const pauseMs = 50;

/** Works alone, of all processes of Coppice, on the worktree in a folder. @throws conflict when another one does */
export async function inFolderAlone<T>(repository: Repository, folder: string, work: () => Promise<T>): Promise<T> {
  const locks = new FileLocks(join(repository.commonDir, 'coppice', 'locks'));
  const lock = await locks.acquire(`folder ${await comparablePath(folder)}`, `a worktree is being made in ${folder}`);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** The same, once whoever does so has done. */
export async function inFolderNext<T>(
  repository: Repository,
  folder: string,
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (;;) {
    if (signal?.aborted) throw abortError(signal);
    let hasBegun = false;
    try {
      return await inFolderAlone(repository, folder, () => {
        hasBegun = true;
        return work();
      });
    } catch (error) {
      if (hasBegun || !isAppError(error, 'conflict')) throw error;
    }
    await delay(pauseMs);
  }
}
