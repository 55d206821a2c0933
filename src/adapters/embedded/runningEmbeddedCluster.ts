import { parseRecord } from '@coppice/host/parseRecord';
import type { ClusterAccess } from '../../core/ports/cluster';

/** A running embedded cluster. */
export interface RunningEmbeddedCluster {
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly version: string;
  /** See `clusterContract`. */
  readonly contract: number;
  /** Where its gateway listens on this machine: the port of all URLs. */
  readonly gatewayPort: number;
  readonly access: ClusterAccess;
}

/** What it writes of itself once it is ready, in a file and as the first line of its output; undefined: something else. */
export function parseClusterFile(
  text: string,
  kubeconfig: { path: string; context: string },
): RunningEmbeddedCluster | undefined {
  const { pid, startedAt, version, contract, server, gatewayPort } = parseRecord(text) ?? {};
  if (typeof pid !== 'number' || typeof server !== 'string' || typeof gatewayPort !== 'number') return undefined;
  // Nothing else is ever ours: an address that a file names must not get the token.
  if (!/^https:\/\/127\.0\.0\.1:\d+$/.test(server) || pid <= 1) return undefined;
  return {
    pid,
    startedAt: typeof startedAt === 'string' ? startedAt : '',
    version: typeof version === 'string' ? version : '',
    contract: typeof contract === 'number' ? contract : 0,
    gatewayPort,
    access: { server, kubeconfig: kubeconfig.path, context: kubeconfig.context },
  };
}
