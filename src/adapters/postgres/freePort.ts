import { anyPort } from '@coppice/host/anyPort';
import { isPortFree } from '@coppice/host/isPortFree';

/** Below the range from which systems give ports to outgoing connections: a port found here is likely free tomorrow. */
const first = 15432;
const last = 15631;
/** Where the server listens, and what all its URLs say. */
const host = '127.0.0.1';

/**
 * A port of the loopback interface that is free now: `wanted` if it is, else the next one.
 *
 * @throws when there is none
 */
export async function freePort(wanted: number | undefined): Promise<number> {
  const start = wanted ?? first;
  const isFree = (port: number): Promise<boolean> => isPortFree(port, { hosts: [host] });
  if (await isFree(start)) return start;
  for (let port = Math.max(first, start + 1); port <= last; port++) if (await isFree(port)) return port;
  return anyPort(host);
}
