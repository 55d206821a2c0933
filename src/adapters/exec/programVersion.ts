import { AppError } from '../../core/errors';
import { exec } from './exec';

/** The program, and the arguments with which it says its version. */
export type VersionCall = readonly [file: string, ...argv: string[]];

/**
 * The first line that a program says of its version. Rejects as `exec` does, and when the program fails or says nothing: what stands
 * in a program's place (a shim, the stub of an operating system) is there and is not the program. @throws failed
 */
export async function programVersion(
  [file, ...argv]: VersionCall,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<string> {
  const { stdout, stderr, exitCode } = await exec({ file, argv, cwd, env, maxOutputBytes: 8 * 1024 }, signal);
  const [first = ''] = (stdout.trim() || stderr.trim()).split('\n', 1);
  if (exitCode !== 0) throw new AppError('failed', `it ends with exit code ${exitCode}${first ? `: ${first}` : ''}`);
  if (first === '') throw new AppError('failed', 'it says nothing of its version');
  return first;
}
