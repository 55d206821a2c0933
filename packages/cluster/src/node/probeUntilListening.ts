import { runProbe, type Probe, type ProbeOutcome, type ProbeTarget } from './probe';

const firstPauseMs = 5;
/** What starts in a second is known to be ready within 50 ms, and what has not begun to listen in minutes is asked no oftener than others. */
const pausesAStart = 20;

/**
 * Asks a process that may still be starting: while nothing listens on its port it is asked again, up to the probe's own period, so that
 * it is known to be ready when it is and not a period later; the longer it takes, the less often. Any answer counts at once.
 * Never rejects.
 *
 * @param since when it was asked first, by `performance.now()`
 */
export async function probeUntilListening(
  probe: Probe,
  target: ProbeTarget,
  isRunning: () => Promise<boolean>,
  since: number,
): Promise<ProbeOutcome> {
  const deadline = performance.now() + (probe.periodSeconds ?? 10) * 1000;
  for (;;) {
    const outcome = await runProbe(probe, target);
    const now = performance.now();
    const pause = Math.max(firstPauseMs, (now - since) / pausesAStart);
    if (outcome.refusedPort === undefined || now + pause > deadline || !(await isRunning())) return outcome;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
