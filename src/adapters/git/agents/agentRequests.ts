import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentTask } from '../../../core/agents/agentTask';
import { AppError } from '../../../core/errors';
import type { Worktree } from '../../../core/model';
import type { AgentRequests } from '../../../core/ports/agents';
import { writePrivateFile } from '@coppice/host/writePrivateFile';
import { parseRecord } from '@coppice/host/parseRecord';
import { errorCode } from '@coppice/host/errorCode';

/** Whoever asked an hour ago has gone on without it: a window that opens now must not start what nobody waits for. */
const validMs = 60 * 60 * 1000;

/**
 * One file a worktree, with the time: whoever removes it has the request. In Coppice's own folder, as the git directory is written by
 * agents in their sandboxes, too: one could ask there for an agent without any, in another worktree, with a prompt of its own.
 */
export class AgentRequestFiles implements AgentRequests {
  /** @param folder $COPPICE_HOME/agents, absolute; made when first needed */
  constructor(private readonly folder: string) {}

  async request(worktree: Worktree, { prompt, resumes, isSandboxed }: AgentTask, now: number): Promise<void> {
    await this.#sweep(now);
    const told = { at: new Date(now).toISOString(), of: await markOf(worktree), prompt, resumes, isSandboxed };
    await writePrivateFile(this.#file(worktree), `${JSON.stringify(told)}\n`);
  }

  async read(worktree: Worktree, now: number): Promise<AgentTask | undefined> {
    const path = this.#file(worktree);
    try {
      const task = await validAt(now, worktree, await readFile(path, 'utf8'));
      // It says what somebody typed, and nobody else comes for it.
      if (!task) await rm(path, { force: true });
      return task;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw new AppError('failed', `The request for an agent in ${worktree.path} cannot be read.`, { cause: error });
    }
  }

  async take(worktree: Worktree, now: number): Promise<AgentTask | undefined> {
    const path = this.#file(worktree);
    try {
      const text = await readFile(path, 'utf8');
      // Not rm: of several at once, each succeeds.
      await unlink(path);
      return await validAt(now, worktree, text);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw new AppError('failed', `The request for an agent in ${worktree.path} cannot be taken.`, { cause: error });
    }
  }

  /** Of a worktree that is gone nobody comes for it. */
  async #sweep(now: number): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      const path = join(this.folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found && Math.abs(now - found.mtimeMs) > validMs) await rm(path, { force: true }).catch(() => undefined);
    }
  }

  #file({ gitDir }: Worktree): string {
    return join(this.folder, `${createHash('sha256').update(gitDir).digest('hex').slice(0, 32)}.json`);
  }
}

/** Tells a worktree from a later one of the same name: git writes this file once, when it makes one. The main worktree has none. */
async function markOf({ gitDir }: Worktree): Promise<string> {
  return stat(join(gitDir, 'commondir')).then(
    ({ ino, mtimeMs }) => `${ino} ${mtimeMs}`,
    () => 'main',
  );
}

/** A clock that was put back makes a request of the future; one without a date is of nobody knows when. */
async function validAt(now: number, worktree: Worktree, text: string): Promise<AgentTask | undefined> {
  const { at, of, task } = understood(text);
  return Math.abs(now - at) <= validMs && of === (await markOf(worktree)) ? task : undefined;
}

/** `at` is NaN when it says none. */
function understood(text: string): { readonly at: number; readonly of: unknown; readonly task: AgentTask } {
  const value = parseRecord(text) ?? {};
  const { at, of, prompt, resumes, isSandboxed } = value;
  return {
    of,
    at: typeof at === 'string' ? Date.parse(at) : NaN,
    task: {
      ...(typeof prompt === 'string' ? { prompt } : {}),
      ...(resumes === true ? { resumes } : {}),
      ...(isSandboxed === true ? { isSandboxed } : {}),
    },
  };
}
