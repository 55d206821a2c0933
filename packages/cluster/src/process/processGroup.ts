import { signalTree } from '@coppice/host/signalTree';
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { accessSync, closeSync, constants as modes, existsSync, openSync, readSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, resolve as resolvePath, sep } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { groupExists } from './killProcessTree';

export interface ProcessGroupOptions {
  command: string;
  args: readonly string[];
  folder: string;
  env: Readonly<Record<string, string>>;
  /** Only when the cluster runs as root. */
  uid?: number | undefined;
  gid?: number | undefined;
  /** Whether it can be written to; otherwise its input is empty. */
  stdin?: boolean;
  /** A program and its arguments that become the command, see `Launcher`. */
  launcher?: readonly [program: string, ...args: string[]] | undefined;
}

/** Why a process could not be started; the message reads like a container runtime's. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

/** A process in a group of its own: the others of its group end with it, unless they are spared. */
export class ProcessGroup {
  /** The exit code; 128 + the signal's number when a signal ended it. Never rejects. */
  readonly exited: Promise<number>;
  private running = true;
  private endsOthers = true;

  private constructor(
    readonly pid: number,
    readonly stdout: Readable,
    readonly stderr: Readable,
    /** undefined unless it was asked for. */
    readonly stdin: Writable | undefined,
    child: ChildProcess,
  ) {
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.running = false;
        // As with a container: when its first process ends, the others end too.
        if (this.endsOthers && process.platform !== 'win32' && groupExists(pid)) signalTree(pid, 'SIGKILL');
        resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
      });
    });
  }

  /** Rejects with a `StartFailure` when there is no such program or folder. No shell is involved. */
  static start(options: ProcessGroupOptions): Promise<ProcessGroup> {
    const problem = problemOfFolder(options.folder) ?? (options.launcher && problemOfProgram(options));
    if (problem) return Promise.reject(new StartFailure(problem));
    return new Promise((resolve, reject) => {
      let child: ReturnType<typeof spawnPiped>;
      try {
        child = spawnPiped(options);
      } catch (error) {
        reject(startFailure(options.command, error));
        return;
      }
      child.once('error', (error) => reject(startFailure(options.command, error)));
      // The pid is there at once, before the 'spawn' event: who watches over processes must not miss a moment.
      if (child.pid !== undefined) {
        const stdin = child.stdin ?? undefined;
        // A program that ended, or that reads no more, is no fault of who writes.
        stdin?.on('error', () => undefined);
        resolve(new ProcessGroup(child.pid, child.stdout, child.stderr, stdin, child));
      }
    });
  }

  get alive(): boolean {
    return this.running;
  }

  /** From now on the others of the group live on when the first process ends. */
  spareOthers(): void {
    this.endsOthers = false;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) signalTree(this.pid, signal);
  }

  /** Asks politely, then insists. Resolves when the process is gone. */
  async stop(signal: NodeJS.Signals, graceMs: number): Promise<void> {
    if (!this.running) return;
    this.signal(signal);
    const timer = setTimeout(() => this.signal('SIGKILL'), graceMs);
    await this.exited;
    clearTimeout(timer);
  }
}

function spawnPiped(options: ProcessGroupOptions) {
  const { folder, env, uid, gid, stdin, launcher = [] } = options;
  const [command = '', ...args] = [...launcher, options.command, ...options.args];
  const settings = {
    cwd: folder,
    env: { ...env },
    detached: process.platform !== 'win32',
    windowsHide: true,
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  };
  return stdin
    ? spawn(command, args, { ...settings, stdio: ['pipe', 'pipe', 'pipe'] })
    : spawn(command, args, { ...settings, stdio: ['ignore', 'pipe', 'pipe'] });
}

function problemOfFolder(folder: string): string | undefined {
  try {
    return statSync(folder).isDirectory() ? undefined : `chdir to cwd ("${folder}"): not a directory`;
  } catch {
    return `chdir to cwd ("${folder}"): no such file or directory`;
  }
}

/** What the launcher would find out too late to be told: there is no such program, or it is none. Of POSIX systems only. */
function problemOfProgram({ command, folder, env, uid }: ProcessGroupOptions): string | undefined {
  const places = isPath(command)
    ? [resolvePath(folder, command)]
    : (env['PATH'] ?? '/usr/bin:/bin').split(delimiter).map((place) => resolvePath(folder, place, command));
  let denied = false;
  for (const place of places) {
    try {
      if (!statSync(place).isFile()) continue;
      // Another user's rights are the system's to judge.
      if (uid === undefined) accessSync(place, modes.X_OK);
      // The system says no more than that either, and the launcher says it in its own name.
      return lacksInterpreter(place) ? `exec: "${command}": no such file or directory` : undefined;
    } catch (error) {
      denied ||= error instanceof Error && 'code' in error && error.code === 'EACCES';
    }
  }
  const code = denied ? 'EACCES' : 'ENOENT';
  return startFailure(command, Object.assign(new Error(code), { code })).message;
}

/** Whether it is a script, and what its first line names is not there: a `\r` at its end is part of the name. */
function lacksInterpreter(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    // What may be run and not read is a program.
    return false;
  }
  try {
    const head = Buffer.alloc(256);
    // A path is bytes: of other letters than ASCII each is more than one.
    const text = head.toString('latin1', 0, readSync(file, head, 0, head.length, 0));
    const interpreter = /^#![ \t]*([^ \t\n]+)(?=[ \t\n])/.exec(text)?.[1];
    return interpreter !== undefined && isAbsolute(interpreter) && !existsSync(Buffer.from(interpreter, 'latin1'));
  } catch {
    return false;
  } finally {
    closeSync(file);
  }
}

function startFailure(command: string, error: unknown): StartFailure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason =
    code === 'ENOENT'
      ? isPath(command)
        ? `stat ${command}: no such file or directory`
        : 'executable file not found in $PATH'
      : code === 'EACCES'
        ? 'permission denied'
        : error instanceof Error
          ? error.message
          : String(error);
  return new StartFailure(`exec: "${command}": ${reason}`);
}

function isPath(command: string): boolean {
  return command.includes('/') || command.includes(sep);
}
