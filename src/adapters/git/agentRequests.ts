import { readFile, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentTask } from '../../core/agentTask';
import { AppError } from '../../core/errors';
import type { Worktree } from '../../core/model';
import type { AgentRequests } from '../../core/ports/agents';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { parseRecord } from '@coppice/host/parseRecord';
import { errorCode } from '@coppice/host/errorCode';

/** Whoever asked an hour ago has gone on without it: a window that opens now must not start what nobody waits for. */
const validMs = 60 * 60 * 1000;

/** One file in the worktree's own git directory, with the time: whoever removes it has the request. */
export class AgentRequestFiles implements AgentRequests {
  async request(worktree: Worktree, { prompt, resumes, isSandboxed }: AgentTask, now: number): Promise<void> {
    const told = { at: new Date(now).toISOString(), prompt, resumes, isSandboxed };
    await writeFileAtomically(fileOf(worktree), `${JSON.stringify(told)}\n`);
  }

  async read(worktree: Worktree, now: number): Promise<AgentTask | undefined> {
    const path = fileOf(worktree);
    try {
      const task = validAt(now, await readFile(path, 'utf8'));
      // It says what somebody typed, and nobody else comes for it.
      if (!task) await rm(path, { force: true });
      return task;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw new AppError('failed', `The request for an agent in ${worktree.path} cannot be read.`, { cause: error });
    }
  }

  async take(worktree: Worktree, now: number): Promise<AgentTask | undefined> {
    const path = fileOf(worktree);
    try {
      const text = await readFile(path, 'utf8');
      // Not rm: of several at once, each succeeds.
      await unlink(path);
      return validAt(now, text);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw new AppError('failed', `The request for an agent in ${worktree.path} cannot be taken.`, { cause: error });
    }
  }
}

/** A clock that was put back makes a request of the future; one without a date is of nobody knows when. */
function validAt(now: number, text: string): AgentTask | undefined {
  const { at, task } = understood(text);
  return Math.abs(now - at) <= validMs ? task : undefined;
}

/** `at` is NaN when it says none. */
function understood(text: string): { readonly at: number; readonly task: AgentTask } {
  const value = parseRecord(text) ?? {};
  const { at, prompt, resumes, isSandboxed } = value;
  return {
    at: typeof at === 'string' ? Date.parse(at) : NaN,
    task: {
      ...(typeof prompt === 'string' ? { prompt } : {}),
      ...(resumes === true ? { resumes } : {}),
      ...(isSandboxed === true ? { isSandboxed } : {}),
    },
  };
}

function fileOf(worktree: Worktree): string {
  return join(worktree.gitDir, 'coppice-agent');
}
