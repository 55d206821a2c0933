import { join } from 'node:path';

const paths = {
  cmd: ['cmd.exe'],
  netstat: ['netstat.exe'],
  powershell: ['WindowsPowerShell', 'v1.0', 'powershell.exe'],
  taskkill: ['taskkill.exe'],
  tasklist: ['tasklist.exe'],
} as const;

/**
 * A program of Windows by its full path: by its name Windows looks first in the current folder, which may be a repository's.
 *
 * @param env the environment that says where Windows is
 */
export function windowsProgram(
  name: keyof typeof paths,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return join(env['SystemRoot'] ?? env['SYSTEMROOT'] ?? 'C:\\Windows', 'System32', ...paths[name]);
}
