import type { ClusterIdentity } from '../model';

/** Clusters that Coppice makes on this machine, in containers. */
export interface LocalClusters {
  /** Whether what makes clusters is there and runs. @throws missingTool (with the page that tells how to install it), unreachable */
  verifyTools(signal?: AbortSignal): Promise<void>;
  /** All clusters of that kind on this machine, whoever made them. @throws missingTool, unreachable, failed */
  list(signal?: AbortSignal): Promise<LocalCluster[]>;
  /**
   * Makes the cluster with its registry, and makes the folders that it mounts. What it began is left when it fails or is
   * cancelled: `discard` takes it back.
   * @param onNews one line a thing that is being done
   * @throws failed with the tool's own line, timeout
   */
  create(plan: LocalClusterPlan, onNews: (line: string) => void, signal?: AbortSignal): Promise<void>;
  /**
   * Deletes what a `create` with this mark made or half made; leaves alone a cluster of that name with another mark.
   * @returns what could not be deleted, for a person; undefined: nothing is left
   */
  discard(name: string, mark: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Writes its kubeconfig to a file of our own; no other kubeconfig is touched. @returns what it leads to */
  writeKubeconfig(name: string, signal?: AbortSignal): Promise<KubeconfigOfCluster>;
  /** Idempotent. @throws notFound, failed */
  start(name: string, onNews: (line: string) => void, signal?: AbortSignal): Promise<void>;
  /** Idempotent; nothing is deleted. @throws notFound, failed */
  stop(name: string, signal?: AbortSignal): Promise<void>;
  /** With its registry, its volumes and its kubeconfig. No error when it is gone. @throws conflict when its mark is another, failed */
  delete(name: string, mark: string, signal?: AbortSignal): Promise<void>;
}

export interface LocalCluster {
  readonly name: string;
  /** What `create` stamped on its nodes; undefined: not made by Coppice. */
  readonly mark: string | undefined;
  readonly isRunning: boolean;
  /** Port of this machine that leads to the ingress controller's port 80. */
  readonly httpPort: number | undefined;
}

/** What a cluster is to be like. */
export interface LocalClusterPlan {
  readonly name: string;
  readonly mark: string;
  readonly httpPort: number;
  readonly registryPort: number;
  /** Absolute folders of this machine that all nodes get. */
  readonly folders: readonly string[];
}

export interface KubeconfigOfCluster {
  readonly identity: ClusterIdentity & { readonly context: string; readonly server: string };
  /** Absolute path of the file. */
  readonly kubeconfig: string;
}

/** What Coppice remembers of a cluster that it made, for as long as there is one. */
export interface LocalClusterRecord {
  readonly version: 1;
  readonly name: string;
  readonly mark: string;
  /** 'creating' until every step was done once. */
  readonly state: 'creating' | 'created';
  readonly httpPort: number;
  /** `localhost:<port>`: images are pushed under this name from here, and pulled under the same name by the nodes. */
  readonly registry: string;
  readonly folders: readonly MountedFolder[];
  /** undefined while it is being made. */
  readonly access: KubeconfigOfCluster | undefined;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface MountedFolder {
  /** Absolute, on this machine. */
  readonly folder: string;
  /** The same folder as the nodes see it. */
  readonly inNodes: string;
}

export interface LocalClusterRecords {
  /** Without those that cannot be read, and those that a newer Coppice wrote. */
  all(): Promise<LocalClusterRecord[]>;
  /** A record that cannot be read is none. @throws failed when a newer Coppice wrote it */
  read(name: string): Promise<LocalClusterRecord | undefined>;
  write(record: LocalClusterRecord): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Whether a cluster that was just started can take environments. */
export interface ClusterReadiness {
  /** Resolves when the API answers and a node is ready. @throws timeout (with what is missing), denied */
  awaitApi(at: KubeconfigOfCluster, signal?: AbortSignal): Promise<void>;
  /** Resolves when the ingress controller serves. @throws timeout (with what is missing), denied */
  awaitIngress(at: KubeconfigOfCluster, signal?: AbortSignal): Promise<void>;
}
