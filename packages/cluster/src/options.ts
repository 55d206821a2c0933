import { parseArgs } from 'node:util';

export interface ClusterOptions {
  /** Of the API; without it the last one is used, else any. */
  port: number | undefined;
  /** Without it the last one is used, else 8080 or the next that is free. */
  gatewayPort: number | undefined;
  /** Instead of 8080: the first that is tried when no port is asked for. */
  gatewayPortFrom: number | undefined;
}

/** Throws an error whose message tells what was expected. */
export function parseOptions(args: readonly string[]): ClusterOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      'gateway-port': { type: 'string' },
      'gateway-port-from': { type: 'string' },
    },
    strict: true,
  });
  return {
    port: toPort('--port', values.port),
    gatewayPort: toPort('--gateway-port', values['gateway-port']),
    gatewayPortFrom: toPort('--gateway-port-from', values['gateway-port-from']),
  };
}

function toPort(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new Error(`${name} must be a port, from 1 to 65535, not "${text}"`);
  return port;
}
