import type { ClusterIdentity } from '../../core/model';
import type { ClusterAccess } from '../../core/ports/cluster';
import type { ChosenCluster } from '../../core/ports/clusters';
import type { LocalClusterRecords } from '../../core/ports/localClusters';
import { recordOf } from '../create/imageRoute';

export interface ClusterStatusPorts {
  readonly localRecords: LocalClusterRecords;
  /** undefined: it does not run. */
  readonly findEmbedded: (
    signal: AbortSignal,
  ) => Promise<{ readonly access: ClusterAccess; readonly gatewayPort: number } | undefined>;
  /** Starts nothing; undefined: it does not answer. */
  readonly probe: (chosen: ChosenCluster, signal: AbortSignal) => Promise<ClusterAccess | undefined>;
}

export interface ClusterStatus {
  readonly identity: ClusterIdentity;
  /** undefined: it does not run, or does not answer. */
  readonly access: ClusterAccess | undefined;
  /** Port of this machine that the URLs have; undefined where only the ingresses know it. */
  readonly port: number | undefined;
  /** Of a cluster that Coppice made in containers. */
  readonly registry: string | undefined;
}

/** Whether a cluster runs, and where. Starts nothing. */
export async function clusterStatus(
  ports: ClusterStatusPorts,
  chosen: ChosenCluster,
  signal: AbortSignal,
): Promise<ClusterStatus> {
  const { identity } = chosen;
  if (identity.kind === 'embedded') {
    const running = await ports.findEmbedded(signal);
    return { identity, access: running?.access, port: running?.gatewayPort, registry: undefined };
  }
  const [access, record] = await Promise.all([ports.probe(chosen, signal), recordOf(ports.localRecords, identity)]);
  return { identity, access, port: record?.httpPort, registry: record?.registry };
}
