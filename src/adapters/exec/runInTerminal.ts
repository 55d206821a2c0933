import { spawn } from 'node:child_process';
import { AppError } from '../../core/errors';
import type { Invocation } from './batchFile';

/**
 * Runs a program with this terminal as its own, until it ends.
 *
 * @param env the whole environment of the program
 * @returns its exit code; 1 when a signal ended it
 */
export async function runInTerminal(
  { file, argv, isVerbatim }: Invocation,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...argv], { cwd, env, stdio: 'inherit', windowsVerbatimArguments: isVerbatim });
    child.on('error', (error) => reject(new AppError('failed', `"${file}" could not be started.`, { cause: error })));
    child.on('close', (code) => resolve(code ?? 1));
  });
}
