import type { ChooseClusterRequest, ChooseClusterResult } from '../app/cluster/chooseCluster';
import type { ClusterOptions } from '../app/cluster/clusterOptions';
import type { ClusterContents, DeleteClusterRequest } from '../app/cluster/deleteCluster';
import type { CreatePlan, CreateRequest, CreateResult, DeleteRequest, DeleteResult } from '../app/environment/requests';
import type { DeleteOrphanRequest } from '../app/environment/delete/deleteOrphan';
import type { DatabaseServerCheck } from '../app/databases/checkDatabaseServer';
import type { RefreshedTemplate } from '../app/databases/refreshTemplate';
import type { InfraStatus } from '../app/infra/infraStatus';
import type { InfraContents, RemoveInfraRequest } from '../app/infra/removeInfra';
import type { UseCase } from '../app/run/run';
import type { SetUpRequest, SetUpResult } from '../app/cluster/setUpCluster';
import type { SetUpInfraRequest, SetUpInfraResult } from '../app/infra/setUpInfra';
import type { StoppedCluster } from '../app/cluster/stopCluster';
import type { UrlTrouble } from '../app/services/urlTrouble';
import type { Restarted } from '../app/services/restartService';
import type { ServiceAt } from '../app/services/serviceAt';
import type { EnvironmentFileProblem } from '../core/environmentFile';
import type { AppError } from '../core/errors';
import type { Event } from '../core/event';
import type { Snapshot } from '../core/model';
import type { Logger } from '../core/ports/host';
import type { LocalClusterRecord } from '../core/ports/localClusters';
import type { Execution, ExecRequest, ForwardRequest, LogOptions, PortForward } from '../core/ports/workloads';
import type { Branch } from '../core/ports/worktrees';
import type { DashboardDependencies } from './dashboard/dependencies';

/** The one snapshot, as the UI sees it. */
export interface SnapshotStore {
  readonly snapshot: Snapshot;
  /**
   * Why there is no repository in the snapshot: `missingTool` without git, `invalidInput` where the folder is in no
   * repository. undefined as long as nothing is wrong, and before the first refresh.
   */
  readonly problem?: AppError | undefined;
  readonly onDidChange: Event<Snapshot>;
  /** Never rejects. */
  refresh(): Promise<void>;
  /** Whether anybody sees what the snapshot says; the first `true` starts reading and watching, `false` pauses both. */
  setVisible(visible: boolean): void;
}

/**
 * What the UI needs of the rest of the product. Calling any of these may load large chunks, so nothing but
 * `store.snapshot` and `store.onDidChange` is touched while the extension activates, and nothing at all in a folder that
 * is not trusted.
 */
export interface UiDependencies extends DashboardDependencies {
  readonly store: SnapshotStore;
  readonly log: UiLog;
  readonly planCreate: UseCase<CreateRequest, CreatePlan>;
  readonly createEnvironment: UseCase<CreateRequest, CreateResult>;
  readonly deleteEnvironment: UseCase<DeleteRequest, DeleteResult>;
  /** Deletes an environment that no worktree claims; the owner is compared as always. */
  readonly deleteOrphan: UseCase<DeleteOrphanRequest, void>;
  /** Newest commit first. */
  listBranches(folder: string): Promise<readonly Branch[]>;
  /** What a new branch starts from unless it is said otherwise: the default branch, or its upstream where that is newer. */
  defaultBase(folder: string): Promise<string>;
  /** Ends when the signal aborts, or by itself unless `follow`. */
  logs(namespace: string, service: string, options: LogOptions, signal: AbortSignal): AsyncIterable<string>;
  /** Which of the two addresses of the database server works: this machine's or the pods'. */
  readonly checkDatabaseServer: UseCase<{ readonly folder: string }, DatabaseServerCheck>;
  /** Builds the template database anew; databases that were cloned stay as they are. */
  readonly refreshTemplate: UseCase<{ readonly folder: string }, RefreshedTemplate>;
  readonly restartService: UseCase<ServiceAt, Restarted>;
  readonly scaleService: UseCase<ServiceAt & { readonly replicas: number }, void>;
  readonly describeService: UseCase<ServiceAt, string>;
  /** The ports that a service says that it listens on. */
  readonly servicePorts: UseCase<ServiceAt, readonly number[]>;
  /** The caller disposes it. */
  readonly forwardPort: UseCase<ServiceAt & ForwardRequest, PortForward>;
  /** Without a command a shell. The signal ends it, also once it runs. */
  readonly execInService: UseCase<ServiceAt & ExecRequest, Execution>;
  /**
   * DATABASE_URL, KUBECONFIG, WORKTREE_NAME… of the environment whose worktree is this folder; undefined when it has
   * none, or when it cannot be known now.
   */
  environmentVariables(folder: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** What the repository of a folder can choose from, and which one it uses. */
  clusterOptions(folder: string, signal: AbortSignal): Promise<ClusterOptions>;
  readonly chooseCluster: UseCase<ChooseClusterRequest, ChooseClusterResult>;
  readonly setUpCluster: UseCase<SetUpRequest, SetUpResult>;
  readonly setUpInfra: UseCase<SetUpInfraRequest, SetUpInfraResult>;
  /** undefined: there is none. */
  readonly infraStatus: UseCase<{ readonly folder: string }, InfraStatus | undefined>;
  readonly infraContents: UseCase<{ readonly folder: string }, InfraContents>;
  readonly removeInfra: UseCase<RemoveInfraRequest, InfraContents>;
  /** Of the administrator of infra's Grafana. */
  grafanaPassword(folder: string, signal: AbortSignal): Promise<string | undefined>;
  /** Keeps it where secrets are kept; undefined forgets it. */
  storeGrafanaPassword(password: string | undefined): Promise<void>;
  /** Those that Coppice made on this machine. */
  localClusters(): Promise<readonly LocalClusterRecord[]>;
  readonly clusterContents: UseCase<{ readonly folder: string; readonly name: string }, ClusterContents>;
  readonly deleteCluster: UseCase<DeleteClusterRequest, ClusterContents>;
  /** Why a URL of the window's repository may not lead to its environment from here; undefined: it does. */
  urlTrouble(url: string): Promise<UrlTrouble | undefined>;
  /** Without a name the cluster of the window's repository. */
  readonly startCluster: UseCase<{ readonly name?: string }, void>;
  readonly stopCluster: UseCase<{ readonly name?: string }, StoppedCluster>;
  /** Keeps it where secrets are kept; undefined forgets it. */
  storePostgresPassword(password: string | undefined): Promise<void>;
  checkEnvironmentFile(text: string): Promise<readonly EnvironmentFileProblem[]>;
  /** How the agent is started in a worktree. @throws notConfigured, missingTool */
  findAgent(command: string, folder: string): Promise<AgentProgram>;
  /** Records, where the worktree's own window finds it, that an agent is to be started there once. */
  requestAgent(folder: string): Promise<void>;
  /** Whether an agent was asked for in this worktree; true to one caller only, whoever comes first. */
  takeAgentRequest(folder: string): Promise<boolean>;
}

/** A program with its arguments; on Windows they may be parts of a command line that is to be passed on as it is. */
export interface AgentProgram {
  readonly file: string;
  readonly argv: readonly string[];
  readonly isVerbatim: boolean;
}

/** The log that a person can open. */
export interface UiLog extends Logger {
  show(): void;
}
