// Written by "npm run manifest" from manifest/settings: change it there.

/** What a person can set; the keys are those of VS Code without the prefix `coppice.`. */
export interface Settings {
  /**
   * Where a new worktree goes, relative to the folder that holds the repository. `${repository}` is the name of the
   * repository's folder, `${slug}` the name made from the branch, `${branch}` the branch itself.
   */
  readonly 'worktree.folder': string;
  /** What a new branch starts from: a branch, a tag or a commit. Empty: the repository's default branch. */
  readonly 'worktree.base': string;
  /**
   * How many worktrees of a repository are kept ready for its next creates: checked out at the tip of what new
   * branches start from, with the dependencies that its lockfiles say where their installs were approved. A create of
   * a new branch takes one, moves it to its place and switches it to the branch; the next is made in the background,
   * while `coppice.start.freeMemory` and `coppice.start.load` leave room. They take disk space and no memory. 0:
   * none.
   */
  readonly 'pool.size': number;
  /**
   * How many seconds a command of `setup` in coppice.yaml, `migrate` or `seed` may take before it is ended and counts
   * as failed. A command that says its own `timeout` there has that one.
   */
  readonly 'setup.timeout': number;
  /** How many seconds a create waits for the services to become ready before it says which one does not. */
  readonly 'create.readyTimeout': number;
  /**
   * How many seconds a service without a port must run before it counts as ready: nothing can ask it whether it is
   * well. One that ended before must run twice as long.
   */
  readonly 'create.steadyTime': number;
  /**
   * What a window does with a worktree that others make while it is open: `git worktree add`, VS Code itself, an
   * agent. Commands are approved by their text, not by the files that they read: `npm run dev`, once approved, runs
   * on the branch of a fork whatever that branch's own `package.json` calls `dev`. With `always` that happens as soon
   * as such a branch is checked out into a worktree, and nobody is asked; leave it at `never` or `ask` where you
   * check out what others wrote.
   */
  readonly 'environments.automatic': string;
  /**
   * Whether you are told once of each environment that begins to fail, with **Show Logs**, and again only after it
   * was well: in the window of its worktree, when you look at it, where one is open, else in the window that you look
   * at. Its row, the badge of the view and the status bar tell it in any case.
   */
  readonly 'notices.failing': boolean;
  /**
   * What **Start Agent** starts in a terminal of a worktree's window: a program with its arguments. A shell reads it
   * only if it has what only a shell understands, such as `&&`. How `claude`, `codex`, `gemini` and `opencode` take a
   * prompt and go on with their last session is known; for another one write `${prompt}` or `${promptFile}` where it
   * has the prompt, such as `aider --message-file ${promptFile}`.
   */
  readonly 'agent.command': string;
  /**
   * Whether a notification says that an agent waits for you: once for each wait, in one of the windows of its
   * repository, with **Go to Agent**. Off: its row, the badge of the view and the status bar say it.
   */
  readonly 'agent.notify': boolean;
  /**
   * Hosts that an agent in a sandbox (**Start Agent in a Sandbox**, `coppice create --go --sandbox`) reaches besides
   * those of its environment, such as `registry.npmjs.org`, `*.example.com` or `git.example.com:443`. Empty: only its
   * environment's URLs, its database and what else its variables lead to, and the API server of its cluster.
   */
  readonly 'agent.sandboxHosts': readonly string[];
  /**
   * When the agent of `coppice.agent.command` is started that was asked for with a new worktree, by **Create Worktree
   * and Start Agent…** or `coppice create --go`.
   */
  readonly 'agent.startWhen': string;
  /**
   * After how many minutes an environment in the embedded cluster is put to sleep of which nobody wants anything: no
   * request to its URLs, no connection of anybody else with its services that is open, nor of these with another
   * machine, no change of a file or a commit, no program in its folder besides its own services, as a terminal or an
   * agent is, and no service that has used more than a little of a processor in that time. It does not see what a
   * service does now and then without any of that, as a worker that asks a queue of this machine once a minute: leave
   * it at 0 where such work must not be ended. Where it cannot be told, as on macOS and Windows what runs in a
   * folder, it stays awake. As use is compared between two looks, it may take twice as long. It counts from the next
   * create or update of the environment. 0: never. What is to stay free when others start is
   * `coppice.start.freeMemory`.
   */
  readonly 'sleep.after': number;
  /**
   * How many MiB of memory are to stay free on this machine when an environment of the embedded cluster starts. Where
   * less is free, or its services would leave less by what others of its repository use, a create, a wake, and an
   * update that starts more wait; what waits says so. A wake by a request to its URL goes by what this and the other
   * limits of a start were at its last create or update. On Linux free is what the kernel calls available, within the
   * limits of control groups; on macOS what its memory pressure leaves; where the system does not tell, nothing
   * waits. 0: nothing waits for memory.
   */
  readonly 'start.freeMemory': number;
  /**
   * Above which load for each processor an environment of the embedded cluster is not started: the programs that run
   * or wait for a processor, over the last minute. Windows has no such figure. 0: nothing waits for it.
   */
  readonly 'start.load': number;
  /**
   * How many seconds the start of an environment waits for `coppice.start.freeMemory` and `coppice.start.load` before
   * it fails and says why. 0: it fails at once.
   */
  readonly 'start.waitTime': number;
  /**
   * How many hours a deleted worktree stays in the trash, a folder in the git directory of its repository, from where
   * **Undo Delete** brings it back; its database is kept as long, and comes back with the next create. Zero: files
   * and database are deleted at once.
   */
  readonly 'trash.hours': number;
  /**
   * After how many days without use **Clean Up and Free Disk** and `coppice clean` propose a worktree that nothing
   * protects. Nothing is removed without a yes. Zero: whenever it was used.
   */
  readonly 'clean.days': number;
  /**
   * Whether environments that nobody has used for `coppice.clean.days` days, and for one day at least, are removed by
   * themselves. A day before that it is said on their rows, by a window of their repository and by `coppice clean`;
   * whoever uses one meanwhile, or keeps it (**Keep Environment**, `coppice clean --keep`), takes that back. It is
   * looked for once an hour while a window is used, and after `coppice create`, `delete` and `clean`; a day in which
   * nobody looked is not counted in full. Removed is only what a cleanup removes without asking: nothing that holds
   * work or data of its own, is locked, or is in use. Only environments of the embedded cluster go, as others do not
   * tell when they were used, and only where it can be told which programs work in a folder. A worktree goes into the
   * trash (`coppice.trash.hours`).
   */
  readonly 'clean.automatic': string;
  /**
   * The first port that the gateway of the embedded cluster tries; the URLs of all environments lead there. Taken
   * into account when the cluster starts.
   */
  readonly 'gateway.port': number;
  /** The Helm program. Empty: `helm` on the PATH. */
  readonly 'helm.path': string;
  /**
   * A PostgreSQL server of your own (`postgresql://user@host:port/`) whose user may create databases and roles; its
   * password is asked for by Set PostgreSQL Password. Empty: Coppice starts one.
   */
  readonly 'postgres.url': string;
  /**
   * The server of `coppice.postgres.url` as the pods of a real cluster reach it: host and port, such as
   * `db.infra:5432`. Empty: the same host and port.
   */
  readonly 'postgres.podAddress': string;
  /**
   * The folder with `postgres` and `initdb` that Coppice starts its own server with. Empty: it looks in the usual
   * places. A server of your own is named by `coppice.postgres.url`.
   */
  readonly 'postgres.binaries': string;
  /**
   * The folder for Coppice's own state: the embedded cluster, its database server, locks. Empty: `~/.coppice`. Read
   * once: a change counts after the window was reloaded.
   */
  readonly home: string;
  /**
   * Where the services of an environment send their traces, metrics and logs: the OTLP/HTTP address that they find in
   * `OTEL_EXPORTER_OTLP_ENDPOINT`. Coppice itself sends nothing.
   */
  readonly 'telemetry.otlpEndpoint': string;
  /**
   * A Grafana of your own (`http://localhost:3000`) whose panels the dashboard shows. It must hold the dashboard
   * `coppice-environment`, may be embedded (`allow_embedding`) and is read without a login, or with one that the
   * browser has. Empty: the Grafana of the infra, where the cluster has one; without one the dashboard draws what the
   * cluster itself knows.
   */
  readonly 'grafana.url': string;
  /**
   * A Prometheus of your own. The dashboard links to it, and takes the past from it where the cluster keeps none.
   * Empty: that of the infra, where the cluster has one.
   */
  readonly 'prometheus.url': string;
  /** A Loki of your own, for the logs of the environments. Empty: that of the infra, where the cluster has one. */
  readonly 'loki.url': string;
  /**
   * A Jaeger of your own. The dashboard links to the traces of an environment there, and `coppice traces` reads them.
   * Empty: that of the infra, where the cluster has one.
   */
  readonly 'jaeger.url': string;
  /**
   * The Temporal server, host and port, that services find in `TEMPORAL_ADDRESS`. Where coppice.yaml says `temporal:
   * true`, the address is one of this machine and nobody answers there, Coppice runs Temporal’s development server
   * there.
   */
  readonly 'temporal.address': string;
  /**
   * The program of Temporal’s CLI, as an absolute path: it registers namespaces and is the development server. Empty:
   * `temporal` on the PATH.
   */
  readonly 'temporal.path': string;
  /**
   * The address of Temporal’s web interface (`http://localhost:8080`), which tells how many workflows of an
   * environment run and have failed, and has its pages. Empty: that of the development server which Coppice runs; of
   * another one, port 1000 above `coppice.temporal.address`, where the development server has it.
   */
  readonly 'temporal.ui': string;
  /**
   * Where the environments of a repository run that has not chosen a cluster by Choose Cluster…: `embedded`, or the
   * name of a context that was chosen for another repository before.
   */
  readonly 'cluster.default': string;
  /**
   * Contexts of your kubeconfig that Coppice may change although their clusters are not on this machine. Clusters of
   * k3d, kind, minikube, Docker Desktop and Rancher Desktop on this machine need not be here; all others are only
   * ever read. Which kubeconfig that is, `coppice.cluster.kubeconfig` says.
   */
  readonly 'cluster.allowedContexts': readonly string[];
  /**
   * The kubeconfig whose contexts can be chosen; it is read, and never written. Empty: what `KUBECONFIG` names, else
   * `~/.kube/config`.
   */
  readonly 'cluster.kubeconfig': string;
  /**
   * Folders of this machine that the nodes of your cluster have, too, so that worktrees in them can be mounted:
   * `/home/me/code`, or `/Users/me/code=/mnt/code` where the nodes have it under another path. Not needed for the
   * embedded cluster, for one that the command Set Up Cluster made, and for one whose only node is this machine.
   */
  readonly 'cluster.mountedFolders': readonly string[];
  /**
   * The registry that images of services are pushed to, as this machine sees it: `localhost:5000`, or
   * `registry.example.com/team`. Empty: the one that a cluster made by Coppice has; a cluster that runs containers in
   * the very Docker that builds needs none.
   */
  readonly 'registry.push': string;
  /** The registry of `coppice.registry.push` as the nodes of the cluster see it. Empty: under the same address. */
  readonly 'registry.pull': string;
  /**
   * The class of the ingresses that Coppice makes in a real cluster, such as `traefik` or `nginx`. Empty: the
   * cluster's default class.
   */
  readonly 'ingress.class': string;
  /**
   * The Gateway, as `namespace/name`, that serves the URLs of environments in a cluster that you chose, by routes of
   * the Gateway API (HTTPRoute). Empty: the cluster's ingress controller does; where it has no class of ingresses and
   * one Gateway, that.
   */
  readonly 'ingress.gateway': string;
  /**
   * The port at which this machine reaches the ingress controller of a cluster that you chose; the URLs lead there.
   * Zero: what the cluster says of it, else 80. A cluster of **Set Up Cluster…** knows its own.
   */
  readonly 'ingress.port': number;
  /**
   * The namespace of the ingress controller of a cluster that you chose: network policies let it reach the services
   * of an environment, and nobody else from outside of it. A cluster of **Set Up Cluster…** knows its own.
   */
  readonly 'ingress.namespace': string;
  /**
   * A YAML file with Helm values of your own for the infra of a cluster, as an absolute path: what is in it counts
   * over what Coppice says. It can turn parts off, name addresses of your own, registries, images, storage classes
   * and sizes; `charts/infra/values.yaml` of the extension says all that there is. Read when infra is set up.
   */
  readonly 'infra.values': string;
  /**
   * Whether the namespace of an environment in a real cluster gets a quota, so that no environment takes what the
   * others need.
   */
  readonly 'quota.enabled': boolean;
  /**
   * The most pods that one environment may have in a real cluster. While a service is restarted it has up to three:
   * the old one, the new one, and one that is ending. Part of the quota of `coppice.quota.enabled`.
   */
  readonly 'quota.pods': number;
  /**
   * The most processor time that all containers of one environment may ask for together, as Kubernetes writes it: `4`
   * or `500m`. Part of the quota of `coppice.quota.enabled`.
   */
  readonly 'quota.cpu': string;
  /**
   * The most memory that all containers of one environment may use together, as Kubernetes writes it: the sum of
   * their limits, of which little is used at a time. Part of the quota of `coppice.quota.enabled`.
   */
  readonly 'quota.memory': string;
  /**
   * The most memory that one container of an environment may use that says nothing of its own; one that uses more is
   * ended (`OOMKilled`).
   */
  readonly 'quota.containerMemory': string;
}

