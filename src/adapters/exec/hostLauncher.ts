import { chmod, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { AppError } from '../../core/errors';
import { batchLauncher, isLauncher, pathLine, shellLauncher } from '../../core/launcherText';
import type { Launcher, LauncherState } from '../../core/ports/launcher';
import { findExecutable } from './findExecutable';

export interface HostLauncherOptions {
  /** The extension's folder, whose name ends with its version. */
  readonly root: string;
  readonly execPath: string;
  readonly isElectron: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * In `~/.local/bin`; on Windows in the folder below the user's that Windows itself puts on PATH. What lies there and is not ours is
 * never touched.
 */
export class HostLauncher implements Launcher {
  readonly #folder: string;
  readonly #file: string;
  readonly #text: string;

  constructor(private readonly options: HostLauncherOptions) {
    const { root, execPath, isElectron, env } = options;
    const home = env['HOME'] || env['USERPROFILE'] || homedir();
    const isWindows = process.platform === 'win32';
    const local = env['LOCALAPPDATA'] || path.join(home, 'AppData', 'Local');
    this.#folder = isWindows ? path.join(local, 'Microsoft', 'WindowsApps') : path.join(home, '.local', 'bin');
    this.#file = path.join(this.#folder, isWindows ? 'coppice.cmd' : 'coppice');
    const script = path.join(root, 'dist', 'cli.js');
    // "coppice.coppice-0.1.0": an update of the extension is a folder beside it.
    const name = /^(.+)-\d+\.\d+\.\d+[^/\\]*$/.exec(path.basename(root))?.[1];
    const otherScripts = name && path.join(path.dirname(root), `${name}-*`, 'dist', 'cli.js');
    const launched = { program: execPath, isElectron, script, otherScripts };
    this.#text = isWindows ? batchLauncher(launched, env['USERPROFILE'] ?? '') : shellLauncher(launched);
  }

  async look(): Promise<LauncherState> {
    const found = await this.#read();
    const is = found === undefined ? 'absent' : isLauncher(found) ? 'ours' : 'foreign';
    const toAdd = (await this.#isOnPath())
      ? undefined
      : pathLine(this.#folder, process.platform, this.options.env['SHELL'] ?? '');
    return { file: this.#file, is, toAdd };
  }

  async install(): Promise<LauncherState> {
    const { is } = await this.look();
    if (is === 'foreign') throw foreign(this.#file);
    const onPath = await findExecutable('coppice', this.options.env);
    // In front of another program of that name, or behind it, ours would be a riddle.
    if (onPath !== undefined && !isLauncher(await readFile(onPath, 'utf8').catch(() => ''))) throw foreign(onPath);
    await this.#write();
    return this.look();
  }

  async remove(): Promise<void> {
    const { is } = await this.look();
    if (is === 'foreign') throw foreign(this.#file);
    if (is === 'ours') await rm(this.#file);
  }

  async refresh(): Promise<boolean> {
    const found = await this.#read();
    if (found === undefined || !isLauncher(found) || found === this.#text) return false;
    await this.#write();
    return true;
  }

  async #read(): Promise<string | undefined> {
    try {
      return await readFile(this.#file, 'utf8');
    } catch (error) {
      // A folder, or what we may not read, is there and is not ours.
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : '';
    }
  }

  /** Another window may write at the same time, and a terminal may start it: it is always a whole one. */
  async #write(): Promise<void> {
    const temporary = `${this.#file}.${process.pid}.${Date.now()}`;
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(temporary, this.#text, { mode: 0o755, flag: 'wx' });
      await chmod(temporary, 0o755);
      await rename(temporary, this.#file);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  async #isOnPath(): Promise<boolean> {
    const { env } = this.options;
    const value = env['PATH'] ?? Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
    const own = await real(this.#folder);
    for (const folder of value.split(path.delimiter))
      if (path.isAbsolute(folder) && (await real(folder)) === own) return true;
    return false;
  }
}

async function real(folder: string): Promise<string> {
  return realpath(folder).catch(() => path.resolve(folder));
}

function foreign(file: string): AppError {
  return new AppError('conflict', `Another program called coppice is there already: ${file}. It is left as it is.`, {
    explanation: 'Remove or rename it, if it may go, and install the command again.',
  });
}
