import type { DatabaseChanges } from '../databases/databaseChanges';
import type { KeptSnapshot } from '../databases/databaseSnapshots';
import type { Owner } from '../model';
import type { DatabaseSnapshots, EnvironmentDatabase } from './databaseSnapshots';
import type { RepositoryDatabases } from './repositoryDatabases';

export interface TemplateRequest {
  readonly name: string;
  readonly repositoryId: string;
  readonly recipe: string;
  /** What of the recipe its migrations alone are made by: its clones count as migrated by it. */
  readonly migrates?: string;
}

/**
 * 'older': of another recipe, or a migration of it has not come to its end; 'none': it is not there, or nothing is known of how it was
 * made.
 */
export type RecipeAge = 'current' | 'older' | 'none';

export interface RecipeAges {
  readonly template: RecipeAge;
  readonly database: RecipeAge;
}

/** A database that says of itself that it is an environment's. */
export interface OwnedDatabase {
  readonly name: string;
  readonly owner: Owner;
  /** On disk; undefined: it cannot be told. */
  readonly bytes: number | undefined;
}

/** A database that a `drop` has kept for its environment to be brought back. */
export interface KeptDatabase {
  /** Of the database and of its role, as long as it is kept. */
  readonly name: string;
  /** The name that it had. */
  readonly database: string;
  readonly owner: Owner;
  /** Where its worktree's repository was, on the machine that deleted it; undefined: it does not say. */
  readonly repository: string | undefined;
  /** Until when, by the server's clock, in milliseconds since the epoch; undefined: until it is asked for (`keepOn`). */
  readonly until: number | undefined;
  /** On disk, without its snapshots; undefined: it cannot be told. */
  readonly bytes: number | undefined;
  /** Names of the snapshots that wait with it, and that a `dropKept` of it drops. */
  readonly snapshots?: readonly string[];
}

/** What is to be known of a server to tell how it is. */
export interface DatabaseServerFacts {
  /** By its own clock: milliseconds since the epoch. */
  readonly time: number;
  /** Names of databases of ours that a cut off DROP DATABASE has left: all that can be done with them is to drop them. */
  readonly invalid: readonly string[];
  /** Snapshots that are kept, and whose environment is gone with all that was kept of it. */
  readonly leftSnapshots?: readonly Pick<KeptSnapshot, 'name' | 'database' | 'bytes'>[];
  /** Replication slots of databases that wait in the trash or are snapshots, which could not be dropped: the server keeps all that it writes for them. */
  readonly leftSlots?: readonly {
    readonly name: string;
    readonly database: string;
    readonly bytes: number | undefined;
  }[];
  /** Folders on the server's disk that are no database's: a crash of the server has left them, where it may be told. */
  readonly unknownFolders?: readonly { readonly folder: string; readonly bytes: number }[];
}

