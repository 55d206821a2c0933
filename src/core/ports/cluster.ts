import type { ClusterIdentity, Owner } from '../model';
import type { EnvironmentFacts } from '../facts';
import type { Event } from '../event';

/** Whose environments are meant, by the repositories' ids: one's, those of several, or (undefined) all. */
export type OfRepositories = string | readonly string[] | undefined;

/** Where environments run. */
export interface Cluster {
  readonly identity: ClusterIdentity;
  /**
   * Starts it where that is ours to do, and makes sure that it answers. Idempotent.
   *
   * @param tell hears how far a start is, and what became of the one before
   * @throws unreachable, denied, notConfigured
   */
  connect(signal?: AbortSignal, tell?: (line: string) => void): Promise<ClusterAccess>;
  /** Whether it answers now, without starting anything. */
  probe(signal?: AbortSignal): Promise<ClusterAccess | undefined>;
  /** Why it would lose what is changed now, in a sentence. Undefined: it would not, or nobody can say. */
  stateTrouble(signal?: AbortSignal): Promise<string | undefined>;
  /** Why environments that are made now would not be what they are meant to be in the one that runs, in a sentence. Undefined: they would, or nobody can say. */
  contractTrouble(): Promise<string | undefined>;
  /** The port of all URLs that it serves; undefined: the scheme's own, or nobody can say. Starts nothing. */
  urlPort(): Promise<number | undefined>;
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
  /** Volumes that were claimed in a namespace, by whomever. @throws denied where this user may not list them */
  listClaims(namespace: string, signal?: AbortSignal): Promise<readonly VolumeClaim[]>;
  /** One list of everything, once: one request a resource type, however many repositories are named. */
  read(of: OfRepositories, signal?: AbortSignal): Promise<EnvironmentFacts[]>;
  /**
   * Watches all environments of the repositories that are named, with one watch a resource type for all of them; keeps trying while
   * the cluster is away. Starts nothing. What it tells was read after this call: a change that was made before is in it. Deployments and
   * pods come on ways of their own, and either may be behind the other.
   */
  watch(of: OfRepositories): ClusterWatch;
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

export interface VolumeClaim {
  readonly name: string;
  /** Whose data it is, of what an environment uses by its environment file; undefined: somebody else has made it. */
  readonly service: string | undefined;
  /** As Kubernetes writes it: "8Gi". */
  readonly size: string | undefined;
}

export interface ClaimNamespace {
  readonly name: string;
  readonly owner: Owner;
  readonly annotations: Readonly<Record<string, string>>;
  /** Pod security standard that the namespace's pods are held to; `baseline` unless they need a folder of their node. */
  readonly podSecurity?: 'baseline' | 'privileged';
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
  /** Whether a cluster that is away is tried less often: nobody looks. Not at once any more, and not before a pause that has begun is over. */
  setPatient(isPatient: boolean): void;
  dispose(): void;
}
