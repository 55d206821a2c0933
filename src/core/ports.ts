import type { EnvironmentFacts } from './facts';
import type { EnvironmentFile, EnvironmentFileProblem } from './environmentFile';
import type { Event } from './event';
import type { AppError, Loss } from './errors';
import type { ClusterIdentity, Identity, Owner, Repository, Worktree, WorktreeStatus } from './model';

/*
 * What the use cases need of the outside world, as roles. Every method that can take long accepts an AbortSignal and
 * rejects with an AbortError once it is aborted; all other failures are AppErrors.
 */

/** git worktrees of a repository. */
export interface Worktrees {
  /** @throws invalidInput when the folder is in no git repository (or a bare one) */
  repository(folder: string, signal?: AbortSignal): Promise<Repository>;
  /**
   * Writes the repository's id down in its git directory, so that it survives a move of the folder. To be called before
   * anything is stamped with the id; reading never writes it. @returns the repository with the id that counts
   */
  recordRepository(repository: Repository): Promise<Repository>;
  /** One `git worktree list`: paths, branches, locks; the main worktree first. */
  list(repository: Repository, signal?: AbortSignal): Promise<Worktree[]>;
  /** Reads only, runs nothing that the repository's config names. @throws notFound when the folder is gone */
  status(worktree: Worktree, signal?: AbortSignal): Promise<WorktreeStatus>;
  /** Reads what the next `statuses` has to know first, while its caller still waits for the list. Never fails. */
  prepareStatuses(repository: Repository): void;
  /**
   * Statuses of many worktrees of one repository, with one look-up of all their last commits; each is told as soon as it is
   * known, a failure as such. Resolves when all are told. @throws only the AbortError
   */
  statuses(
    worktrees: readonly Worktree[],
    onStatus: (worktree: Worktree, result: WorktreeStatus | AppError) => void,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Local branches and remote-tracking branches (`origin/x`), newest commit first. */
  branches(repository: Repository, signal?: AbortSignal): Promise<Branch[]>;
  /** What a base (branch, tag, commit) stands for. @throws invalidInput when it names no commit */
  resolveCommit(repository: Repository, base: string, signal?: AbortSignal): Promise<string>;
  /** A file's text as a commit has it. @param path relative to the repository's root, with `/`. undefined: not in that commit */
  fileAt(repository: Repository, commit: string, path: string, signal?: AbortSignal): Promise<string | undefined>;
  /**
   * `git worktree add` (for new branches with --no-track) into a folder that must not exist or be empty.
   * @throws conflict when the branch is checked out elsewhere or the folder exists, invalidInput for a bad name or base
   */
  add(repository: Repository, request: AddWorktree, signal?: AbortSignal): Promise<Worktree>;
  /** Whether `add` could use the folder, as of now. @throws conflict when it exists and is not empty, or is a worktree */
  checkFolder(repository: Repository, folder: string, signal?: AbortSignal): Promise<void>;
  /** What removing the worktree, and its branch if so wished, would lose. Empty: nothing. */
  losses(repository: Repository, worktree: Worktree, signal?: AbortSignal): Promise<Loss[]>;
  /**
   * Removes folder and registration. Checks again for losses that are not in `accepted`, right before it removes.
   * @throws conflict with the losses
   */
  remove(
    repository: Repository,
    worktree: Worktree,
    accepted: readonly Loss['kind'][],
    signal?: AbortSignal,
  ): Promise<void>;
  /** Deletes a local branch only while it points at `expectedHead` (compare and swap). @throws conflict when it moved on */
  deleteBranch(repository: Repository, branch: string, expectedHead: string): Promise<void>;
  /** Forgets registrations of worktrees whose folders are gone. */
  prune(repository: Repository): Promise<void>;
  /** Fires when a worktree, branch, HEAD or index of the repository changes, whoever changed it; coalesced. */
  watch(repository: Repository): { readonly onDidChange: Event<void>; dispose(): void };
}

export interface Branch {
  /** `x` for a local branch, `origin/x` for a remote-tracking one. */
  readonly name: string;
  readonly isRemote: boolean;
  readonly commit: string;
  /** Committer date, ISO 8601. */
  readonly date: string;
  readonly subject: string;
  /** Folder of the worktree that has it checked out. */
  readonly checkedOutAt: string | undefined;
}

export type AddWorktree = { readonly folder: string } & (
  | { readonly kind: 'existing'; readonly branch: string }
  /** `remoteBranch` is `origin/x`; makes local `x` that tracks it. */
  | { readonly kind: 'tracking'; readonly branch: string; readonly remoteBranch: string }
  /** `base`: a branch, tag or commit. */
  | { readonly kind: 'new'; readonly branch: string; readonly base: string }
);

/** Identity files in the worktrees' own git directories. */
export interface Identities {
  /** undefined when there is none. @throws failed when there is one that cannot be understood */
  read(worktree: Worktree): Promise<Identity | undefined>;
  /** Atomic: whole or not at all. */
  write(worktree: Worktree, identity: Identity): Promise<void>;
  remove(worktree: Worktree): Promise<void>;
}

/** An agent that is to be started in a worktree's own window, once. */
export interface AgentRequests {
  request(worktree: Worktree): Promise<void>;
  /** True to one caller only. */
  take(worktree: Worktree): Promise<boolean>;
}

/** Exclusion between processes of this user on this machine. */
export interface Locks {
  /**
   * Does not wait. A lock whose holder died is taken over.
   * @param key any text; `what` says what the holder does, for the one who is refused
   * @throws conflict naming what the holder does
   */
  acquire(key: string, what: string): Promise<{ release(): Promise<void> }>;
}

/** `coppice.yaml`. */
export interface EnvironmentFiles {
  exists(folder: string): Promise<boolean>;
  /** @throws notConfigured when there is none, invalidInput whose explanation holds one `file:line:column: message` a line */
  read(folder: string): Promise<EnvironmentFile>;
  /** The same from a text, without looking at the folders that it names. @param name how the text is called in messages */
  parse(text: string, name: string): EnvironmentFile;
  /** All problems of a text that may not be saved yet. */
  check(text: string): EnvironmentFileProblem[];
}

/** Where environments run. */
export interface Cluster {
  readonly identity: ClusterIdentity;
  /** Starts it where that is ours to do, and makes sure that it answers. Idempotent. @throws unreachable, denied, notConfigured */
  connect(signal?: AbortSignal): Promise<ClusterAccess>;
  /** Whether it answers now, without starting anything. */
  probe(signal?: AbortSignal): Promise<ClusterAccess | undefined>;
  readNamespace(name: string, signal?: AbortSignal): Promise<NamespaceRecord | undefined>;
  /** All namespaces that carry an owner, of any repository. */
  listNamespaces(signal?: AbortSignal): Promise<NamespaceRecord[]>;
  /** Creates it with the owner's labels, or finds it when it is this owner's and brings its annotations up to date. @throws conflict when it is anybody else's or terminating */
  claimNamespace(request: ClaimNamespace, signal?: AbortSignal): Promise<'created' | 'found'>;
  /** Compares the owner, deletes, and waits until it is gone. No error when it is already gone. @throws conflict, timeout (with the namespace's own reason) */
  deleteNamespace(name: string, owner: Owner, signal?: AbortSignal): Promise<void>;
  /** Creates or replaces; values are text. Compares the namespace's owner first. */
  putSecret(
    namespace: string,
    name: string,
    data: Readonly<Record<string, string>>,
    owner: Owner,
    signal?: AbortSignal,
  ): Promise<void>;
  /** undefined when there is none. */
  readSecret(
    namespace: string,
    name: string,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<string, string>> | undefined>;
  /** New pods for a service (a rollout restart). */
  restart(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<void>;
  /** Lines of a service's pods, as they come, without their ends. Ends by itself unless `follow`. */
  logs(namespace: string, service: string, options: LogOptions, signal?: AbortSignal): AsyncIterable<string>;
  /** One list of everything, once. */
  read(repositoryId: string | undefined, signal?: AbortSignal): Promise<EnvironmentFacts[]>;
  /**
   * Watches all environments, with one watch a resource type; keeps trying while the cluster is away. Starts nothing.
   * @param repositoryId only this repository's; undefined: all
   */
  watch(repositoryId: string | undefined): ClusterWatch;
}

export interface ClusterAccess {
  /** Address of the API server. */
  readonly server: string;
  /** A kubeconfig file whose one context leads there; Helm and terminals get it. */
  readonly kubeconfig: string;
  readonly context: string;
}

export interface NamespaceRecord {
  readonly name: string;
  readonly uid: string;
  readonly owner: Owner | undefined;
  readonly terminating: boolean;
  /** Annotations `coppice.dev/…` without the prefix. */
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ClaimNamespace {
  readonly name: string;
  readonly owner: Owner;
  readonly annotations: Readonly<Record<string, string>>;
  /** Pod security standard that the namespace's pods are held to; `baseline` unless they need a folder of their node. */
  readonly podSecurity?: 'baseline' | 'privileged';
}

export interface LogOptions {
  readonly follow: boolean;
  readonly previous?: boolean;
  /** Only the last so many lines. */
  readonly tail?: number;
}

export type ClusterWatchState =
  | { readonly state: 'connecting' }
  | { readonly state: 'online'; readonly environments: readonly EnvironmentFacts[] }
  /** The last known environments stay valid as such. */
  | { readonly state: 'offline'; readonly reason: string };

export interface ClusterWatch {
  readonly current: ClusterWatchState;
  readonly onDidChange: Event<ClusterWatchState>;
  /** Tries at once instead of at the end of the current back-off: a cluster was just started. */
  retryNow(): void;
  dispose(): void;
}

/** Helm releases. */
export interface Releases {
  /** `helm upgrade --install`, without waiting for readiness. @throws missingTool, failed with Helm's own first line */
  install(request: InstallRelease, signal?: AbortSignal): Promise<void>;
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

/** Values of charts/worktree (its values.schema.json says the same); a repository's own chart gets the same. */
export interface WorktreeValues {
  readonly worktree: {
    /** The slug. */
    readonly name: string;
    readonly branch: string;
    readonly folder: string;
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

/** Databases of environments and their templates. */
export interface Databases {
  /** Starts the server where that is ours to do, and makes sure that it answers. @throws unreachable, missingTool, denied */
  connect(signal?: AbortSignal): Promise<void>;
  /** Who owns a database, read from its comment. 'foreign': it exists and is none of ours. */
  owner(database: string, signal?: AbortSignal): Promise<Owner | 'foreign' | undefined>;
  /**
   * Makes the template unless it is there for the same recipe; another recipe rebuilds it. One at a time per template,
   * across processes; half-built ones are dropped.
   * @param build fills the empty database at this URL (migrate, seed)
   * @returns the template's real name: it ends in a hash when another repository holds the plain one
   */
  ensureTemplate(
    request: { readonly name: string; readonly repositoryId: string; readonly recipe: string },
    build: (url: string, signal?: AbortSignal) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<{ readonly name: string; readonly built: boolean }>;
  /**
   * Clones the template for an environment: role (with a new password), database owned by it, nobody else may connect.
   * Found again when it is this owner's. @throws conflict when it is anybody else's
   */
  clone(
    request: { readonly database: string; readonly role: string; readonly template: string; readonly owner: Owner },
    signal?: AbortSignal,
  ): Promise<{ readonly url: string; readonly created: boolean }>;
  /** Whether a URL that `clone` once gave leads to the server as it runs now: started anew it may have another port. */
  isCurrent(url: string, signal?: AbortSignal): Promise<boolean>;
  /** Compares the owner, ends its sessions, drops database and role. No error when they are gone. @throws conflict */
  drop(
    request: { readonly database: string; readonly role: string; readonly owner: Owner },
    signal?: AbortSignal,
  ): Promise<void>;
}

/** Runs the repository's own commands (migrate, seed) on this machine. */
export interface Commands {
  /** No shell. @throws failed with exit code and the last line that it printed */
  run(
    argv: readonly string[],
    options: {
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
      readonly onLine?: (line: string) => void;
    },
    signal?: AbortSignal,
  ): Promise<void>;
}

/** Whether ports of this machine are free. */
export interface Ports {
  isFree(port: number): Promise<boolean>;
}

/** Paths of this machine's file system. */
export interface Paths {
  /** Absolute path of `relative` as seen from the folder `base`; `relative` has `/` between its parts. */
  resolve(base: string, relative: string): string;
  parent(path: string): string;
  /** Whether `path` is `folder` or lies in it; symbolic links are followed. */
  contains(folder: string, path: string): boolean;
}

export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string, cause?: unknown): void;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}
