import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { RUN_MARK } from '@coppice/host/runMark';
import { isAppError } from '../../core/errors';
import type { FolderProgram, FolderPrograms } from '../../core/ports/folderPrograms';
import { exec } from './exec';

interface PlacedProgram extends FolderProgram {
  readonly folder: string;
}

export interface FolderProgramsOptions {
  readonly platform?: NodeJS.Platform;
  /** Where the system tells of its processes; Linux has it. */
  readonly proc?: string;
  /** The program that tells on macOS. */
  readonly lsof?: string;
  /** How long it may take. Milliseconds. */
  readonly timeoutMs?: number;
}

export class HostFolderPrograms implements FolderPrograms {
  readonly #platform: NodeJS.Platform;
  readonly #proc: string;
  readonly #lsof: string;
  readonly #timeoutMs: number;

  constructor(
    private readonly env: Readonly<Record<string, string | undefined>>,
    {
      platform = process.platform,
      proc = '/proc',
      lsof = '/usr/sbin/lsof',
      timeoutMs = 20_000,
    }: FolderProgramsOptions = {},
  ) {
    this.#platform = platform;
    this.#proc = proc;
    this.#lsof = lsof;
    this.#timeoutMs = timeoutMs;
  }

  async in(
    folders: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly FolderProgram[]> | undefined> {
    const placed = await this.#placed(signal);
    if (!placed) return undefined;
    const found = new Map<string, FolderProgram[]>();
    const real = await Promise.all(
      folders.map(async (folder) => ({ folder, at: await realpath(folder).catch(() => folder) })),
    );
    for (const { pid, name, folder: at } of placed) {
      const holders = real.filter((one) => at === one.at || at.startsWith(one.at + sep));
      const innermost = holders.sort((a, b) => b.at.length - a.at.length)[0];
      if (!innermost) continue;
      const others = found.get(innermost.folder) ?? [];
      found.set(innermost.folder, [...others, { pid, name }]);
    }
    return found;
  }

  #placed(signal?: AbortSignal): Promise<readonly PlacedProgram[] | undefined> {
    if (this.#platform === 'linux') return placedByProc(this.#proc, signal);
    if (this.#platform === 'darwin') return this.#placedByLsof(signal);
    // Windows tells nobody the folder of another program, and takes none away that one works in.
    return Promise.resolve(this.#platform === 'win32' ? [] : undefined);
  }

  async #placedByLsof(signal?: AbortSignal): Promise<readonly PlacedProgram[] | undefined> {
    const env = Object.fromEntries(
      Object.entries(this.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    try {
      const { stdout } = await exec(
        {
          file: this.#lsof,
          argv: ['-w', '-n', '-P', '-a', '-d', 'cwd', '-u', String(process.getuid?.() ?? 0), '-F', 'pcn'],
          cwd: '/',
          env,
          maxOutputBytes: 20_000_000,
          timeoutMs: this.#timeoutMs,
        },
        signal,
      );
      const all = parseLsof(stdout);
      const others = all.filter(({ pid }) => pid !== process.pid);
      // Whatever its exit code means: an answer without this one is none.
      return others.length < all.length ? others : undefined;
    } catch (error) {
      if (!isAppError(error)) throw error;
      return undefined;
    }
  }
}

/** lsof(8), "OUTPUT FOR OTHER PROGRAMS": each line is a field, named by its first letter; p begins a process. */
export function parseLsof(output: string): PlacedProgram[] {
  const found: PlacedProgram[] = [];
  let pid = 0;
  let name = '';
  for (const line of output.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) [pid, name] = [Number(value), ''];
    else if (line.startsWith('c')) name = value;
    else if (line.startsWith('n')) found.push({ pid, name, folder: value });
  }
  return found;
}

async function placedByProc(proc: string, signal?: AbortSignal): Promise<PlacedProgram[] | undefined> {
  const names: readonly string[] = await readdir(proc).catch(() => []);
  // What does not tell of this one may leave out others.
  if (!names.includes(String(process.pid))) return undefined;
  const pids = names.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found: PlacedProgram[] = [];
  for (const pid of pids) {
    signal?.throwIfAborted();
    // Gone, or another user's: nobody is told where that one is.
    const folder = await readlink(`${proc}/${pid}/cwd`).catch(() => undefined);
    if (folder === undefined) continue;
    const stat = await readFile(`${proc}/${pid}/stat`, 'utf8').catch(() => '');
    const end = stat.lastIndexOf(')');
    // proc(5): the name is in parentheses, which it may hold itself; the fifth field after it is the terminal, 0 is none.
    const [state, , , , terminal] = stat.slice(end + 2).split(' ');
    if (state === undefined || state === 'Z' || state === 'X') continue;
    if (terminal === '0' && (await isOfCluster(proc, pid))) continue;
    found.push({ pid: Number(pid), name: stat.slice(stat.indexOf('(') + 1, end), folder });
  }
  return found;
}

/** Services of an environment run in its folder, and end with it. */
async function isOfCluster(proc: string, pid: string): Promise<boolean> {
  const environment = await readFile(`${proc}/${pid}/environ`, 'latin1').catch(() => '');
  return environment.split('\0').some((entry) => entry.startsWith(`${RUN_MARK}=`));
}
