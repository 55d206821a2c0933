import { bootId, ownPlace, silentAfterMs } from '@coppice/host/processPlace';
import { readFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';

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
  /** What its machine is called; undefined: it did not say. */
  readonly host?: string;
}

/** Who may be at work, as it wrote itself down. */
export type Maker = Pick<Holder, 'pid' | 'start' | 'since' | 'host'>;

/** Nothing that says no more than when it began takes longer. */
const longestMakingMs = 3600_000;

/** Nothing holds a lock that long: where only the number is known, by then it is another process's. */
export const longestHoldMs = 24 * 3600 * 1000;

/** Who holds what nobody is at any more, though the process that was is alive. No system gives a process this number. */
export const nobody = { pid: 2 ** 30, start: null, since: 0 } as const;

export async function thisProcess(): Promise<Pick<Holder, 'pid' | 'start' | 'since'>> {
  return { pid: process.pid, start: await startOf(process.pid), since: Date.now() };
}

/** @param lastWordMs when it last said that it is there, milliseconds since the epoch; undefined: it says so once only */
export async function isHolderAlive(holder: Maker, lastWordMs?: number): Promise<boolean> {
  if (await isElsewhere(holder)) {
    return lastWordMs === undefined
      ? Date.now() - holder.since < longestMakingMs
      : Date.now() - lastWordMs < silentAfterMs;
  }
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

/**
 * Whether its number is not of the processes that this one sees: a container's, whose folder is the host's, or a machine's with the same
 * disk. Another start of the same machine is no such place: nothing of before lives.
 */
export async function isElsewhere({ start, pid, host }: Maker): Promise<boolean> {
  if (pid === nobody.pid) return false;
  const isOtherHost = host !== undefined && host !== hostname();
  // Each process of Linux says when it started: one that does not is of the system around (a container's host, Windows around WSL, which
  // has its name, too).
  if (start === null) return isOtherHost || (await startOf(process.pid)) !== null;
  if (process.platform !== 'linux') return true;
  const [boot, , place] = start.split(':');
  const [ownBoot, { processes }] = await Promise.all([bootId(), ownPlace()]);
  if (boot !== ownBoot) return isOtherHost;
  return place !== processes;
}

/** proc(5): field 22 of /proc/<pid>/stat, in ticks since the boot that boot_id names; in a container also which one's processes it is among. */
async function startOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  try {
    const [stat, boot, { processes }] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      bootId(),
      ownPlace(),
    ]);
    // The second field, the name, may hold spaces and parentheses: count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const hasEnded = fields[0] === 'Z' || fields[0] === 'X';
    return hasEnded ? null : `${boot}:${fields[19]}${processes === undefined ? '' : `:${processes}`}`;
  } catch {
    return null;
  }
}
