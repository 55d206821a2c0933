import { readFile } from 'node:fs/promises';
import { uptime } from 'node:os';

/** Who holds a lock. */
export interface Holder {
  readonly pid: number;
  /** When the process started, in the system's words; null where that cannot be read. It tells a number from its reuse. */
  readonly start: string | null;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly what: string;
  /** Of this one time that it is held. */
  readonly token: string;
}

/** Nothing holds a lock that long: where only the number is known, by then it is another process's. */
export const longestHoldMs = 24 * 3600 * 1000;

/** Who holds what nobody is at any more, though the process that was is alive. No system gives a process this number. */
export const nobody = { pid: 2 ** 30, start: null, since: 0 } as const;

export async function thisProcess(): Promise<Pick<Holder, 'pid' | 'start' | 'since'>> {
  return { pid: process.pid, start: await startOf(process.pid), since: Date.now() };
}

export async function isHolderAlive(holder: Pick<Holder, 'pid' | 'start' | 'since'>): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    const isOthers = error instanceof Error && 'code' in error && error.code === 'EPERM';
    if (!isOthers) return false;
  }
  if (holder.start !== null) {
    const start = await startOf(holder.pid);
    return start === holder.start;
  }
  const bootedAt = Date.now() - uptime() * 1000;
  return holder.since > bootedAt - 60_000 && Date.now() - holder.since < longestHoldMs;
}

/** proc(5): field 22 of /proc/<pid>/stat, in ticks since the boot that boot_id names. */
async function startOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The second field, the name, may hold spaces and parentheses: count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const hasEnded = fields[0] === 'Z' || fields[0] === 'X';
    return hasEnded ? null : `${boot.trim()}:${fields[19]}`;
  } catch {
    return null;
  }
}