/** Databases of environments and their templates. */
export interface Databases extends DatabaseSnapshots, RepositoryDatabases {
  /** Starts the server where that is ours to do, and makes sure that it answers. @throws unreachable, missingTool, denied */
  connect(signal?: AbortSignal): Promise<void>;
  /** Who owns a database, read from what no environment's role can write. 'foreign': it exists and is none of ours. */
  owner(database: string, signal?: AbortSignal): Promise<Owner | 'foreign' | undefined>;
  /** Those of environments, of all repositories, by name. Starts nothing; undefined: no server runs. */
  owned(signal?: AbortSignal): Promise<readonly OwnedDatabase[] | undefined>;
  /**
   * Makes the template unless it is there for the same recipe; another recipe rebuilds it. One at a time per template,
   * across processes; half-built ones are dropped.
   * @param build fills the empty database at this URL (migrate, seed)
   * @param request `anew`: it is built even when it is there for the same recipe; databases that were cloned stay as they are
   * @returns the template's real name: it ends in a hash when another repository holds the plain one
   */
  ensureTemplate(
    request: TemplateRequest & { readonly anew?: boolean },
    build: (url: string, signal?: AbortSignal) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<{ readonly name: string; readonly built: boolean }>;
  /**
   * Whether the template is of this recipe, and an environment's database of its own: that of the template that it is a clone of, or
   * the one by which it was migrated since; of what fills a template otherwise nothing counts where `migrates` is known of both. Starts nothing, and takes a few seconds at most; undefined: that cannot be told now.
   * @param of undefined: only the template is asked about
   */
  ages(
    request: TemplateRequest,
    of?: { readonly database: string; readonly owner: Owner; readonly recipe: string; readonly migrates?: string },
    signal?: AbortSignal,
  ): Promise<RecipeAges | undefined>;
  /**
   * Notes by which recipe an environment's database was migrated in its place. Its snapshots are told it, and bring it back; a reset
   * makes it that of the template.
   * @param request `recipe`: undefined while that is under way: cut off, the database is of no recipe. `isAlone`: nothing of the
   *   environment runs yet, so that who has a session there is a migration that was cut off and goes on: it is ended
   * @throws conflict when it is anybody else's, notFound when it is not there
   */
  noteMigrated(
    request: EnvironmentDatabase & { readonly recipe: string | undefined; readonly isAlone?: boolean },
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Whether a migration that was noted is not at its end: it failed, was cut off or is under way. Starts nothing, and takes a few seconds
   * at most; undefined: that cannot be told now.
   */
  isUnmigrated(
    of: { readonly database: string; readonly owner: Owner },
    signal?: AbortSignal,
  ): Promise<boolean | undefined>;
  /**
   * Clones the template for an environment: role (with a new password), database owned by it, nobody else may connect.
   * Found again when it is this owner's, and brought back when a `drop` has kept it.
   *
   * @param request `from`: another environment's database of the same repository; it is a copy of that as it is now, as `forkDatabase`
   *   makes one, and not of the template
   * @returns `created`: it was made now
   * @throws conflict when it is anybody else's, or is to be a copy of another while a `drop` has kept one; with `from` as forkDatabase
   */
  clone(
    request: {
      readonly database: string;
      readonly role: string;
      readonly template: string;
      readonly owner: Owner;
      readonly from?: EnvironmentDatabase;
    },
    signal?: AbortSignal,
  ): Promise<{ readonly url: string; readonly created: boolean; readonly broughtBack?: boolean }>;
  /** Whether the next clone for an owner brings back what a `drop` has kept. Starts nothing; undefined: no server runs. */
  isKept(owner: Owner, signal?: AbortSignal): Promise<boolean | undefined>;
  /** As `isKept`, and what is kept stays until that clone, or the next `drop`, however late that is. */
  keepOn(owner: Owner, signal?: AbortSignal): Promise<boolean | undefined>;
  /** All that a `drop` has kept, of all repositories. Starts nothing; undefined: no server runs. */
  listKept(signal?: AbortSignal): Promise<readonly KeptDatabase[] | undefined>;
  /**
   * Drops what a `drop` has kept for an owner, before its time. Compares the owner; no error when there is none.
   * @param request `name`: of `KeptDatabase`; without it all that is kept for the owner
   * @throws conflict when the name is anybody else's
   */
  dropKept(request: { readonly owner: Owner; readonly name?: string }, signal?: AbortSignal): Promise<void>;
  /** How the server is. Starts nothing; undefined: none runs. */
  facts(signal?: AbortSignal): Promise<DatabaseServerFacts | undefined>;
  /** Drops what a cut off DROP DATABASE has left under a name; no error when there is nothing. @throws conflict where it is something else */
  dropInvalid(name: string, signal?: AbortSignal): Promise<void>;
  /**
   * Whether a URL that `clone` or `podUrl` once gave leads to the server as it runs now: started anew it may have another port.
   * @param from who was to use it
   */
  isCurrent(url: string, from: 'machine' | 'pods', signal?: AbortSignal): Promise<boolean>;
  /** The URL by which pods of a real cluster reach the database that this machine reaches by the one that `clone` gave. */
  podUrl(url: string, signal?: AbortSignal): Promise<string>;
  /** The way back, for what runs on this machine. Starts nothing; undefined: no server runs. */
  machineUrl(podUrl: string, signal?: AbortSignal): Promise<string | undefined>;
  /**
   * Addresses from which an environment's role has sessions now, other than the one that this machine has there: those of
   * its pods. Empty also where the administrator may not see them.
   */
  peers(role: string, signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * What would be lost with an environment's database. Takes a few seconds at most, and starts the server where that is ours to do.
   * @returns undefined when there is no such database; 'unknown' when it cannot be told, for whatever reason
   * @throws conflict when it is anybody else's
   */
  changes(
    request: { readonly database: string; readonly owner: Owner },
    signal?: AbortSignal,
  ): Promise<DatabaseChanges | undefined>;
  /**
   * Compares the owner, ends its sessions, drops its snapshots, database and role. No error when they are gone. @throws conflict
   * @param request `keepMs`: for so long, in milliseconds, the next `clone` for the same owner brings them back; nobody can
   *   connect meanwhile, and their names are free; snapshots stay with them. Without it what was kept for the owner goes as well. `repository`: where the
   *   worktree's repository is, written down with what is kept
   */
  drop(
    request: {
      readonly database: string;
      readonly role: string;
      readonly owner: Owner;
      readonly keepMs?: number;
      readonly repository?: string;
    },
    signal?: AbortSignal,
  ): Promise<void>;
}
