import type { ClusterOptions } from '../options';
import type { Gateway } from './gateway';

const FIRST = 8080;
const MORE = 100;
const HIGHEST = 65_535;

/**
 * Listens on the port that was asked for, and on no other; without one on the port of last time, else on the first that is free
 * from `gatewayPortFrom`, or from 8080. Returns the port. Rejects when none can be had.
 */
export async function listenOnGatewayPort(
  gateway: Gateway,
  { gatewayPort, gatewayPortFrom }: Partial<Pick<ClusterOptions, 'gatewayPort' | 'gatewayPortFrom'>>,
  remembered: number | undefined,
): Promise<number> {
  let problem: unknown;
  for (const port of gatewayPort === undefined ? candidates(gatewayPortFrom, remembered) : [gatewayPort]) {
    try {
      await gateway.listen(port);
      return port;
    } catch (error) {
      problem = error;
    }
  }
  throw new Error(`no port for the gateway: ${problem instanceof Error ? problem.message : String(problem)}`);
}

/** The port of last time keeps addresses as they were, unless another first one is wished for since. */
function candidates(from: number | undefined, remembered: number | undefined): number[] {
  const first = from ?? FIRST;
  const next = Array.from({ length: MORE + 1 }, (_, index) => first + index).filter((port) => port <= HIGHEST);
  const isStillFit = remembered !== undefined && (from === undefined || next.includes(remembered));
  return isStillFit ? [remembered, ...next] : next;
}
