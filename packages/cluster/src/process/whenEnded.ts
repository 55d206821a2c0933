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
  // Who cannot be asked elsewhere than on Linux may be alive: there is a process of that number.
  return now === undefined ? process.platform === 'linux' : before !== undefined && now !== before;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
