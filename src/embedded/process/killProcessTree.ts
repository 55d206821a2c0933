import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

/** Sends a signal to a whole process group. A group that is gone is no error; on Windows every signal ends the tree at once. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (process.platform === 'win32') {
    execFile('taskkill', ['/pid', String(pid), '/T', '/F'], { windowsHide: true }, () => undefined);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!isErrno(error, 'ESRCH') && !isErrno(error, 'EPERM')) throw error;
  }
}

/** Whether any process of the group is left. */
export function groupExists(pid: number): boolean {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 0);
    return true;
  } catch (error) {
    return isErrno(error, 'EPERM');
  }
}

/** The environment variable that marks every process of a cluster, children included. */
export const MARK = 'COPPICE_CLUSTER_MARK';

/**
 * The processes that carry the mark, found by their environment (Linux; elsewhere none). It finds those that left their
 * process group. Never rejects.
 */
export async function findMarked(mark: string): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const needle = `${MARK}=${mark}\0`;
  const found: number[] = [];
  const entries = await readdir('/proc').catch(() => []);
  await Promise.all(
    entries.map(async (entry) => {
      if (!/^\d+$/.test(entry) || Number(entry) === process.pid) return;
      const environment = await readFile(`/proc/${entry}/environ`, 'latin1').catch(() => '');
      if (`${environment}\0`.includes(needle)) found.push(Number(entry));
    }),
  );
  return found;
}

/** Kills single processes for good; those that are gone already are no error. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself, or it is not ours to end.
    }
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
