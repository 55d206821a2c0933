import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/errors';
import type { Worktree } from '../../core/model';
import type { AgentRequests } from '../../core/ports/worktrees';
import { errorCode } from './paths';

/** One file in the worktree's own git directory: whoever removes it has the request. */
export class AgentRequestFiles implements AgentRequests {
  async request(worktree: Worktree): Promise<void> {
    await writeFile(fileOf(worktree), '', { mode: 0o600 });
  }

  async take(worktree: Worktree): Promise<boolean> {
    try {
      await rm(fileOf(worktree));
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw new AppError('failed', `The request for an agent in ${worktree.path} cannot be taken.`, { cause: error });
    }
  }
}

function fileOf(worktree: Worktree): string {
  return join(worktree.gitDir, 'coppice-agent');
}
