import { windowsProgram } from '@coppice/host/windowsProgram';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { AppError } from '../../core/errors';
import { windowsInvocation, type Invocation } from './batchFile';
import { findExecutable } from './findExecutable';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * How the agent is started: as a program of its own, so that nothing is typed into a shell, where another extension or a prompt
 * may type as well.
 *
 * @param argv a path as it is (`~/` is the home folder, a relative one counts from `folder`), a name as the PATH has it
 * @throws missingTool, invalidInput when a batch file cannot be given an argument
 */
export async function agentProgram(argv: readonly string[], folder: string, env: Variables): Promise<Invocation> {
  const [name = '', ...rest] = argv;
  const isPath = /[\\/]/.test(name);
  const file = isPath ? resolve(folder, name.replace(/^~(?=[\\/])/, homedir())) : await findExecutable(name, env);
  if (file === undefined) throw new AppError('missingTool', `The agent's program "${name}" was not found on the PATH.`);
  return process.platform === 'win32' ? windowsInvocation(file, rest, env) : { file, argv: rest, isVerbatim: false };
}

/** For a command that only a shell understands: the setting is the person's own, and so is what it says. */
export function agentShell(command: string, env: Variables): Invocation {
  if (process.platform !== 'win32') return { file: '/bin/sh', argv: ['-c', command], isVerbatim: false };
  const file = windowsProgram('cmd', env);
  return { file, argv: ['/d', '/s', '/c', `"${command}"`], isVerbatim: true };
}
