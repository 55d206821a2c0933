import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { statSync } from 'node:fs';
import { sep } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { groupExists, signalGroup } from './killProcessTree';

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
}

/** Why a process could not be started; the message reads like a container runtime's. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

/** A process in a group of its own, so that its children end with it. */
export class ProcessGroup {
  /** The exit code; 128 + the signal's number when a signal ended it. Never rejects. */
  readonly exited: Promise<number>;
  private running = true;

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
        if (process.platform !== 'win32' && groupExists(pid)) signalGroup(pid, 'SIGKILL');
        resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
      });
    });
  }

  /** Rejects with a `StartFailure` when there is no such program or folder. No shell is involved. */
  static start(options: ProcessGroupOptions): Promise<ProcessGroup> {
    const folderProblem = problemOfFolder(options.folder);
    if (folderProblem) return Promise.reject(new StartFailure(folderProblem));
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

  signal(signal: NodeJS.Signals): void {
    if (this.running) signalGroup(this.pid, signal);
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
  const { command, args, folder, env, uid, gid, stdin } = options;
  const settings = {
    cwd: folder,
    env: { ...env },
    detached: process.platform !== 'win32',
    windowsHide: true,
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  };
  return stdin
    ? spawn(command, [...args], { ...settings, stdio: ['pipe', 'pipe', 'pipe'] })
    : spawn(command, [...args], { ...settings, stdio: ['ignore', 'pipe', 'pipe'] });
}

function problemOfFolder(folder: string): string | undefined {
  try {
    return statSync(folder).isDirectory() ? undefined : `chdir to cwd ("${folder}"): not a directory`;
  } catch {
    return `chdir to cwd ("${folder}"): no such file or directory`;
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
