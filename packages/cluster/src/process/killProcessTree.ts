import { errorCode } from '@coppice/host/errorCode';
import { linuxStartOf, readFile } from './linuxCensus';
import { systemLook } from './processCensus';
import { isRunOf, MARK } from './runMarks';
import type { SeenProcess } from './seenProcess';

/** Whether any process of the group is left. */
export function groupExists(pid: number): boolean {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Whether the process is still there; on Linux one that has ended and was not waited for is not. */
export function isThere({ pid, start }: Pick<SeenProcess, 'pid' | 'start'>): boolean {
  if (process.platform === 'linux') return linuxStartOf(pid) === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Sends a signal to one process, if its number is still its own. One that is gone, or not ours to end, is no error. */
export function signalSeen(one: Pick<SeenProcess, 'pid' | 'start'>, signal: NodeJS.Signals): void {
  if (one.pid <= 1 || one.pid === process.pid || !isThere(one)) return;
  try {
    process.kill(one.pid, signal);
  } catch {
    // It ended by itself, or it is not ours to end.
  }
}

/**
 * The processes of a cluster: those that carry its mark, in their environment or in their limits, and those of the groups. None on
 * Windows, which tells neither. One with a terminal of its own is somebody's who sits there, and none of the cluster's. Never rejects.
 */
export async function findProcesses(mark: string, groups: ReadonlySet<number> = new Set()): Promise<SeenProcess[]> {
  if (process.platform === 'win32') return [];
  const needle = `${MARK}=${mark}\0`;
  const all = await systemLook()().catch(() => []);
  return all.filter((one) => {
    if (one.pid === process.pid) return false;
    if (groups.has(one.group ?? 0)) return true;
    if (one.hasTerminal) return false;
    if (one.run !== undefined && isRunOf(mark, one.run)) return true;
    return process.platform === 'linux' && `${readFile(`/proc/${one.pid}/environ`)}\0`.includes(needle);
  });
}

/** The numbers of `findProcesses`. */
export async function findMarked(mark: string): Promise<number[]> {
  return (await findProcesses(mark)).map(({ pid }) => pid);
}
