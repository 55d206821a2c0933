import type { EnvironmentFileProblem } from '../core/environmentFile';
import type { DeletedWorktree } from '../core/worktrees/deletedWorktree';
import type { Disposable } from '../core/event';
import type { Loss } from '../core/errors';
import type { ClusterIdentity, Snapshot, Worktree } from '../core/model';
import type { FolderProgram } from '../core/ports/folderPrograms';
import type { Launcher } from '../core/ports/launcher';
import type { PanelSource } from '../core/ports/panelSource';
import type { PlannedEntry } from '../core/ports/toolEntries';
import type { Telemetry } from '../core/ports/telemetry';
import type { ToldFailures } from '../core/ports/toldFailures';
import type { EnvironmentUsage } from '../core/ports/usages';
import type { Execution, ExecRequest, ForwardRequest, LogOptions, PortForward } from '../core/ports/workloads';
import type { BranchCommit } from '../core/ports/worktreeChanges';
import type { Branch } from '../core/ports/worktrees';
import type { Cleanups } from './cleanup/cleanups';
import type { SetupResult } from './environment/commands/runSetup';
import type { SetUpWorktreeRequest } from './environment/setup/setUpWorktree';
import type { DeleteByNamespaceRequest } from './environment/delete/deleteByNamespace';
import type { DeleteOrphanRequest } from './environment/delete/deleteOrphan';
import type { LookAtDelete } from './environment/delete/lookAtDelete';
import type { FinishDeleteRequest } from './environment/delete/finishDelete';
import type { Clusters } from './cluster/clusters';
import type { AgentStarts } from './agents/agentStarts';
import type { CreatePlan, CreateRequest, CreateResult, DeleteRequest, DeleteResult } from './environment/requests';
import type { UpdateChanges } from './environment/update/updateChanges';
import type { UndoRequest, UndoResult } from './environment/undo/undoDelete';
import type { EnvironmentDatabases } from './environment/database/environmentDatabases';
import type { EveryEnvironment } from './snapshot/everyEnvironment';
import type { HealthReport, HealthRequest } from './health/checkHealth';
import type { ProvideRequest, Provided } from './hooks/provide';
import type { RemoveSessionRequest } from './hooks/removeSessionWorktree';
import type { SessionFolder } from './hooks/sessionFolder';
import type { SessionWorktreeRequest } from './hooks/sessionWorktree';
import type { InfraStatus } from './infra/infraStatus';
import type { InfraContents, RemoveInfraRequest } from './infra/removeInfra';
import type { SetUpInfraRequest, SetUpInfraResult } from './infra/setUpInfra';
import type { Proposal } from './init/proposal';
import type { ProposeRequest } from './init/proposeEnvironmentFile';
import type { WriteRequest } from './init/writeEnvironmentFile';
import type { LogReading } from './logs/logReading';
import type { WorktreeReach, ReachRequest } from './reach/readReach';
import type { ReportRequest } from './report/makeReport';
import type { EmptiedPool } from './pool/emptyPool';
import type { FilledPool, FillRequest } from './pool/fillPool';
import type { PoolStatus } from './pool/poolStatus';
import type { Promotions } from './promote/promotions';
import type { UseCase } from './run/run';
import type { SampleRequest } from './sample/makeSample';
import type { CompareRequest, WorktreeComparison } from './compare/compareWorktrees';
import type { Diagnosis, DiagnosisRequest, LoggedErrors } from './diagnosis/diagnosis';
import type { ErrorsRequest } from './diagnosis/readErrors';
import type { EnvironmentAt } from './services/environmentAt';
import type { Restarted } from './services/restartService';
import type { Scaled } from './services/scaleService';
import type { ServiceAt } from './services/serviceAt';
import type { LeastUsed } from './services/leastUsed';
import type { Slept } from './services/sleepEnvironment';
import type { Unused, UnusedAt } from './services/sleepUnused';
import type { UrlTrouble } from './services/urlTrouble';
import type { Woken } from './services/wakeEnvironment';
import type { SnapshotStore } from './snapshot/snapshotStore';
import type { TraceReading } from './traces/traceReading';
import type { OverviewFeed } from './telemetry/overviewFeed';
import type { EnvironmentMetrics, MetricsRequest } from './telemetry/environmentMetrics';
import type { TelemetryAddresses } from './telemetry/telemetryAddresses';
import type { ConnectRequest } from './tools/connectTool';
import type { SpareDatabase } from './trash/dropKeptDatabase';
import type { EmptiedTrash, EmptyTrashRequest } from './trash/emptyTrash';
import type { LeftKept } from './trash/leftKept';
import type { ListTrashRequest, TrashList } from './trash/listTrash';
import type { Waited, WaitRequest } from './wait/waitForEnvironment';

