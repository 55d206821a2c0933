import { runProbe, type Probe, type ProbeOutcome, type ProbeTarget } from './probe';

const firstPauseMs = 5;
/** What starts in a second is known to be ready within 50 ms, and what has not begun to listen in minutes is asked no oftener than others. */
const pausesAStart = 20;
/** A program is run for each of these, or one that listens has to answer: of a start in a second no more than some five. */
const answersAStart = 4;
/** How long what begins to listen has to go on with it, at least and at most: it is longer where all takes longer. */
const heldMs = { least: 40, most: 500 };

/** How a process is asked that may still be starting. */
export interface WhileStarting {
  /** When it was asked first, by `performance.now()`. */
  readonly since: number;
  /** Whether the first answer counts, however it is: a startup probe waits for a good one. */
  readonly isAnyAnswerEnough: boolean;
  isRunning(): Promise<boolean>;
}

/**
 * Asks a process that may still be starting: while nothing listens on its port, or what it is asked says that it has not started, it is
 * asked again, up to the probe's own period, so that it is known to be ready when it is and not a period later; the longer it takes, the
 * less often. A port that takes connections has to take one a little later as well: launchers open the port that a server is to have,
 * to see that it is free, and close it again. Never rejects.
 */
export async function probeWhileStarting(
  probe: Probe,
  target: ProbeTarget,
  { since, isAnyAnswerEnough, isRunning }: WhileStarting,
): Promise<ProbeOutcome> {
  const deadline = performance.now() + (probe.periodSeconds ?? 10) * 1000;
  for (;;) {
    const outcome = await askAndHold(probe, target, since);
    const isRefused = outcome.refusedPort !== undefined;
    if (outcome.healthy || (isAnyAnswerEnough && !isRefused)) return outcome;
    const now = performance.now();
    const pauseMs = Math.max(firstPauseMs, (now - since) / (isRefused ? pausesAStart : answersAStart));
    if (now + pauseMs > deadline || !(await isRunning())) return outcome;
    await pause(pauseMs);
  }
}

async function askAndHold(probe: Probe, target: ProbeTarget, since: number): Promise<ProbeOutcome> {
  const outcome = await runProbe(probe, target);
  if (!outcome.healthy || !probe.tcpSocket || probe.exec || probe.httpGet) return outcome;
  await pause(Math.min(Math.max(heldMs.least, (performance.now() - since) / pausesAStart), heldMs.most));
  return runProbe(probe, target);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
