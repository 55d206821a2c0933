import { execFile } from 'node:child_process';
import { errorCode } from './errorCode';
import { windowsProgram } from './windowsProgram';

/**
 * Sends a signal to a process and all that it started: its process group, for which it must have been spawned `detached`; on
 * Windows its tree, which every signal ends at once. One that is gone, or not ours to end, is no error.
 */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  // To the system the groups 0 and 1 are our own and everybody's.
  if (!(pid > 1)) return;
  if (process.platform === 'win32') {
    execFile(windowsProgram('taskkill'), ['/pid', String(pid), '/T', '/F'], { windowsHide: true }, () => undefined);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // What is left of the group has changed its user: EPERM.
    if (!['ESRCH', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  }
}