/** Any folder of the repository that is meant, or of the worktree where one is. */
interface InFolder {
  readonly folder: string;
}

/**
 * All that Coppice does, by noun: what the editor and the terminal are given, each the nouns that it needs
 * (`Pick<Product, 'services'>`). `wiring` builds it of adapters that are loaded at their first use, so that any call may load
 * large chunks; nothing is read or started before. What a person sets is asked when it is used.
 */
export interface Product {
  /** Folder of Coppice's own state for this user. Decided once: locks, records and servers lie there. */
  readonly home: string;

  readonly environments: {
    /** What a create would do. Changes nothing. */
    readonly plan: UseCase<CreateRequest, CreatePlan>;
    /** What an update of one would change; undefined: the worktree has none. Starts and changes nothing. @throws unreachable */
    readonly changes: UseCase<InFolder, UpdateChanges | undefined>;
    /** Makes one, or brings the one that is there up to date. */
    readonly create: UseCase<CreateRequest, CreateResult>;
    readonly delete: UseCase<DeleteRequest, DeleteResult>;
    /** What stands in the way of deletes in a repository. Starts and changes nothing. */
    readonly lookAtDelete: UseCase<InFolder, LookAtDelete>;
    /** Who works in worktrees' folders, a terminal or an editor, by the folder: a delete ends none of them. None where it cannot be told. */
    programsIn(folders: readonly string[]): Promise<ReadonlyMap<string, readonly FolderProgram[]>>;
    /** Waits until one is ready, or cannot become so. Starts nothing and changes nothing. */
    readonly wait: UseCase<WaitRequest, Waited>;
    /** Ends what runs of one until it wakes; all else of it stays. */
    readonly sleep: UseCase<EnvironmentAt, Slept>;
    /** The same where nobody has changed anything of the worktree since a moment. */
    readonly sleepUnused: UseCase<UnusedAt, Unused>;
    /** The one to put to sleep where this machine has no room; undefined: none of the repository runs. */
    leastUsed(folder: string): Promise<LeastUsed | undefined>;
    /** Starts what was running when it was put to sleep, and waits until it is ready. */
    readonly wake: UseCase<EnvironmentAt, Woken>;
    /** Runs the setup commands of a worktree again, whether it has an environment or not. */
    readonly setup: UseCase<SetUpWorktreeRequest, SetupResult>;
    /** Deletes one that no worktree claims; the owner is compared as always. */
    readonly deleteOrphan: UseCase<DeleteOrphanRequest, void>;
    /** Deletes one from anywhere: its repository may be gone. */
    readonly deleteByNamespace: UseCase<DeleteByNamespaceRequest, void>;
    /** Deletes the branch that a delete which was cut off has left. false: there is none. */
    readonly finishDelete: UseCase<FinishDeleteRequest, boolean>;
    /** Brings back a worktree that was deleted; its environment comes with the next create. */
    readonly undoDelete: UseCase<UndoRequest, UndoResult>;
    /** Deletes for good what was deleted longer ago than the setting says. */
    readonly sweepTrash: UseCase<InFolder, void>;
    /** What can be brought back, newest first. */
    deleted(folder: string, signal: AbortSignal): Promise<readonly DeletedWorktree[]>;
    /**
     * DATABASE_URL, KUBECONFIG, WORKTREE_NAME… of the environment whose worktree this folder is in; undefined when it has none, or
     * when they cannot be known now.
     */
    variables(folder: string, signal: AbortSignal): Promise<Readonly<Record<string, string>> | undefined>;
    /** All of the cluster at hand, of any repository, asked for in a folder. Starts nothing. @throws unreachable */
    every(folder: string, signal: AbortSignal): Promise<EveryEnvironment>;
  };

