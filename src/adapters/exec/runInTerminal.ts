import { spawn } from 'node:child_process';
import { AppError } from '../../core/errors';
import { findExecutable } from './findExecutable';

/**
 * Runs a program with this terminal as its own, until it ends.
 *
 * @param env the whole environment of the program
 * @returns its exit code; 1 when a signal ended it
 * @throws missingTool
 */
export async function runInTerminal(
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const [name = '', ...rest] = argv;
  const file = await findProgram(name, env);
  return new Promise((resolve, reject) => {
    const child = spawn(file, rest, { cwd, env, stdio: 'inherit' });
    child.on('error', (error) => reject(new AppError('failed', `"${name}" could not be started.`, { cause: error })));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** A path as it is, a name as the PATH has it. @throws missingTool */
export async function findProgram(name: string, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const file = /[\\/]/.test(name) ? name : await findExecutable(name, env);
  if (file === undefined) throw new AppError('missingTool', `The agent's program "${name}" was not found on the PATH.`);
  return file;
}
