import { createServer } from 'node:net';

/** Below the range from which systems give ports to outgoing connections: a port found here is likely free tomorrow. */
const first = 15432;
const last = 15631;

export function isPortFree(port: number): Promise<boolean> {
  return bind(port).then((bound) => bound !== undefined);
}

/** A port of the loopback interface that is free now: `wanted` if it is, else the next one. */
export async function freePort(wanted: number | undefined): Promise<number> {
  const start = wanted ?? first;
  if (await isPortFree(start)) return start;
  for (let port = Math.max(first, start + 1); port <= last; port++) if (await isPortFree(port)) return port;
  const any = await bind(0);
  if (any === undefined) throw new Error('no port is free');
  return any;
}

function bind(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