  readonly snapshots: {
    /** What is so now. */
    read(folder: string, signal: AbortSignal): Promise<Snapshot>;
    /** Follows it. Reads nothing before somebody looks; the caller disposes it. @param folder undefined: none is open */
    open(folder: string | undefined): SnapshotStore & Disposable;
  };

  readonly worktrees: {
    /** Newest commit first. */
    branches(folder: string, signal?: AbortSignal): Promise<readonly Branch[]>;
    /** What a new branch starts from unless it is said otherwise: the default branch, or its upstream where that is newer. */
    defaultBase(folder: string): Promise<string>;
    /** Of a worktree's own branch, newest first. @param since milliseconds since the epoch @throws notFound, failed */
    commits(of: Pick<Worktree, 'path' | 'head'>, since: number, signal: AbortSignal): Promise<readonly BranchCommit[]>;
    /** Path of the worktree that a folder lies in. @throws notFound */
    path(folder: string, signal: AbortSignal): Promise<string>;
  };

  /** Taking one of several attempts, and dropping the others. */
  readonly promotions: Promotions;

  /** Worktrees that are kept ready for the next creates. */
  readonly pool: {
    /** Makes what the setting wants and the machine has room for, and takes away what does not fit any more. */
    readonly fill: UseCase<FillRequest, FilledPool>;
    /** Removes all but what somebody works in. */
    readonly empty: UseCase<InFolder, EmptiedPool>;
    /** Starts and changes nothing. */
    status(folder: string, signal: AbortSignal): Promise<PoolStatus>;
    /** Has a process of its own fill it, where the setting wants any; nobody waits for that. */
    refill(folder: string): Promise<void>;
  };

  /** What deletes have kept. */
  readonly trash: {
    /** What there is of it, until when, and what it takes. Starts and changes nothing. */
    readonly list: UseCase<ListTrashRequest, TrashList>;
    /** Removes for good, before its time, what a person said yes to. */
    readonly empty: UseCase<EmptyTrashRequest, EmptiedTrash>;
    /** A database that is kept, or invalid, by its name. Starts and changes nothing. */
    readonly findDatabase: UseCase<InFolder & { readonly name: string }, SpareDatabase>;
    readonly dropDatabase: UseCase<InFolder & { readonly spare: SpareDatabase }, void>;
    /** Databases that are kept for worktrees which are in no trash any more. @param folder undefined: none is at hand */
    leftDatabases(folder: string | undefined, signal: AbortSignal): Promise<readonly LeftKept[]>;
  };

  /** What nobody uses any more. */
  readonly cleanup: Cleanups;

  readonly databases: EnvironmentDatabases;

  readonly services: LogReading & {
    readonly restart: UseCase<ServiceAt, Restarted>;
    readonly scale: UseCase<ServiceAt & { readonly replicas: number }, Scaled>;
    readonly describe: UseCase<ServiceAt, string>;
    /** The ports that a service says that it listens on. */
    readonly ports: UseCase<ServiceAt, readonly number[]>;
    /** The caller disposes it. */
    readonly forward: UseCase<ServiceAt & ForwardRequest, PortForward>;
    /** Without a command a shell. The signal ends it, also once it runs. */
    readonly exec: UseCase<ServiceAt & ExecRequest, Execution>;
    /** Ends when the signal aborts, or by itself unless `follow`. */
    logs(namespace: string, service: string, options: LogOptions, signal: AbortSignal): AsyncIterable<string>;
    /** What the environments of the cluster at hand use now, by namespace; a text says why nobody tells. One request. @throws unreachable */
    usage(folder: string, signal: AbortSignal): Promise<ReadonlyMap<string, EnvironmentUsage> | string>;
    /**
     * Why a URL may not lead to its environment from here; undefined: it does.
     * @param cluster where the environment lives, when that is known; else the one that is used now
     */
    urlTrouble(url: string, cluster?: ClusterIdentity): Promise<UrlTrouble | undefined>;
    openInBrowser(url: string): Promise<void>;
  };

  readonly clusters: Clusters;

