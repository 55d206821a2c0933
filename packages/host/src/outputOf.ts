import { execFile } from 'node:child_process';

export interface OutputOptions {
  /** Exit codes that mean no failure. */
  readonly usual?: readonly number[];
  /** 0: none. */
  readonly timeoutMs?: number;
}

/**
 * What a program of the operating system prints, in English and in UTC whatever the person speaks and wherever they are.
 *
 * @throws when it cannot be started, fails, or prints more than anything of it is worth
 */
export function outputOf(file: string, args: readonly string[], options: OutputOptions = {}): Promise<string> {
  const { usual = [], timeoutMs = 20_000 } = options;
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  return new Promise((resolve, reject) => {
    execFile(file, args, { windowsHide: true, env, maxBuffer: 64e6, timeout: timeoutMs }, (error, stdout) => {
      if (error && !usual.includes(Number(error.code))) reject(error);
      else resolve(stdout);
    });
  });
}
