import type { AgentStatus } from './agents/agentStatus';
import type { Names } from './naming';
import type { OutdatedCluster } from './outdatedCluster';
import type { TemporalNews } from './temporalNews';
import type { ServiceAddress } from './serviceAddress';

export interface Repository {
  /** 12 hex digits, recorded in the common git directory when first needed: survives a move of the folder. */
  readonly id: string;
  /** The main worktree's folder name. */
  readonly name: string;
  /** The main worktree's folder, absolute. */
  readonly root: string;
  /** The git directory that all worktrees share, absolute. */
  readonly commonDir: string;
  /** Short name: what `origin/HEAD` says, else `main`, `master`, here or on `origin`, else the main worktree's branch. */
  readonly defaultBranch: string;
}

export interface Commit {
  readonly id: string;
  readonly subject: string;
  /** Committer date, ISO 8601. */
  readonly date: string;
}

export interface Worktree {
  /** Absolute path of its folder. */
  readonly path: string;
  /** Its own git directory: the common one for the main worktree, `<common>/worktrees/<id>` for the others. */
  readonly gitDir: string;
  readonly isMain: boolean;
  /** Short branch name; undefined when HEAD is detached. */
  readonly branch: string | undefined;
  readonly head: string;
  /** The reason given to `git worktree lock`, '' when none was given, undefined when it is not locked. */
  readonly locked: string | undefined;
  /** The process that locked it has ended, and will not unlock it. */
  readonly isLockStale?: boolean;
  /** Why git would prune it (its folder is gone), undefined when it stands. */
  readonly prunable: string | undefined;
  /** The create (its worktree id) that is making it, or was cut off while it did: its files are not complete. */
  readonly beingMade?: string | undefined;
  /** It is made in advance for the next create: its id (`core/worktrees/spareMark`). Nobody has worked in it, as far as git's list tells. */
  readonly spare?: string;
  /** The process that was making it has ended: only the same create, run again, completes it. */
  readonly isMakerGone?: boolean;
  /** Where its folder was found when it is gone from its place: it was moved without git. */
  readonly movedTo?: string;
  /** Where a delete has put its folder that is under way, or was cut off. */
  readonly setAside?: string;
}

/** The files of a worktree that git knows no more. */
export interface LeftFolder {
  /** Where they are now. */
  readonly folder: string;
  /** By what git knew the worktree: mostly the name of its folder. */
  readonly name: string;
}

export interface WorktreeStatus {
  /** Tracked files with changes, staged or not, conflicts included. */
  readonly changed: number;
  readonly untracked: number;
  readonly conflicts: number;
  /** undefined without an upstream. */
  readonly upstream: string | undefined;
  readonly ahead: number;
  readonly behind: number;
  readonly lastCommit: Commit | undefined;
}

/** Whose something is. Stamped on all that an environment owns, and compared before any change. */
export interface Owner {
  readonly repositoryId: string;
  readonly worktreeId: string;
}

/** What was decided when an environment was created: later it is looked up here, never derived again. */
export interface Identity {
  readonly version: 2;
  readonly owner: Owner;
  readonly names: Names;
  /** Which cluster it lives in; all kinds but 'embedded' record what pins them. */
  readonly cluster: ClusterIdentity;
  /** Full ref at creation, `refs/heads/…`, or the commit id when HEAD was detached. */
  readonly ref: string;
  /** Whether Coppice made the branch: only then may deleting the worktree delete it. */
  readonly createdBranch: boolean;
  /** 'creating' until every step was done once: a create that finds it goes on where the last one ended. */
  readonly state: 'creating' | 'created';
  /** ISO 8601. */
  readonly createdAt: string;
  readonly parts: IdentityParts;
}

/**
 * What a part of an environment needs to find again what it made, by the part's id. It is recorded before it is made, and kept
 * when the environment file no longer asks for the part: what has no record was never made.
 */
