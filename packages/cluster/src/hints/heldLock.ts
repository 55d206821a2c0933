import { readdir, readFile, readlink, stat } from 'node:fs/promises';

/** Of /proc/locks, see proc(5): who waits for a lock on a file, and who holds it. */
export interface AwaitedLock {
  readonly waits: number;
  readonly holds: number;
  readonly inode: string;
}

/** How long a process may take to be looked into, in files that it has open. */
const maxOpenFiles = 2000;

/** That one of these processes waits for a lock on a file which another process holds. Linux only; undefined: none does, or nobody says. */
export async function heldLock(
  pids: readonly number[],
  readTable = () => readFile('/proc/locks', 'latin1'),
): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const table = await readTable().catch(() => '');
  const found = awaitedLocks(table).find(({ waits, holds }) => pids.includes(waits) && !pids.includes(holds));
  if (found === undefined) return undefined;
  const file = await fileWith(found.waits, found.inode).catch(() => undefined);
  // It may have ended by now, or be in a container.
  const name = await readFile(`/proc/${found.holds}/comm`, 'utf8').catch(() => undefined);
  const holder = found.holds <= 0 ? 'another process' : `process ${found.holds}${name ? ` (${name.trim()})` : ''}`;
  return `it waits for the lock on ${file ?? 'a file'}, which ${holder} holds`;
}

/** A line with an arrow waits for the lock of the same number. */
export function awaitedLocks(table: string): AwaitedLock[] {
  const holders = new Map<string, number>();
  const found: AwaitedLock[] = [];
  for (const line of table.split('\n')) {
    const [, number, arrow, pid, inode] =
      /^(\d+): (?:( *->) )?(?:FLOCK|POSIX|OFDLCK) +\S+ +\S+ +(-?\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? [];
    if (number === undefined || pid === undefined || inode === undefined) continue;
    const holds = holders.get(number);
    if (arrow === undefined) holders.set(number, Number(pid));
    else if (holds !== undefined) found.push({ waits: Number(pid), holds, inode });
  }
  return found;
}

async function fileWith(pid: number, inode: string): Promise<string | undefined> {
  const folder = `/proc/${pid}/fd`;
  for (const name of (await readdir(folder)).slice(0, maxOpenFiles)) {
    const path = `${folder}/${name}`;
    const seen = await stat(path, { bigint: true }).catch(() => undefined);
    if (seen?.isFile() && String(seen.ino) === inode) return readlink(path);
  }
  return undefined;
}
