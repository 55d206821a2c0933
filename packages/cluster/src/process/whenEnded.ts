import { readFileSync } from 'node:fs';
import { errorCode } from '@coppice/host/errorCode';
import { processStart } from '@coppice/host/processStart';

const lookMs = 2000;
/** Elsewhere than on Linux a program has to be started to ask when another was: each so many looks. */
const looksAStart = 30;
/** A look that fails must not be what ends all services. */
const looksToBeSure = 2;

/**
 * Calls back once, when a process has ended: some seconds later, and on other systems than Linux a minute later where another
 * process got its number. It is known by its start.
 *
 * @param pid of a process that runs now
 */
export function whenEnded(pid: number, onEnd: () => void, everyMs = lookMs): void {
  const started = processStart(pid);
  let looks = 0;
  let gone = 0;
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    looks++;
    void isGone(pid, started, process.platform === 'linux' || looks % looksAStart === 0).then((isOver) => {
      isLooking = false;
      gone = isOver ? gone + 1 : 0;
      if (gone < looksToBeSure) return;
      clearInterval(timer);
      onEnd();
    });
  }, everyMs);
}

async function isGone(pid: number, started: Promise<string | undefined>, askStart: boolean): Promise<boolean> {
  if (!exists(pid)) return true;
  if (!askStart) return false;
  const [before, now] = await Promise.all([started, processStart(pid)]);
  // Who cannot be asked may be alive: there is a process of that number.
  return now === undefined ? isZombie(pid) : before !== undefined && now !== before;
}

/** proc(5): Z has ended and was not waited for, X is dead. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch (error) {
    return errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH';
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
