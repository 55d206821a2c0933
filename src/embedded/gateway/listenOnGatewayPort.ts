import type { Gateway } from './gateway';

const FIRST = 8080;
const LAST = 8180;

/**
 * Listens on the port that was asked for, and on no other; without one on the port of last time, else on 8080 or the next that is
 * free. Returns the port. Rejects when none can be had.
 */
export async function listenOnGatewayPort(
  gateway: Gateway,
  wanted: number | undefined,
  remembered: number | undefined,
): Promise<number> {
  const next = Array.from({ length: LAST - FIRST + 1 }, (_, index) => FIRST + index);
  const candidates = wanted === undefined ? [...(remembered === undefined ? [] : [remembered]), ...next] : [wanted];
  let problem: unknown;
  for (const port of candidates) {
    try {
      await gateway.listen(port);
      return port;
    } catch (error) {
      problem = error;
    }
  }
  throw new Error(`no port for the gateway: ${problem instanceof Error ? problem.message : String(problem)}`);
}
