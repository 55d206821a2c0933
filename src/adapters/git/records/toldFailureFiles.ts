import { errorCode } from '@coppice/host/errorCode';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../core/errors';
import type { Worktree } from '../../../core/model';
import type { ToldFailures } from '../../../core/ports/toldFailures';

/** An empty file in the worktree's git directory: whoever makes it is the one who tells. */
export class ToldFailureFiles implements ToldFailures {
  async claim({ gitDir }: Pick<Worktree, 'gitDir'>): Promise<boolean> {
    try {
      await (await open(fileIn(gitDir), 'wx', 0o600)).close();
      return true;
    } catch (error) {
      const code = errorCode(error);
      // Somebody was quicker; or the worktree is gone, and nobody is to be told of it any more.
      if (code === 'EEXIST' || code === 'ENOENT') return false;
      throw new AppError('failed', `It cannot be written down in ${gitDir} that a failure is told.`, { cause: error });
    }
  }

  async forget({ gitDir }: Pick<Worktree, 'gitDir'>): Promise<void> {
    try {
      await rm(fileIn(gitDir), { force: true });
    } catch (error) {
      throw new AppError('failed', `What is written down in ${gitDir} of a failure stays.`, { cause: error });
    }
  }
}

function fileIn(gitDir: string): string {
  return join(gitDir, 'coppice-told-failure');
}
