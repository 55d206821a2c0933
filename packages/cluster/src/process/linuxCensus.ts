import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { RUN_MARK } from '@coppice/host/runMark';
import { lockLimit } from './runMarks';
import type { SeenProcess } from './seenProcess';

/** What one turn of the event loop may read: a few milliseconds' worth. */
const FILES_A_TURN = 150;

interface Known {
  start: string;
  run: string | undefined;
  looks: number;
}

/**
 * All living processes, from /proc. A process has its mark from its parent, before it runs at all: whoever has none at two looks
 * never will, so that each later look reads one small file a process.
 */
export class LinuxCensus {
  private known = new Map<number, Known>();

  async take(): Promise<SeenProcess[]> {
    const found: SeenProcess[] = [];
    const known = new Map<number, Known>();
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    for (const [index, name] of pids.entries()) {
      if (index % FILES_A_TURN === FILES_A_TURN - 1) await turn();
      const seen = readProcess(Number(name));
      if (!seen) continue;
      const before = this.known.get(seen.pid);
      const same = before?.start === seen.start ? before : undefined;
      const isDecided = same && (same.run !== undefined || same.looks > 1);
      const run = isDecided ? same.run : runOf(seen.pid);
      known.set(seen.pid, { start: seen.start, run, looks: (same?.looks ?? 0) + 1 });
      found.push({ ...seen, run });
    }
    this.known = known;
    return found;
  }
}

/** Whether the process is there and no zombie; on Linux only. */
export function linuxStartOf(pid: number): string | undefined {
  return readProcess(pid)?.start;
}

function readProcess(pid: number): Omit<SeenProcess, 'run'> | undefined {
  const stat = readFile(`/proc/${pid}/stat`);
  // The command's name may itself hold spaces and parentheses: what follows its last one is counted from 0 here, from 3 in proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session, terminal] = fields;
  const start = fields[19];
  if (start === undefined || state === 'Z' || state === 'X') return undefined;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    hasTerminal: terminal !== '0',
    start,
  };
}

function runOf(pid: number): string | undefined {
  const limit = lockLimit(readFile(`/proc/${pid}/limits`));
  if (limit !== undefined && limit.length === 19) return limit;
  return new RegExp(`(?:^|\0)${RUN_MARK}=(\\d{19})(?:\0|$)`).exec(readFile(`/proc/${pid}/environ`))?.[1];
}

/**
 * '' for what is gone, or not ours to look into. Node reads a whole file as UTF-8 in one step, and any other way by pieces of 64 KB that
 * it has to clean up.
 */
export function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
