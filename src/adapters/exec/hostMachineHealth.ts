import { readFile, readdir, readlink, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { AskedProgram, MachineHealth, WatchLimit } from '../../core/ports/machineHealth';
import { errorCode } from '@coppice/host/errorCode';
import { exec } from './exec';
import { programVersion, type VersionCall } from './programVersion';

export interface CalledProgram {
  readonly name: string;
  readonly call: VersionCall;
  readonly isNeeded: boolean;
}

export interface HostMachineHealthOptions {
  readonly userFolder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Asked at each call. */
  readonly programs: () => Promise<readonly CalledProgram[]>;
  /** Where the system tells of its processes; Linux has it. */
  readonly proc?: string;
}

const configMs = 5_000;

export class HostMachineHealth implements MachineHealth {
  constructor(private readonly options: HostMachineHealthOptions) {}

  async programs(signal: AbortSignal): Promise<readonly AskedProgram[]> {
    const { programs, userFolder: cwd, env } = this.options;
    return Promise.all(
      (await programs()).map(async ({ name, call, isNeeded }) => {
        try {
          return { name, isNeeded, version: await programVersion(call, { cwd, env }, signal), trouble: undefined };
        } catch (error) {
          return {
            name,
            isNeeded,
            version: undefined,
            trouble: error instanceof Error ? error.message : String(error),
          };
        }
      }),
    );
  }

  async space(folder: string): Promise<{ readonly free: number; readonly total: number } | undefined> {
    // What is not there yet will lie where the nearest folder above it does.
    for (let place = path.resolve(folder); ; place = path.dirname(place)) {
      try {
        const { bavail, blocks, bsize } = await statfs(place);
        return { free: bavail * bsize, total: blocks * bsize };
      } catch {
        if (place === path.dirname(place)) return undefined;
      }
    }
  }

  async lostMaintenance(signal: AbortSignal): Promise<readonly string[]> {
    const { userFolder: cwd, env } = this.options;
    const argv = ['config', '--global', '--null', '--type=path', '--get-all', 'maintenance.repo'];
    const request = { file: 'git', argv, cwd, env, timeoutMs: configMs, maxOutputBytes: 1_000_000 };
    // Without git, and where nothing is registered, it says nothing.
    const said = await exec(request, signal)
      .then(({ stdout }) => stdout)
      .catch(() => '');
    const folders = said.split('\0').filter((each) => path.isAbsolute(each));
    const areGone = await Promise.all(
      folders.map((each) =>
        stat(each).then(
          () => false,
          (error: unknown) => errorCode(error) === 'ENOENT',
        ),
      ),
    );
    return folders.filter((_, index) => areGone[index]);
  }

  /** inotify(7): limits of a user's instances, and of what they watch in sum. Each instance is an open file of its process. */
  async watchLimits(): Promise<readonly WatchLimit[]> {
    const { proc = '/proc' } = this.options;
    const limits = path.join(proc, 'sys', 'fs', 'inotify');
    const [instances, watches] = await Promise.all([
      numberIn(path.join(limits, 'max_user_instances')),
      numberIn(path.join(limits, 'max_user_watches')),
    ]);
    if (instances === undefined || watches === undefined) return [];
    const used = await usedWatches(proc);
    return [
      { what: 'file watchers', used: used.instances, limit: instances, setting: 'fs.inotify.max_user_instances' },
      { what: 'watched files and folders', used: used.watches, limit: watches, setting: 'fs.inotify.max_user_watches' },
    ];
  }
}

/** Of this user's processes: those of others cannot be looked into, and have limits of their own. */
async function usedWatches(proc: string): Promise<{ instances: number; watches: number }> {
  const used = { instances: 0, watches: 0 };
  const uid = process.getuid?.();
  for (const pid of await readdir(proc).catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      if ((await stat(path.join(proc, pid))).uid !== uid) continue;
      for (const fd of await readdir(path.join(proc, pid, 'fd'))) {
        if ((await readlink(path.join(proc, pid, 'fd', fd)).catch(() => '')) !== 'anon_inode:inotify') continue;
        used.instances++;
        const info = await readFile(path.join(proc, pid, 'fdinfo', fd), 'utf8').catch(() => '');
        used.watches += info.match(/^inotify /gm)?.length ?? 0;
      }
    } catch {
      // It has ended meanwhile.
    }
  }
  return used;
}

async function numberIn(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^\d+\s*$/.test(text) ? Number(text) : undefined;
}
