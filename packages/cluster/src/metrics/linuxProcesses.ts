import { readFileSync, readdirSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { ProcessEntry } from './processEntry';

/** What one turn of the event loop may read: about a millisecond's worth, which no request notices. */
const FILES_A_TURN = 50;

/** Keys of the auxiliary vector (getauxval(3)): the size of a page, and the clock ticks of a second. */
const AT_PAGESZ = 6n;
const AT_CLKTCK = 17n;

/**
 * From /proc. These files cost no disk: to read one is faster than to have it read by another thread, which takes five times as
 * long for all of them.
 */
export async function readLinuxProcesses(): Promise<ProcessEntry[]> {
  const units = (known ??= readUnits());
  const found: ProcessEntry[] = [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  for (const [index, pid] of pids.entries()) {
    if (index % FILES_A_TURN === FILES_A_TURN - 1) await turn();
    const entry = parseStat(readStat(pid), units);
    if (entry) found.push(entry);
  }
  return found;
}

export interface Units {
  pageBytes: number;
  ticksPerSecond: number;
}

let known: Units | undefined;

/** One /proc/<pid>/stat, see proc(5). Undefined for a process that has gone. */
export function parseStat(stat: string | undefined, { pageBytes, ticksPerSecond }: Units): ProcessEntry | undefined {
  if (stat === undefined) return undefined;
  // The command's name may itself hold spaces and parentheses: what follows its last one is counted from 0 here, from 3 there.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'X') return undefined;
  const at = (index: number): number => Number(fields[index] ?? 0);
  return {
    pid: Number.parseInt(stat, 10),
    parent: at(1),
    group: at(2),
    cpuSeconds: (at(11) + at(12) + at(13) + at(14)) / ticksPerSecond,
    memoryBytes: at(21) * pageBytes,
    started: undefined,
  };
}

function readStat(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
}

/** As the kernel tells every process at its start, in pairs of a key and a value. */
function readUnits(): Units {
  const units = { pageBytes: 4096, ticksPerSecond: 100 };
  try {
    const vector = readFileSync('/proc/self/auxv');
    for (let offset = 0; offset + 16 <= vector.length; offset += 16) {
      const [key, value] = [vector.readBigUInt64LE(offset), Number(vector.readBigUInt64LE(offset + 8))];
      if (key === AT_PAGESZ && value > 0) units.pageBytes = value;
      if (key === AT_CLKTCK && value > 0) units.ticksPerSecond = value;
    }
  } catch {
    // A hardened /proc: these two are what nearly every machine has.
  }
  return units;
}
