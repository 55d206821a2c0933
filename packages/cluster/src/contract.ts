/**
 * All that the product knows of the cluster's program beside its Kubernetes API: the names of what both write and read. It imports
 * nothing, so that nothing of the cluster comes with it.
 */

/**
 * Goes up when a cluster that was started before would do something else than is meant with what Coppice makes from now on. Two builds
 * of one version may differ: versions do not say it.
 */
export const clusterContract = 3;

/**
 * What Node is told of the program's memory. V8 lets what is young grow to 3 times 32 MB before it looks for what is garbage there,
 * which for this program is more than all that it keeps. Much less makes it look all the time, and keep as old what would have been
 * garbage a moment later. It can be limited on the command line only.
 */
export const clusterMemory: readonly string[] = ['--max-semi-space-size=16'];

/** Of its folder, `cluster` in COPPICE_HOME. Its lock is `lock.<number>`, of which the highest counts: a `ClusterProcess`. */
export const clusterFiles = {
  /** A `ClusterLine`, as long as it runs. */
  cluster: 'cluster.json',
  /** The bearer token of the one user. */
  token: 'token',
  kubeconfig: 'kubeconfig',
  /** A `ClusterPhase`, while it starts or ends. */
  phase: 'phase.json',
  /** Ports of last time, such as `gatewayPort`: those that the next start tries first. */
  settings: 'settings.json',
  /** A `LastEnd`. */
  lastEnd: 'lastEnd.json',
} as const;

/**
 * Of the folder `temporal` in COPPICE_HOME: Temporal's development server, which runs beside the cluster for as long as there is a
 * `WantedTemporal`.
 */
export const temporalFiles = {
  folder: 'temporal',
  /** A `WantedTemporal`. */
  wanted: 'server.json',
  data: 'temporal.db',
  log: 'server.log',
  /** A `LastEnd` of the server, gone once it is started again. */
  lastEnd: 'lastEnd.json',
  /** A `TemporalPages`. */
  pages: 'pages.json',
} as const;

/** The name of the context in its kubeconfig. */
export const clusterContext = 'coppice-embedded';

/** Ends the version that its API tells. */
export const versionSuffix = '+coppice';

/** Answers the one user whether what it is told is saved; it saves first. 500 with the reason where it cannot be. */
export const stateTroublePath = '/readyz/state';

/**
 * Answers the one user when somebody last used the services of each namespace through the cluster, by its gateway or in its pods: a JSON
 * object of times (ISO 8601) by namespace, remembered across restarts. One that nobody has used yet, or of which it is not known, counts
 * from when the cluster came to know it.
 */
export const visitsPath = '/coppice/visits';

/**
 * Followed by the name of a namespace, it answers the one user what the cluster kept of that environment's past: a `HistoryAnswer`. Its
 * parameters: `from` and `to`, ISO 8601 (the last hour), and `step`, seconds, of which each becomes one sample (0: as they were written).
 * At most `historySamples` steps. 404: there is no such namespace. Without a name it tells the samples of all: a `HistoryOfAll`.
 */
export const historyPath = '/coppice/history/';
export const historySamples = 1500;

/** So long the past of an environment is kept. */
export const historyKeptMs = 6 * 60 * 60_000;

/** In the order of `byClass`. 499, a client that left before it was answered, is one of 4xx; an opened WebSocket is one of 1xx. */
export const historyClasses = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

export interface HistoryAnswer {
  /** Upper bounds of `durations`, in seconds, ascending; there is one more for what took longer than all. */
  readonly bounds: readonly number[];
  /** Oldest first. Of a time in which the cluster was down, or the environment asleep, there is none. */
  readonly samples: readonly HistorySample[];
  /** Oldest first. */
  readonly marks: readonly HistoryMark[];
}

/** Of one in which nothing was there is no list. */
export interface HistoryOfAll extends Pick<HistoryAnswer, 'bounds'> {
  /** By namespace, oldest first. */
  readonly environments: Readonly<Record<string, readonly HistorySample[]>>;
}

export interface HistorySample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** It tells of so many before that. */
  readonly seconds: number;
  readonly services: readonly HistoryService[];
}

/** What is not known of it is not there. */
export interface HistoryService {
  readonly name: string;
  readonly cpuCores?: number;
  readonly memoryBytes?: number;
  /** Of the containers of its present pods, since they were made. */
  readonly restarts?: number;
  /** That were made in that time; of durations each bucket without those of the one before. Streams have none. */
  readonly requests?: { readonly byClass: readonly number[]; readonly durations: readonly number[] };
}

