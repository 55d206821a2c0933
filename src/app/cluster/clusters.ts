import type { LocalClusterRecord } from '../../core/ports/localClusters';
import type { ChooseClusterRequest, ChooseClusterResult } from './chooseCluster';
import type { ClusterOptions } from './clusterOptions';
import type { ClusterStatus } from './clusterStatus';
import type { ClusterContents, DeleteClusterRequest } from './deleteCluster';
import type { SetUpRequest, SetUpResult } from './setUpCluster';
import type { StoppedCluster } from './stopCluster';
import type { UseCase } from '../run/run';

/** Any folder of the repository that is meant, or of the worktree where one is. */
interface InFolder {
  readonly folder: string;
}

/** A cluster by its name; without one that of the repository at hand. */
interface NamedCluster {
  readonly name?: string | undefined;
}

/** The clusters that the repository at hand can use, and those that Coppice makes on this machine. */
export interface Clusters {
  /** Starts nothing. Without a name that of the repository at hand. */
  status(name: string | undefined, signal: AbortSignal): Promise<ClusterStatus>;
  /** What the repository of a folder can choose from, and which one it uses. */
  options(folder: string, signal: AbortSignal): Promise<ClusterOptions>;
  readonly choose: UseCase<ChooseClusterRequest, ChooseClusterResult>;
  readonly setUp: UseCase<SetUpRequest, SetUpResult>;
  readonly start: UseCase<NamedCluster, void>;
  readonly stop: UseCase<NamedCluster, StoppedCluster>;
  /** What goes with a cluster that Coppice made. */
  readonly contents: UseCase<InFolder & { readonly name: string }, ClusterContents>;
  readonly delete: UseCase<DeleteClusterRequest, ClusterContents>;
  /** Those that Coppice made on this machine. */
  local(): Promise<readonly LocalClusterRecord[]>;
  /** Port of the embedded cluster's gateway; undefined: it does not run. */
  gatewayPort(): Promise<number | undefined>;
}
