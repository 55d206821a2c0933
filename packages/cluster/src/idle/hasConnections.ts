import { readFile } from 'node:fs/promises';
import { listenersByPid, socketsOf } from '../network/listeners';
import { isConnected, parseEstablished } from './openConnections';

/**
 * Whether anybody outside of a namespace has an open connection with its processes. Only on Linux. Rejects when the system does not tell.
 *
 * @param pids of the namespace's processes
 * @param servicePorts where this cluster listens for the namespace's services
 */
export async function hasConnections(pids: readonly number[], servicePorts: readonly number[]): Promise<boolean> {
  const listeners = await listenersByPid(pids);
  const tables = await Promise.all([
    readFile('/proc/net/tcp', 'latin1'),
    // A machine without IPv6.
    readFile('/proc/net/tcp6', 'latin1').catch(() => ''),
  ]);
  return isConnected(tables.flatMap(parseEstablished), {
    own: new Set(pids.flatMap(socketsOf)),
    cluster: new Set(socketsOf(process.pid)),
    ports: new Set([...servicePorts, ...[...listeners.values()].flat().map(({ port }) => port)]),
  });
}
