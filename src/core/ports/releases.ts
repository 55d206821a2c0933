import type { ClusterAccess } from './cluster';
import type { InfraValues } from './infra';

/** Helm releases. */
export interface Releases {
  /** `helm upgrade --install`, without waiting for readiness. @throws missingTool, failed with Helm's own first line */
  install(request: InstallRelease | InstallInfra, signal?: AbortSignal): Promise<void>;
  /** No error when there is none. */
  uninstall(release: string, namespace: string, access: ClusterAccess, signal?: AbortSignal): Promise<void>;
  /** @throws missingTool with how to get it */
  verifyTool(signal?: AbortSignal): Promise<void>;
}

export interface InstallRelease {
  readonly release: string;
  readonly namespace: string;
  /** Absolute folder of the chart; undefined: the one that Coppice brings. */
  readonly chart: string | undefined;
  readonly values: WorktreeValues;
  readonly access: ClusterAccess;
}

/** The same for charts/infra. */
export interface InstallInfra extends Omit<InstallRelease, 'chart' | 'values'> {
  readonly chart: string;
  readonly values: InfraValues;
  /** A file with values of the person's own, absolute: what it says counts. */
  readonly ownValues?: string;
}

/** Values of charts/worktree (its values.schema.json says the same); a repository's own chart gets the same. */
export interface WorktreeValues {
  readonly worktree: {
    /** The slug. */
    readonly name: string;
    readonly branch: string;
    readonly folder: string;
    /** The same folder as the nodes see it, where they call it otherwise. */
    readonly nodeFolder?: string;
    readonly host: string;
    readonly repositoryId: string;
    readonly worktreeId: string;
  };
  readonly services: readonly {
    readonly name: string;
    readonly image: string;
    readonly command: readonly string[];
    readonly port: number | null;
    readonly routes: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly health: string | null;
    readonly replicas: number;
    readonly mount: boolean;
  }[];
  /** Secret with the key DATABASE_URL; null: no database. */
  readonly databaseSecret: string | null;
  readonly ingressClass: string | null;
  /** Whether pods are processes of this machine, which all run in the worktree's folder and learn from the cluster where services are. */
  readonly embedded?: boolean;
  /** How long a service with a health path may take to answer before it is started anew. */
  readonly startupSeconds?: number;
  /** The most that the namespace may use; none: no limit. */
  readonly quota?: NamespaceQuota;
  /** Who its pods may talk with; none: everybody. */
  readonly network?: NamespaceNetwork;
  /** Whether the environment's own service account may look at the environment and restart what runs in it. */
  readonly access?: boolean;
}

/** Amounts as Kubernetes writes them: `500m`, `8Gi`. */
export interface NamespaceQuota {
  readonly pods: number;
  /** Sum of what all containers ask for. */
  readonly cpu: string;
  /** Sum of what all containers may use. */
  readonly memory: string;
  /** What one container may use that says nothing of its own. */
  readonly containerMemory: string;
}

/** Besides these, pods talk with those of their own namespace and with the cluster's DNS only. */
export interface NamespaceNetwork {
  /** Namespace of the shared services, which call and are called. */
  readonly infra: string;
  /** Namespace of the ingress controller, which calls. */
  readonly ingress: string;
  /** TCP ports that pods may reach anywhere: those of servers outside of the cluster. */
  readonly outsidePorts: readonly number[];
}
