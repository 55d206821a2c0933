import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, isAbsolute, resolve } from 'node:path';
import { AppError } from '../../core/errors';
import { windowsInvocation } from './batchFile';
import { findExecutable } from './findExecutable';

export interface Launch {
  /** A name (looked up on PATH of `env`), or a path (a relative one counts from `cwd`). */
  readonly file: string;
  readonly argv: readonly string[];
  /** Without one it is that of this process, or where that is gone the home folder. */
  readonly cwd?: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Starts a program, without a shell, in a process group of its own (not on Windows, where that would open a console).
 *
 * @throws missingTool when there is no such program, notFound when there is no such folder, denied, invalidInput, failed;
 *   no message holds an argument or a variable: they may be secret
 */
export async function launch(request: Launch, stdio: StdioOptions, keepsRunning: boolean): Promise<ChildProcess> {
  const cwd = request.cwd ?? (await ownFolder());
  // A missing folder and a missing program give the same ENOENT.
  if (!(await isFolder(cwd))) throw new AppError('notFound', `The folder ${cwd} does not exist.`);
  const file = await locate(request, cwd);
  const isWindows = process.platform === 'win32';
  const invocation = isWindows
    ? windowsInvocation(file, request.argv, request.env)
    : { file, argv: request.argv, isVerbatim: false };
  return new Promise((resolvePromise, reject) => {
    let child: ChildProcess;
    try {
      child = spawn(invocation.file, [...invocation.argv], {
        cwd,
        env: { ...request.env },
        stdio,
        detached: !isWindows || keepsRunning,
        windowsHide: true,
        windowsVerbatimArguments: invocation.isVerbatim,
        ...(request.uid === undefined ? {} : { uid: request.uid }),
        ...(request.gid === undefined ? {} : { gid: request.gid }),
      });
    } catch (error) {
      reject(startFailure(request.file, error));
      return;
    }
    child.once('error', (error) => reject(startFailure(request.file, error)));
    // At once and not with 'spawn': who listens to the child's output must not miss any of it.
    if (child.pid !== undefined) resolvePromise(child);
  });
}

/** Whoever started an editor in a worktree may have deleted that since. */
async function ownFolder(): Promise<string> {
  try {
    const own = process.cwd();
    if (await isFolder(own)) return own;
  } catch {
    // It has no name any more.
  }
  return homedir();
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}

async function locate(request: Launch, cwd: string): Promise<string> {
  if (isAbsolute(request.file)) return request.file;
  if (/[\\/]/.test(request.file)) return resolve(cwd, request.file);
  const found = await findExecutable(request.file, request.env);
  if (found === undefined) throw missingTool(request.file);
  return found;
}

function missingTool(file: string, cause?: unknown): AppError {
  return new AppError('missingTool', `The program ${JSON.stringify(basename(file))} was not found.`, {
    explanation: /[\\/]/.test(file) ? `There is no ${file}.` : 'It is in no folder of PATH.',
    cause,
  });
}

function startFailure(file: string, error: unknown): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const shown = JSON.stringify(basename(file));
  if (code === 'ENOENT') return missingTool(file, error);
  if (code === 'EACCES' || code === 'EPERM') {
    return new AppError('denied', `The program ${shown} may not be run by this user.`, { explanation: file });
  }
  if (code === 'ERR_INVALID_ARG_VALUE') {
    return new AppError('invalidInput', `An argument for ${shown} holds a NUL character.`);
  }
  // Without the cause: Node's error holds the arguments.
  return new AppError('failed', `The program ${shown} could not be started${code ? ` (${code})` : ''}.`);
}
