import { windowsProgram } from '@coppice/host/windowsProgram';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../core/errors';
import { exec } from '../../exec/exec';

/** Given to every git that fills a worktree, so that it can be told from all others when Coppice is gone and it is not. */
export function makingArguments(id: string): string[] {
  return ['-c', `coppice.making=${id}`];
}

const pauseMs = 20;
const patienceMs = 10_000;

/** Ends every git that a process of Coppice which is gone has left at work on a worktree: two would write the same files. */
export async function endStrayGit(id: string): Promise<void> {
  const argument = `coppice.making=${id}`;
  for (let waited = 0; ; waited += pauseMs) {
    const pids = await pidsWith(argument);
    if (pids.length === 0) return;
    if (waited > patienceMs) {
      throw new AppError(
        'conflict',
        `git (process ${pids.join(', ')}) is still at work on this worktree, and cannot be ended.`,
        {
          remedy: { title: 'Try Again', action: { kind: 'retry' } },
        },
      );
    }
    for (const pid of pids) end(pid);
    await delay(pauseMs);
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

async function pidsWith(argument: string): Promise<number[]> {
  const found = process.platform === 'linux' ? await fromProc(argument) : await fromTable(argument);
  return found.filter((pid) => pid !== process.pid);
}

async function fromProc(argument: string): Promise<number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      return text.split('\0').includes(argument) ? [Number(name)] : [];
    }),
  );
  return found.flat();
}

/** Lines that begin with the process's number and have its arguments. */
async function fromTable(argument: string): Promise<number[]> {
  const { argv, file } =
    process.platform === 'win32'
      ? {
          file: windowsProgram('powershell'),
          argv: [
            '-NoProfile',
            '-Command',
            `Get-CimInstance Win32_Process -Filter "Name = 'git.exe'" | ForEach-Object { "$($_.ProcessId) $($_.CommandLine)" }`,
          ],
        }
      : { file: 'ps', argv: ['-axww', '-o', 'pid=,command='] };
  const { stdout } = await exec({ file, argv, env: process.env, maxOutputBytes: 16 * 1024 * 1024, timeoutMs: 30_000 });
  return stdout
    .split('\n')
    .filter((line) => line.split(/\s+/).includes(argument))
    .map((line) => Number(/^\s*(\d+)/.exec(line)?.[1]))
    .filter((pid) => Number.isInteger(pid));
}
