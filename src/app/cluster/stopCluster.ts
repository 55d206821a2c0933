import { traitsOf } from '../../core/clusterTraits';
import type { ClusterIdentity } from '../../core/model';
import type { LocalClusters } from '../../core/ports/localClusters';
import type { UseCase } from '../run/run';
import { nameOfLocal, notOurs } from './startCluster';

export interface StopClusterPorts {
  readonly localClusters: LocalClusters;
  /** Stops what the embedded cluster consists of. */
  readonly stopEmbedded: UseCase<void, StoppedCluster>;
}

export interface StoppedCluster {
  /** Whether it ran. */
  readonly cluster: boolean;
  /** Whether a database server of Coppice's own was stopped: only with the embedded cluster, whose services need it. */
  readonly databases: boolean;
}

/** Stops a cluster where that is Coppice's to do; nothing in it is lost. @throws notConfigured where it is not, notFound */
export function stopCluster(ports: StopClusterPorts): UseCase<ClusterIdentity, StoppedCluster> {
  return async (identity, run) => {
    switch (traitsOf(identity).canStart) {
      case 'onUse':
        return ports.stopEmbedded(undefined, run);
      case 'onRequest': {
        const name = nameOfLocal(identity);
        await ports.localClusters.verifyTools(run.signal);
        const there = (await ports.localClusters.list(run.signal)).find((cluster) => cluster.name === name);
        await ports.localClusters.stop(name, run.signal);
        return { cluster: there?.isRunning === true, databases: false };
      }
      case 'never':
        throw notOurs(identity, 'stopped');
    }
  };
}