/** What happened to an environment. */
export type HistoryMark =
  | { readonly at: number; readonly kind: 'created' }
  /** The release was installed, or changed. */
  | { readonly at: number; readonly kind: 'update'; readonly revision: number }
  /** `count`: how many containers of the service were started again since the sample before. */
  | { readonly at: number; readonly kind: 'restart'; readonly service: string; readonly count: number };

/** The Secret of a namespace with what its pods get of the environment of who made it, beneath their own variables. */
export const callerSecret = 'coppice-caller';

/** The annotation of a pod that says in which folder its processes run, and of a Namespace: where its worktree is. */
export const folderAnnotation = 'coppice.dev/folder';

/** The annotation of a Deployment that says what its service waits for: `db=healthy,migrate=completed`. */
export const dependsOnAnnotation = 'coppice.dev/depends-on';

/**
 * The annotation of a Deployment whose service sleeps: how many pods it had. It has none meanwhile, and gets as many when it wakes. With
 * another number of pods than 0, or without a number, it says nothing.
 */
export const asleepAnnotation = 'coppice.dev/asleep';

/** The annotation of a Namespace that says after how many seconds without use its environment is put to sleep. 0, or none: never. */
export const sleepAfterAnnotation = 'coppice.dev/sleep-after';

/**
 * The annotation of a Namespace that says what is to be left of this machine when a request wakes its environment, or it comes back with
 * the cluster: megabytes of memory that stay free, the load for each processor above which it waits, for how many seconds it does.
 * `512 0 600`; 0: nothing waits for that.
 */
export const startLimitsAnnotation = 'coppice.dev/start-limits';

/** The annotation of a Namespace that says why its environment, which is to wake, is not started yet; none: it does not wait. */
export const waitsAnnotation = 'coppice.dev/waits';

/** The working directory of a container that stands for that folder: what is beneath this one is beneath that. */
export const workspace = '/workspace';

/** The annotation of an Ingress that says which path its services are not to see: that of its one rule. */
export const stripPrefixAnnotation = 'coppice.dev/strip-prefix';

/** In a variable's value: `$(NAME)` that stands for the port of its gateway, as it is when the container starts. */
export const gatewayPortReference = '$(coppice.dev/gateway-port)';

/** The annotation of a pod that says where its process listens, where that is not where it was told to. */
export const listensAnnotation = 'coppice.dev/listens';

/**
 * The parameter of a list of `metrics.k8s.io` that asks for an answer at once: the use of processors is then the mean since somebody asked
 * last, or since the start of what nobody has asked about yet.
 */
export const atOnceParameter = 'coppice.dev/at-once';

/** What its gateway counts, at `/metrics`. */
export const gatewayMetrics = {
  requests: 'coppice_gateway_requests_total',
  durations: 'coppice_gateway_request_duration_seconds',
  openWebSockets: 'coppice_gateway_open_websockets',
} as const;

/** The one line that it prints when it is ready, and writes down. */
export interface ClusterLine {
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly version: string;
  /** Its `clusterContract`. Those that say none are older than any. */
  readonly contract: number;
  /** `https://127.0.0.1:<port>` */
  readonly server: string;
  readonly gatewayPort: number;
}

/** A process for good: its number alone is given to another process some day. */
export interface ClusterProcess {
  readonly pid: number;
  /** See `processStart`. */
  readonly start: string;
  /** Its number says nothing here; words that follow "runs". */
  readonly elsewhere?: string;
}

/** How far a cluster is that cannot answer yet, or any more. */
export interface ClusterPhase {
  readonly phase: 'starting' | 'stopping';
  /** Changes as long as it gets on. */
  readonly detail: string;
}

/** Why the last one ended that nobody had asked to. */
export interface LastEnd {
  /** ISO 8601. */
  readonly at: string;
  /** Completes "It was ended: ". */
  readonly reason: string;
}

/** A server of Temporal that Coppice knows. */
export interface WantedTemporal {
  /** Absolute path of Temporal's program. */
  readonly program: string;
  /** An address of this machine's loopback. */
  readonly host: string;
  readonly port: number;
  /** False: it is somebody else's, and not to be started. */
  readonly isOurs: boolean;
}

/** Where Temporal's server has its web UI, at the host where it listens. The next start tries the same port first. */
export interface TemporalPages {
  readonly port: number;
}