export interface IdentityParts {
  readonly database?: DatabaseRecord;
  readonly temporal?: TemporalRecord;
  /** The same, where Coppice registered it. */
  readonly temporalNamespace?: TemporalRecord;
  readonly services?: ServicesRecord;
  readonly patch?: PatchRecord;
  readonly teardown?: TeardownRecord;
  readonly uses?: UsesRecord;
  readonly [id: string]: PartRecord | undefined;
}

/** One JSON object. */
export type PartRecord = Readonly<Record<string, unknown>>;

export type DatabaseRecord = {
  readonly provider: 'postgres';
  readonly database: string;
  /** The role that owns the database. */
  readonly role: string;
  /** How programs are told DATABASE_URL; undefined: as it is. */
  readonly url?: string;
  /** The worktreeId of the environment that it was to be a copy of; undefined: of the template. */
  readonly from?: string;
};

/** The env files that it was to patch. */
export type PatchRecord = { readonly files: readonly string[] };

/** How many commands were to run before it goes. */
export type TeardownRecord = { readonly commands: number };

/** The services that it uses, in the file's order. */
export type UsesRecord = {
  readonly services: Readonly<
    Record<
      string,
      {
        /** Of `core/uses`, or one that a newer version knows. */
        readonly tool: string;
        /** Of this machine, by the tool's names for them; none where containers run. No two environments share one. */
        readonly ports: Readonly<Record<string, number>>;
        /** DATABASE_URL leads to it. */
        readonly isDatabase?: true;
        /** Where containers run: whether its data outlive its pod. What a cluster gives may change, and where they are may not. */
        readonly isKept?: boolean;
        /** It was used, and is not any more: its data are there until the environment goes. */
        readonly isGone?: true;
        /** Tools that it was before, whose data are there still. */
        readonly former?: readonly string[];
      }
    >
  >;
};

export type TemporalRecord = { readonly namespace: string };

export type ServicesRecord = {
  /** Metrics port of each service; no two services of any environment share one. */
  readonly metricsPorts: Readonly<Record<string, number>>;
  /** Of each service that a URL leads to; undefined: recorded before such were. */
  readonly addresses?: Readonly<Record<string, ServiceAddress>>;
};

export interface ClusterIdentity {
  readonly kind: 'embedded' | 'k3d' | 'context';
  readonly context?: string;
  readonly server?: string;
  /** SHA-256 over the CA's PEM, hex. */
  readonly caSha256?: string;
}

/** `asleep`: it is to have no pods until it wakes. `stopped`: it is to have none. */
export type Health = 'healthy' | 'progressing' | 'degraded' | 'stopped' | 'asleep' | 'unknown';

export interface ServiceStatus {
  readonly name: string;
  readonly health: Health;
  /** The word that Kubernetes users know: Running, Pending, ContainerCreating, CrashLoopBackOff, Completed… */
  readonly state: string;
  /** One line that tells why, when it is not healthy, and what is special about it when it is. */
  readonly reason: string | undefined;
  readonly ready: number;
  readonly desired: number;
  /** How many pods the environment file asks for; undefined: nobody says. */
  readonly wanted?: number;
  /** What answers is the release before: the new one does not get ready. */
  readonly isOldServing?: true;
  readonly restarts: number;
  readonly pods: readonly string[];
  /** Addresses under which the ingress serves it, the shortest path first. */
  readonly urls: readonly string[];
}

/** What there is to see of one part of an environment: a row of the tree, a line of its status, an item in JSON. */
export interface PartStatus {
  /** The part's id: `database`. */
  readonly part: string;
  /** What a person calls it: `Database`. */
  readonly title: string;
  /** By what it is known outside. */
  readonly name: string;
  /** How it is, in a few words: `2 workflows running, 1 failed`. */
  readonly detail?: string;
  /** What a row of the environment says of it: what a person must know. */
  readonly mark?: string;
  /** Why what needs it can do nothing, without a full stop: the environment waits then. */
  readonly waits?: string;
  /** The address of its page. */
  readonly page?: string;
}

