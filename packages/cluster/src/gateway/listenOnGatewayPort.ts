import type { Gateway } from './gateway';

export interface AskedPort {
  /** Without it the last one is used, else 8080 or the next that is free. */
  readonly gatewayPort?: number | undefined;
  /** Instead of 8080: the first that is tried when no port is asked for. */
  readonly gatewayPortFrom?: number | undefined;
}

const FIRST = 8080;
const MORE = 100;
const HIGHEST = 65_535;

/**
 * Listens on the port that was asked for, and on no other; without one on the port of last time, else on the first that is free
 * from `gatewayPortFrom`, or from 8080. Returns the port. Rejects when none can be had.
 *
 * @param rememberedFrom the `gatewayPortFrom` that the port of last time was taken for, where that is known
 */
export async function listenOnGatewayPort(
  gateway: Gateway,
  { gatewayPort, gatewayPortFrom }: AskedPort,
  remembered: number | undefined,
  rememberedFrom?: number,
): Promise<number> {
  let problem: unknown;
  for (const port of gatewayPort === undefined
    ? candidates(gatewayPortFrom, remembered, rememberedFrom)
    : [gatewayPort]) {
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
function candidates(
  from: number | undefined,
  remembered: number | undefined,
  rememberedFrom: number | undefined,
): number[] {
  const first = from ?? FIRST;
  const next = Array.from({ length: MORE + 1 }, (_, index) => first + index).filter((port) => port <= HIGHEST);
  const isSameWish = from === undefined || ((rememberedFrom ?? from) === from && next.includes(remembered ?? 0));
  const isStillFit = remembered !== undefined && isSameWish;
  return isStillFit ? [remembered, ...next] : next;
}
