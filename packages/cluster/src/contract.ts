/**
 * All that the product knows of the cluster's program beside its Kubernetes API: the names of what both write and read. It imports
 * nothing, so that nothing of the cluster comes with it.
 */

/** What Node is told of the program's memory. V8 lets what is young grow to 3 times 32 MB before it looks for what is garbage there,
 * which for this program is more than all that it keeps; it can be limited on the command line only.
 */
export const clusterMemory: readonly string[] = ['--max-semi-space-size=4'];

/** Of its folder, `cluster` in COPPICE_HOME. Its lock is `lock.<number>`, of which the highest counts: a `ClusterProcess`. */
export const clusterFiles = {
  /** A `ClusterLine`, as long as it runs. */
  cluster: 'cluster.json',
  /** The bearer token of the one user. */
  token: 'token',
  kubeconfig: 'kubeconfig',
  /** A `ClusterPhase`, while it starts or ends. */
  phase: 'phase.json',
  /** A `LastEnd`. */
  lastEnd: 'lastEnd.json',
} as const;

/** The name of the context in its kubeconfig. */
export const clusterContext = 'coppice-embedded';

/** Ends the version that its API tells. */
export const versionSuffix = '+coppice';

/** Answers the one user whether what it is told is saved; it saves first. 500 with the reason where it cannot be. */
export const stateTroublePath = '/readyz/state';

/** The Secret of a namespace with what its pods get of the environment of who made it, beneath their own variables. */
export const callerSecret = 'coppice-caller';

/** The annotation of a pod that says in which folder its processes run. */
export const folderAnnotation = 'coppice.dev/folder';

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
  /** `https://127.0.0.1:<port>` */
  readonly server: string;
  readonly gatewayPort: number;
}

/** A process for good: its number alone is given to another process some day. */
export interface ClusterProcess {
  readonly pid: number;
  /** See `processStart`. */
  readonly start: string;
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
