import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/errors';
import type { Worktree } from '../../core/model';
import type { AgentRequests } from '../../core/ports/agents';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { errorCode } from '@coppice/host/errorCode';

/** Whoever asked an hour ago has gone on without it: a window that opens now must not start what nobody waits for. */
const validMs = 60 * 60 * 1000;

/** One file in the worktree's own git directory, with the time: whoever removes it has the request. */
export class AgentRequestFiles implements AgentRequests {
  async request(worktree: Worktree, now: number): Promise<void> {
    await writeFileAtomically(fileOf(worktree), `${JSON.stringify({ at: new Date(now).toISOString() })}\n`);
  }

  async take(worktree: Worktree, now: number): Promise<boolean> {
    const path = fileOf(worktree);
    try {
      const text = await readFile(path, 'utf8');
      // Not rm: of several at once, each succeeds.
      await unlink(path);
      // A clock that was put back makes a request of the future; one without a date is of nobody knows when.
      return Math.abs(now - timeOf(text)) <= validMs;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw new AppError('failed', `The request for an agent in ${worktree.path} cannot be taken.`, { cause: error });
    }
  }
}

/** NaN when it says none. */
function timeOf(text: string): number {
  try {
    const value: unknown = JSON.parse(text);
    const isTold = typeof value === 'object' && value !== null && 'at' in value && typeof value.at === 'string';
    return isTold ? Date.parse(String(value.at)) : NaN;
  } catch {
    return NaN;
  }
}

function fileOf(worktree: Worktree): string {
  return join(worktree.gitDir, 'coppice-agent');
}
