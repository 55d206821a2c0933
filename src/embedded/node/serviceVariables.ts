/** A port of a service, and where it can be reached on this machine. */
export interface ReachablePort {
  name?: string | undefined;
  port: number;
  protocol: string;
  listenPort: number;
}

const HOST = '127.0.0.1';

/** The variables with which Kubernetes tells a pod where a service is; `port` in names is the service's, in values the real one. */
export function serviceVariables(service: string, ports: readonly ReachablePort[]): Map<string, string> {
  const result = new Map<string, string>();
  const prefix = variableName(service);
  const [first] = ports;
  if (!first) return result;
  result.set(`${prefix}_SERVICE_HOST`, HOST);
  result.set(`${prefix}_SERVICE_PORT`, String(first.listenPort));
  for (const port of ports) {
    if (port.name) result.set(`${prefix}_SERVICE_PORT_${variableName(port.name)}`, String(port.listenPort));
  }
  for (const [index, { port, protocol, listenPort }] of ports.entries()) {
    const scheme = protocol.toLowerCase();
    const url = `${scheme}://${HOST}:${listenPort}`;
    const link = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
    if (index === 0) result.set(`${prefix}_PORT`, url);
    result.set(link, url);
    result.set(`${link}_PROTO`, scheme);
    result.set(`${link}_PORT`, String(listenPort));
    result.set(`${link}_ADDR`, HOST);
  }
  return result;
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}
