import { readFileSync } from 'node:fs';
import { ClusterLog } from '../state/clusterLog';
import { writeLastEnd } from '../state/lastEnd';
import { stateFolderAt } from '../state/stateFolder';
import { diskOf, isHomeLost } from './isHomeLost';
import { TICK_MS, Watchdog } from './watchdog';

const reasons = {
  standstill: 'its event loop stood still for 10 s',
  stop: 'it did not end within 90 s',
} as const;

/** A folder that is away for a moment is no folder that is gone. */
const LOST_TICKS = 5;

/**
 * Ends the cluster when its folder is gone, and when it stands still, and writes down that it did, for the next one to say. In the reaper, which does the rest:
 * it sees the cluster's end as any other.
 *
 * @param root the cluster's folder
 * @param pid the process that started this one
 * @param mark the cluster's
 */
export function watchCluster(root: string, pid: number, mark: string): Watchdog {
  const watchdog = new Watchdog();
  const folder = stateFolderAt(root);
  const disk = diskOf(root);
  let last = performance.now();
  let lastWaited = waitedMs(pid);
  let lost = 0;
  setInterval(() => {
    const now = performance.now();
    const waited = waitedMs(pid);
    // What cannot be read now is read the next time, for both.
    const more = waited === undefined || lastWaited === undefined ? 0 : waited - lastWaited;
    const verdict = watchdog.tick(now - last, isPaused(pid), more);
    last = now;
    lastWaited = waited ?? lastWaited;
    // Whose parent died belongs to another process: the number may be anybody's.
    if (watchdog.isResting || (process.platform !== 'win32' && process.ppid !== pid)) return;
    lost = isHomeLost(root, mark, disk) ? lost + 1 : 0;
    // It gets no time to write: what it knows belongs nowhere.
    if (lost >= LOST_TICKS) return kill(pid);
    if (verdict === undefined) return;
    const reason = reasons[verdict];
    new ClusterLog(folder.logFile).write(`ending process ${pid}: ${reason}`);
    writeLastEnd(folder.lastEndFile, { at: new Date().toISOString(), pid, reason });
    kill(pid);
  }, TICK_MS);
  return watchdog;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** proc(5): T is stopped, t is stopped by a debugger. Elsewhere nobody can tell. */
function isPaused(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return /^[Tt]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/**
 * How long a process's first thread, which is its event loop, could run and waited for a processor: the second field of
 * `/proc/<pid>/schedstat`, nanoseconds (Linux, Documentation/scheduler/sched-stats). undefined: nobody can tell.
 */
function waitedMs(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const [, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return waited === undefined ? undefined : Number(waited) / 1e6;
  } catch {
    return undefined;
  }
}