  readonly infra: {
    readonly setUp: UseCase<SetUpInfraRequest, SetUpInfraResult>;
    /** undefined: there is none. */
    readonly status: UseCase<InFolder, InfraStatus | undefined>;
    readonly contents: UseCase<InFolder, InfraContents>;
    readonly remove: UseCase<RemoveInfraRequest, InfraContents>;
    /** Of the administrator of infra's Grafana; undefined: it has none of its own. */
    grafanaPassword(folder: string, signal: AbortSignal): Promise<string | undefined>;
  };

  /** What other tools call when they make and remove worktrees. */
  readonly hooks: {
    /** The worktree of a session, where Claude Code would make it; it has no environment yet. */
    readonly sessionFolder: UseCase<SessionWorktreeRequest, SessionFolder>;
    /** Copies what `.worktreeinclude` lists into a worktree that has no environment. Resolves with what failed. */
    readonly copyListedFiles: UseCase<InFolder, readonly string[]>;
    /** Deletes it with its environment. One that is gone already is no failure. Resolves with what was lost of data. */
    readonly removeSessionWorktree: UseCase<RemoveSessionRequest, readonly Loss[]>;
    /** Deletes the environment of a worktree that another tool is about to remove. Resolves with what was lost of data. */
    readonly removeProvided: UseCase<InFolder, readonly Loss[]>;
    /** The environment of a worktree that somebody else has made; answers in time. */
    readonly provide: UseCase<ProvideRequest, Provided>;
  };

  readonly tools: {
    /** Writes, or takes away, the entry by which a tool calls Coppice for the worktrees that it makes. */
    readonly connect: UseCase<ConnectRequest, PlannedEntry>;
  };

  readonly agents: AgentStarts;

  readonly telemetry: Telemetry & {
    /** The settings', else those of the cluster's infra. */
    addresses(signal: AbortSignal): Promise<TelemetryAddresses>;
    /** Whether the panels of the Grafana at an address can be framed. */
    readonly checkGrafana: PanelSource['check'];
    /** What services were asked and have used over a time that is past. */
    metrics(request: MetricsRequest, signal?: AbortSignal): Promise<EnvironmentMetrics>;
    /** What an overview of all environments shows besides the snapshot; the caller starts and disposes it. */
    overview(): Promise<OverviewFeed>;
  };

  readonly samples: {
    /** Puts the sample repository into a folder, and gives where it is. */
    readonly make: UseCase<SampleRequest, string>;
  };

  readonly reports: {
    /** What somebody wants to know who is to find out why something does not work, as Markdown without secrets. Sends nothing. */
    readonly make: UseCase<ReportRequest, string>;
  };

  readonly agentTools: {
    /** Offers an agent what it may call in the worktree that a folder lies in, at standard input and output, until the input ends. */
    readonly serve: UseCase<InFolder, void>;
  };

  readonly diagnosis: TraceReading & {
    /** Worktrees of one repository side by side. Starts and changes nothing. */
    readonly compare: UseCase<CompareRequest, WorktreeComparison>;
    /** Why the environment of a worktree is not as it should be, and what to do. Starts and changes nothing. */
    readonly why: UseCase<DiagnosisRequest, Diagnosis>;
    /** What its services have printed that is an error, those of one shape once. */
    readonly errors: UseCase<ErrorsRequest, LoggedErrors>;
  };

  /** Who of several windows tells a person that an environment fails. */
  readonly notices: ToldFailures;

  readonly health: {
    /** What is not as it should be on this machine, in the cluster and in the repository at hand, and what puts it right. */
    readonly check: UseCase<HealthRequest, HealthReport>;
    /** What a process of a worktree can reach outside of its environment. Changes nothing. */
    readonly reach: UseCase<ReachRequest, WorktreeReach>;
  };

  /** The program `coppice` that terminals of this user find. */
  readonly launcher: Launcher;

  readonly environmentFile: {
    check(text: string): Promise<readonly EnvironmentFileProblem[]>;
    /** What a file may say, as JSON Schema. */
    schema(): Promise<object>;
    /** What the file could be, by what the repository says. Runs and writes nothing. */
    readonly propose: UseCase<ProposeRequest, Proposal>;
    /** @throws conflict when one is there and is not to be replaced */
    readonly write: UseCase<WriteRequest, void>;
  };
}