export const defaultSettings: Settings = {
  'worktree.folder': '${repository}.worktrees/${slug}',
  'worktree.base': '',
  'pool.size': 0,
  'setup.timeout': 600,
  'create.readyTimeout': 120,
  'create.steadyTime': 5,
  'environments.automatic': 'never',
  'notices.failing': false,
  'agent.command': 'claude',
  'agent.notify': false,
  'agent.sandboxHosts': [],
  'agent.startWhen': 'ready',
  'sleep.after': 0,
  'start.freeMemory': 512,
  'start.load': 0,
  'start.waitTime': 600,
  'trash.hours': 24,
  'clean.days': 7,
  'clean.automatic': 'never',
  'gateway.port': 8080,
  'helm.path': '',
  'postgres.url': '',
  'postgres.podAddress': '',
  'postgres.binaries': '',
  home: '',
  'telemetry.otlpEndpoint': 'http://127.0.0.1:4318',
  'grafana.url': '',
  'prometheus.url': '',
  'loki.url': '',
  'jaeger.url': '',
  'temporal.address': '127.0.0.1:7233',
  'temporal.path': '',
  'temporal.ui': '',
  'cluster.default': 'embedded',
  'cluster.allowedContexts': [],
  'cluster.kubeconfig': '',
  'cluster.mountedFolders': [],
  'registry.push': '',
  'registry.pull': '',
  'ingress.class': '',
  'ingress.gateway': '',
  'ingress.port': 0,
  'ingress.namespace': 'kube-system',
  'infra.values': '',
  'quota.enabled': true,
  'quota.pods': 30,
  'quota.cpu': '4',
  'quota.memory': '30Gi',
  'quota.containerMemory': '1Gi',
};

/** The least and the most that a number may be. */
export const settingLimits: Partial<Record<keyof Settings, readonly [minimum: number, maximum: number]>> = {
  'pool.size': [0, 3],
  'setup.timeout': [1, 86400],
  'create.readyTimeout': [1, 3600],
  'create.steadyTime': [0, 600],
  'sleep.after': [0, 43200],
  'start.freeMemory': [0, 1048576],
  'start.load': [0, 1000],
  'start.waitTime': [0, 86400],
  'trash.hours': [0, 8760],
  'clean.days': [0, 3650],
  'gateway.port': [1, 65535],
  'ingress.port': [0, 65535],
  'quota.pods': [1, 10000],
};
