/** A port of a service, and where it can be reached on this machine. */
export interface ReachablePort {
  name?: string | undefined;
  listenPort: number;
}

const HOST = '127.0.0.1';

/**
 * The variables with which Kubernetes tells a pod where a service is; ports are the real ones. Without those that Docker's links
 * had (`REDIS_PORT=tcp://…`): programs read such names for settings of their own.
 */
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
  return result;
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}