export interface Environment extends Owner {
  readonly namespace: string;
  readonly slug: string;
  readonly ref: string;
  readonly folder: string;
  readonly database: string | undefined;
  readonly health: Health;
  readonly terminating: boolean;
  /** Why it is not gone yet, in the cluster's words. */
  readonly heldBy?: string;
  /** What to know of it besides its health. */
  readonly notes?: readonly string[];
  /** What it has besides services. */
  readonly parts?: readonly PartStatus[];
  /** Of its namespace in Temporal; undefined: it has none, or nobody has asked yet. */
  readonly temporal?: TemporalNews;
  /** When the newest of its pods was made, milliseconds since the epoch: a service that is started again has a new one. */
  readonly startedAt?: number;
  /** Sorted as in the environment file where that is known, else by name. */
  readonly services: readonly ServiceStatus[];
}

export interface UnclaimedEnvironment extends Environment {
  /** It was claimed moments ago and has no service yet: its create is under way, and was at most just cut off. */
  readonly isBeingCreated: boolean;
}

/**
 * What Coppice is doing with a worktree and its environment, or was doing when it was cut off: then the same command finishes it.
 * An update is a create of what is there.
 */
export type Work = 'creating' | 'updating' | 'deleting' | 'createCutOff' | 'deleteCutOff';

/** One line of the tree: a worktree with what is known of it; parts that are not known yet are undefined. */
export interface WorktreeEntry {
  readonly worktree: Worktree;
  readonly status: WorktreeStatus | undefined;
  readonly identity: Identity | undefined;
  /** Why its record cannot be read, and what to do about it: whether it has an environment is not known then. */
  readonly damaged?: string | undefined;
  readonly environment: Environment | undefined;
  /** Where its environment lives when that is another cluster than the one that the repository uses now. */
  readonly elsewhere?: ClusterIdentity | undefined;
  /** The folder that its services were started for, when the worktree was moved to another one since. */
  readonly movedFrom?: string | undefined;
  /** undefined: nothing is under way, and nothing was cut off. */
  readonly work?: Work | undefined;
  /** "waits to start, because …": this machine has no room for it now. */
  readonly waits?: string | undefined;
  /** Agents that are at work in its folder, those that wait for a person first; undefined: none is. */
  readonly agents?: readonly AgentStatus[] | undefined;
  /** What of it goes by itself unless somebody uses it, and when at the earliest: milliseconds since the epoch. */
  readonly goes?: { readonly what: 'environment' | 'worktree'; readonly after: number } | undefined;
}

export type ClusterConnection =
  | { readonly state: 'idle' }
  | { readonly state: 'connecting' }
  | { readonly state: 'online' }
  /** What is shown is the last known; `since` ISO 8601. */
  | { readonly state: 'offline'; readonly reason: string; readonly since: string };

/** The one snapshot that tree, status bar, context keys, dashboard and CLI render from. Replaced whole, never changed. */
export interface Snapshot {
  readonly repository: Repository | undefined;
  readonly hasEnvironmentFile: boolean;
  readonly entries: readonly WorktreeEntry[];
  readonly cluster: ClusterConnection;
  /** Which cluster the repository uses; undefined until that is known. */
  readonly clusterIdentity?: ClusterIdentity | undefined;
  /** While it is online: that a restart would make it as new as Coppice is. */
  readonly outdatedCluster?: OutdatedCluster | undefined;
  /** While it is online: why it would lose what is changed now, in a sentence. */
  readonly stateTrouble?: string | undefined;
  /** Environments of this repository in the cluster that no worktree claims any more. */
  readonly orphans: readonly UnclaimedEnvironment[];
  /** What deletes that were cut off have set aside, and no worktree leads to any more. */
  readonly leftAside?: readonly LeftFolder[] | undefined;
  /** Folders of worktrees that are kept ready for the next creates; none of them is an entry. */
  readonly spares?: readonly string[] | undefined;
  /** What all environments of the cluster share, where it has that. */
  readonly infra?: Environment | undefined;
}
