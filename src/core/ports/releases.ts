import type { PrefixStripper } from '../clusterTraits';
import type { GatewayPlace } from '../clusters/gatewayPlace';
import type { Dependencies } from '../environmentFile';
import type { ClusterAccess } from './cluster';
import type { InfraValues } from './infra';

/** Helm releases. */
export interface Releases {
  /** `helm upgrade --install`, without waiting for readiness. @throws missingTool, failed with Helm's own first line */
  install(request: InstallRelease | InstallInfra, signal?: AbortSignal): Promise<void>;
  /**
   * What a release was last made with, whether that went well or not; undefined: there is none. Another version of Coppice may have
   * made it. @throws as install
   */
  values(
    release: string,
    namespace: string,
    access: ClusterAccess,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>> | undefined>;
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
    /** A label before the environment's host; left out: that host itself. */
    readonly host?: string;
    /** Whether it sees requests without the path of its route. */
    readonly stripPrefix?: boolean;
    /** As Kubernetes reads them: `$(NAME)` is a variable that stands before, `$$` one dollar sign. */
    readonly env: Readonly<Record<string, string>>;
    /** The names of `env`, in the order that they need; left out: any serves. */
    readonly envOrder?: readonly string[];
    /** Variables of which only the names stand here: the Secret has them as `<service>.<NAME>`. `env` counts before them. */
    readonly envFiles?: {
      readonly secret: string;
      readonly names: readonly string[];
      /** Another one when a value is another one. */
      readonly revision: string;
    };
    readonly health: string | null;
    /** The argument vector of what ends with exit code 0 when it is ready. */
    readonly ready?: readonly string[];
    readonly replicas: number;
    readonly mount: boolean;
    /** Whether its input stays open, with nothing in it. */
    readonly stdin?: boolean;
    /** Where it runs beneath the worktree's folder; left out: in that folder. */
    readonly folder?: string;
    /** More ports of it, by name. */
    readonly morePorts?: Readonly<Record<string, number>>;
    /** Where it keeps data in its container; a pod of it is never beside another. */
    readonly data?: {
      readonly path: string;
      /** Whose they are: another one of the same service gets a volume of its own. */
      readonly tool: string;
      /** Whether they outlive the pod, in a volume that the cluster gives. */
      readonly isKept: boolean;
      /** The group that they belong to. */
      readonly group?: number;
    };
    /** How long it has to end; left out: 5. */
    readonly graceSeconds?: number;
    /** It gets the variables of `env` alone. */
    readonly bare?: true;
    /** It runs to its end. The chart starts nothing of it: `Workloads.runOnce` does. */
    readonly once?: boolean;
    /** What it waits for. The chart holds it until `Workloads.release`. */
    readonly dependsOn?: Dependencies;
  }[];
  /** Secret with the key DATABASE_URL; null: no database. */
  readonly databaseSecret: string | null;
  readonly ingressClass: string | null;
  /** The Gateway that serves the URLs; none: ingresses do. */
  readonly gateway?: GatewayPlace;
  /** What serves the URLs, as far as it matters to services with `stripPrefix`; none: no service has it. */
  readonly stripsPrefixes?: PrefixStripper;
  /** Whether pods are processes of this machine, which all run in the worktree's folder and learn from the cluster where services are. */
  readonly embedded?: boolean;
  /** How long a service with a health path may take to answer before it is started anew. */
  readonly startupSeconds?: number;
  /** Whether each of its deployments is paused until `Workloads.release`. */
  readonly held?: boolean;
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
