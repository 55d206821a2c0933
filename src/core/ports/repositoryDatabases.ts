import { AppError } from '../errors';
import type { Owner } from '../model';
import type { EnvironmentDatabase } from './databaseSnapshots';

/** A database that says of itself that it is a repository's. */
export interface RepositoryDatabase {
  /** `kept`: for an environment that was deleted, and may be brought back. */
  readonly kind: 'template' | 'environment' | 'snapshot' | 'kept';
  readonly name: string;
  /** undefined: it is a template, which is all environments'. */
  readonly owner: Owner | undefined;
  /** What a person calls it: a snapshot by its name, what is kept by the one that it had. */
  readonly title: string | undefined;
  /** On disk; undefined: it cannot be told. */
  readonly bytes: number | undefined;
  /** By the server's clock, in milliseconds since the epoch; undefined: it cannot be told. */
  readonly madeAt: number | undefined;
  /** Sessions that are in it now; where the administrator sees them. */
  readonly sessions: number;
  readonly isProtected: boolean;
  /** A snapshot that stays when its environment goes. */
  readonly isKept?: true | undefined;
}

/** The databases of a repository, as a whole, and what keeps one of them from being lost. */
export interface RepositoryDatabases {
  /** Those of its environments, with their templates and snapshots, by name. Starts the server where that is ours to do. */
  ofRepository(repositoryId: string, signal?: AbortSignal): Promise<readonly RepositoryDatabase[]>;
  /**
   * Whether an environment's database refuses to be dropped or replaced. Starts nothing, and takes a few seconds at most; undefined: it
   * is anybody else's, or not there, or nobody can tell now.
   */
  isProtected(request: Omit<EnvironmentDatabase, 'role'>, signal?: AbortSignal): Promise<boolean | undefined>;
  /**
   * Says so of it where only the administrator can write: `drop`, `restoreSnapshot`, `resetDatabase` and `forkDatabase` are then refused.
   * Done again it is no error.
   *
   * @throws conflict when it is anybody else's; notFound when there is none
   */
  protect(request: EnvironmentDatabase & { readonly isProtected: boolean }, signal?: AbortSignal): Promise<void>;
}

export function isProtectedError(database: string): AppError {
  return new AppError(
    'conflict',
    `The database ${database} is protected: "coppice database unprotect" takes that away.`,
  );
}
