import type { Loss } from '../../core/errors';
import type { FolderProgram } from '../../core/ports/folderPrograms';
import type { RepositoryCommand } from '../../core/repositoryCommands';
import type { Identity, PartStatus, ServiceStatus, Worktree } from '../../core/model';
import type { BroughtDependencies } from '../dependencies/bringDependencies';

/** What a create is asked for. */
export interface CreateRequest {
  /** Any folder in the repository. */
  readonly folder: string;
  readonly target:
    /** A branch: local, remote (`origin/x`), or a new one; for a new one the base is explicit. */
    | { readonly kind: 'branch'; readonly branch: string; readonly base?: string }
    /** A worktree that exists already and gets an environment. */
    | { readonly kind: 'worktree'; readonly path: string };
  /** Where the worktree goes; undefined: by the pattern of the setting. */
  readonly worktreeFolder?: string;
  /**
   * What to do with an environment that an earlier worktree of the branch left: take it over with its data, or delete it first.
   * undefined: refuse, and say what is there.
   */
  readonly found?: 'adopt' | 'fresh';
  /** The folder of another worktree: the database is a copy of what that one's environment has now, and not of the template. */
  readonly databaseFrom?: string;
  /** The folder of another worktree, whose files a new branch's worktree has too, committed or not. It starts from that one's commit. */
  readonly filesFrom?: string;
  /** Another process that makes this very environment is waited for, and what it has made is the result; else it is a conflict. */
  readonly waits?: boolean;
  /** Losses that the person accepted, each by its name: what an update would take away with its data. */
  readonly accepted?: readonly Loss['kind'][] | undefined;
}

/** What a create would do, decided without changing anything. */
export interface CreatePlan {
  readonly branch: string;
  readonly branchKind: 'existing' | 'tracking' | 'new' | 'worktree';
  /** For a new branch: the base's name and commit, and what to know of it. */
  readonly base: { readonly name: string; readonly commit: string; readonly note?: string } | undefined;
  readonly worktreeFolder: string;
  readonly slug: string;
  readonly namespace: string;
  readonly temporalNamespace: string;
  readonly database: string | undefined;
  readonly host: string;
  readonly metricsPorts: Readonly<Record<string, number>>;
  /** What it would have besides services. */
  readonly parts: readonly PartStatus[];
  /** What would be built, unless it is there already: the tag is known once the files are. */
  readonly images: readonly PlannedImage[];
  /** What a person would be asked about first: it runs on this machine, and was not approved. */
  readonly commandsToApprove: readonly RepositoryCommand[];
  readonly steps: readonly { readonly id: string; readonly title: string; readonly after: readonly string[] }[];
}

export interface PlannedImage {
  /** Without registry and tag. */
  readonly name: string;
  readonly services: readonly string[];
  /** Relative to the repository's root. */
  readonly context: string;
  readonly dockerfile: string;
}

export interface CreateResult {
  readonly worktree: Worktree;
  readonly identity: Identity;
  /** undefined: the environment file asks for none. */
  readonly database: string | undefined;
  readonly services: readonly ServiceStatus[];
  /** False: all is made, but a service does not get ready; `services` says which and why. */
  readonly ready: boolean;
  /** The frontend's address: that of the shortest path. */
  readonly url: string | undefined;
  /** What to know of the environment besides whether it is ready. */
  readonly notes?: readonly string[];
  /** How the worktree's projects got their dependencies; none: it has no lockfile. */
  readonly dependencies?: readonly BroughtDependencies[];
}

export interface DeleteRequest {
  readonly folder: string;
  /** The worktree's folder. */
  readonly path: string;
  /** The environment only: the worktree stays. Always so for the main worktree. */
  readonly environmentOnly?: boolean;
  /** Keeps the branch, and with it unpushed commits. */
  readonly keepBranch?: boolean;
  /** Losses that the person accepted, each by its name. */
  readonly accepted: readonly Loss['kind'][];
}

export interface DeleteResult {
  /** `left`: it lives in another cluster than the one in use, and nobody knows of it here any more. */
  readonly environment: 'deleted' | 'left' | 'none';
  readonly worktree: 'deleted' | 'kept';
  readonly branch: 'deleted' | 'kept' | 'none';
  /** What could not be deleted, and where it lies. */
  readonly left?: string;
  /** Why its files cannot be brought back although they were to be kept. */
  readonly lost?: string;
  /** By which the worktree can be brought back; undefined: it cannot. */
  readonly undo?: string;
  /** Refs that lead to its commits which nothing else reaches. */
  readonly recovery?: readonly string[];
  /** Who worked in its folder when that went, a terminal or an editor: none of them is ended. */
  readonly programs?: readonly FolderProgram[];
}
