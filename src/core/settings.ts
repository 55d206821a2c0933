/** What a person can set; the keys are those of package.json without the prefix `coppice.`. */
export interface Settings {
  /** Where a new worktree goes, relative to the folder that holds the repository; `${repository}`, `${slug}`, `${branch}`. */
  readonly 'worktree.folder': string;
  /** What a new branch starts from; '' is the repository's default branch. */
  readonly 'worktree.base': string;
  /** Program or path; '' looks for `helm` on the PATH. */
  readonly 'helm.path': string;
  /** Folder with `postgres` and `initdb`; '' looks in the usual places. */
  readonly 'postgres.binaries': string;
  /** A server of the person's own (`postgresql://user@host:port/`); '' lets Coppice start one. */
  readonly 'postgres.url': string;
  /** That server as the pods of a real cluster reach it (`host:port`); '' is the same host and port. */
  readonly 'postgres.podAddress': string;
  /** Whether a namespace of a real cluster gets a quota. */
  readonly 'quota.enabled': boolean;
  readonly 'quota.pods': number;
  /** Sum of what all containers ask for, as Kubernetes writes it. */
  readonly 'quota.cpu': string;
  /** Sum of what all containers may use. */
  readonly 'quota.memory': string;
  /**
   * What one container may use that says nothing of its own. Measured on the sample, 800 requests: its hungriest service used
   * 100 MB at most (VmHWM); the default leaves a development server ten times that, and the others follow: room for ten
   * services with three pods each, of which two are only there while a service is replaced.
   */
  readonly 'quota.containerMemory': string;
  readonly 'agent.command': string;
  readonly 'telemetry.otlpEndpoint': string;
  readonly 'temporal.address': string;
  /** Addresses of the person's own; '' is infra's, where the cluster has it. */
  readonly 'grafana.url': string;
  readonly 'prometheus.url': string;
  readonly 'loki.url': string;
  readonly 'jaeger.url': string;
  /** File with Helm values of the person's own for charts/infra, absolute; '' is none. */
  readonly 'infra.values': string;
  /** Where a repository's environments run that has not chosen a cluster: `embedded`, or a context that was chosen before. */
  readonly 'cluster.default': string;
  /** Contexts of clusters elsewhere than on this machine that may be chosen and changed. */
  readonly 'cluster.allowedContexts': readonly string[];
  /** The user's kubeconfig, which is only read; '' is what KUBECONFIG names, else `~/.kube/config`. */
  readonly 'cluster.kubeconfig': string;
  /** Folders that the nodes of a cluster have, too: `/home/me/code`, or `C:\code=/mnt/code` where nodes call it otherwise. */
  readonly 'cluster.mountedFolders': readonly string[];
  /** Registry that images are pushed to (`host:port`, perhaps with a path); '' is the cluster's own, where it has one. */
  readonly 'registry.push': string;
  /** The same registry as the nodes see it; '' is the same address. */
  readonly 'registry.pull': string;
  /** Class of the ingresses of a real cluster; '' is the cluster's default. */
  readonly 'ingress.class': string;
  /** Port at which this machine reaches the ingress controller of a real cluster; 0 is what the cluster says. */
  readonly 'ingress.port': number;
  /** Namespace of the ingress controller of a real cluster, which network policies let in. */
  readonly 'ingress.namespace': string;
  /** Folder for Coppice's own state; '' is `~/.coppice`. */
  readonly home: string;
  /** Seconds that a create waits for its services. */
  readonly 'create.readyTimeout': number;
  /** Seconds that a service which nothing probes must run before it counts as ready. */
  readonly 'create.steadyTime': number;
  /** First port that the embedded cluster's gateway tries. */
  readonly 'gateway.port': number;
}

export const defaultSettings: Settings = {
  'worktree.folder': '${repository}.worktrees/${slug}',
  'worktree.base': '',
  'helm.path': '',
  'postgres.binaries': '',
  'postgres.url': '',
  'postgres.podAddress': '',
  'quota.enabled': true,
  'quota.pods': 30,
  'quota.cpu': '4',
  'quota.memory': '30Gi',
  'quota.containerMemory': '1Gi',
  'agent.command': 'claude',
  'telemetry.otlpEndpoint': 'http://127.0.0.1:4318',
  'temporal.address': '127.0.0.1:7233',
  'grafana.url': '',
  'prometheus.url': '',
  'loki.url': '',
  'jaeger.url': '',
  'infra.values': '',
  'cluster.default': 'embedded',
  'cluster.allowedContexts': [],
  'cluster.kubeconfig': '',
  'cluster.mountedFolders': [],
  'registry.push': '',
  'registry.pull': '',
  'ingress.class': '',
  'ingress.port': 0,
  'ingress.namespace': 'kube-system',
  home: '',
  'create.readyTimeout': 120,
  'create.steadyTime': 5,
  'gateway.port': 8080,
};
