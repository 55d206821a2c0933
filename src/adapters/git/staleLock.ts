import { readFile } from 'node:fs/promises';
import { lockOwner } from '../../core/lockOwner';
import { exec } from '../exec/exec';

/** Whether a worktree is locked by a process that has ended: nobody else will ever unlock it. In doubt it has not. */
export async function isStaleLock(reason: string | undefined): Promise<boolean> {
  const owner = reason === undefined ? undefined : lockOwner(reason);
  if (owner === undefined) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
  // The number may be another process's by now.
  if (owner.start === undefined) return false;
  const start = await startOf(owner.pid);
  return start !== undefined && start !== owner.start;
}

/** In the words that Claude Code writes; undefined: it cannot be read here. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The second field, the name, may hold spaces and parentheses: count from its end.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? 'ended' : fields[19];
    }
    if (process.platform !== 'darwin') return undefined;
    const { stdout, exitCode } = await exec({
      file: '/bin/ps',
      argv: ['-o', 'lstart=', '-p', String(pid)],
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      timeoutMs: 5000,
      maxOutputBytes: 1000,
    });
    return exitCode === 0 ? stdout.trim() || undefined : undefined;
  } catch {
    return undefined;
  }
}
