import type { DatabaseSnapshot, KeptSnapshot } from '../databases/databaseSnapshots';
import type { Owner } from '../model';

/** The database of an environment, as it is recorded. */
export interface EnvironmentDatabase {
  readonly database: string;
  readonly role: string;
  readonly owner: Owner;
}

/** What puts another database in the place of an environment's. */
export interface Replacing {
  /** Waited for once the other one is whole, and before anything of the environment changes; it may refuse. */
  readonly beforeReplace?: () => Promise<void>;
}

/** What is kept of a database for later; `commit` is what the worktree has checked out. */
export interface SnapshotRequest extends EnvironmentDatabase {
  readonly name: string;
  readonly commit: string | undefined;
}

export interface TakeRequest extends SnapshotRequest {
  /** It stays when its environment goes. Nothing in it is the environment's role's then. */
  readonly keep?: boolean;
  /** None is taken where one of the environment's has all that the database has now, for certain. */
  readonly unlessKept?: boolean;
}

/** A copy of another environment's database; `commit` is what the worktree of the one that is replaced has checked out. */
export interface ForkRequest extends EnvironmentDatabase, Replacing {
  readonly from: EnvironmentDatabase;
  readonly commit: string | undefined;
}

export interface ReplacedDatabase {
  /** What was in its place until now. */
  readonly kept: DatabaseSnapshot;
  /**
   * Names of those that an earlier one of the same kind had kept of its own accord, and that are gone now: to none of them was anything
   * written.
   */
  readonly dropped: readonly string[];
}

/**
 * States of environments' databases that can be brought back. They go with the database of their environment, wait with it where a
 * `drop` keeps it, and come back with it, unless they are kept: these stay until somebody deletes them by their name. Role and password stay as they are whatever is done, and sessions are ended that are in the way.
 */
export interface DatabaseSnapshots {
  /** Those of an owner, the newest first. Starts the server where that is ours to do. */
  listSnapshots(owner: Owner, signal?: AbortSignal): Promise<readonly DatabaseSnapshot[]>;
  /**
   * Copies the database as it is now. Who connects meanwhile waits.
   *
   * @returns with `unlessKept` that one, where there is one
   * @throws conflict when the name is taken, the database is anybody else's, or so many wait for it that others would get no connection;
   * notFound when there is no database; failed without room
   */
  takeSnapshot(request: TakeRequest, signal?: AbortSignal): Promise<DatabaseSnapshot>;
  /** All of a repository that are kept, whether their environment is there or not, the newest first. */
  listKeptSnapshots(repositoryId: string, signal?: AbortSignal): Promise<readonly KeptSnapshot[]>;
  /** @param request `name`: its own, or that of its database @throws notFound; conflict where several are called so */
  dropKeptSnapshot(
    request: { readonly repositoryId: string; readonly name: string },
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Puts a copy of a snapshot in the place of the database, and keeps what was there as another one. The snapshot stays. Done in one
   * transaction: whatever happens, the environment has the one or the other. What is no name of its own snapshots may be that of one of its
   * repository that is kept, or of its database: all in the copy is the environment's role's.
   *
   * @throws as takeSnapshot; notFound when there is no such snapshot, conflict when several that are kept are called so
   */
  restoreSnapshot(request: SnapshotRequest & Replacing, signal?: AbortSignal): Promise<ReplacedDatabase>;
  /** The same with a new clone of a template. @throws as restoreSnapshot, and as `clone` for the template */
  resetDatabase(
    request: EnvironmentDatabase & Replacing & { readonly template: string; readonly commit: string | undefined },
    signal?: AbortSignal,
  ): Promise<ReplacedDatabase>;
  /**
   * The same with a copy of another environment's database as it is now, of the same repository. What is that one's role's is the own
   * role's in the copy; the other database stays as it is, and who connects to it meanwhile waits.
   *
   * @throws as takeSnapshot, of both databases; conflict when the other is of another repository, or the same one
   */
  forkDatabase(request: ForkRequest, signal?: AbortSignal): Promise<ReplacedDatabase>;
  /** @throws notFound when there is none of this owner's of that name */
  dropSnapshot(request: Omit<SnapshotRequest, 'commit'>, signal?: AbortSignal): Promise<void>;
}
