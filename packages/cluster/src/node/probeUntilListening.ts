import { runProbe, type Probe, type ProbeOutcome, type ProbeTarget } from './probe';

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;

/**
 * Asks a process that may still be starting: while nothing listens on its port it is asked again, up to the probe's own period, so that
 * it is known to be ready when it is and not a period later. Any answer counts at once. Never rejects.
 */
export async function probeUntilListening(
  probe: Probe,
  target: ProbeTarget,
  isRunning: () => Promise<boolean>,
): Promise<ProbeOutcome> {
  const deadline = performance.now() + (probe.periodSeconds ?? 10) * 1000;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const outcome = await runProbe(probe, target);
    if (outcome.refusedPort === undefined || performance.now() + pause > deadline || !(await isRunning()))
      return outcome;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
