import { execFile } from 'node:child_process';
import { join } from 'node:path';

/**
 * Ends a process with all that it started: its process group, for which it must have been spawned `detached`; on Windows
 * its tree, where every signal ends it at once. Processes that are gone already are no error.
 */
export function killTree(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    // By its full path: the current folder, where Windows looks first, may belong to anybody.
    const taskkill = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'taskkill.exe');
    execFile(taskkill, ['/pid', String(pid), '/T', '/F'], { windowsHide: true }, () => undefined);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended, or (EPERM) what is left of it changed its user and is not ours to end.
  }
}
