import type { DatabaseDifference } from '../../../core/databaseSchema/databaseDifference';
import type { DatabaseSnapshot, KeptSnapshot } from '../../../core/databases/databaseSnapshots';
import type { RecipeAges } from '../../../core/ports/databases';
import type { QueryRows } from '../../../core/ports/databaseQueries';
import type { WrittenRows } from '../../../core/ports/latestRows';
import type { DatabaseServerCheck } from '../../databases/checkDatabaseServer';
import type { QueryAt } from './queryDatabase';
import type { DatabaseStatus } from '../../databases/migrations/migrationStatus';
import type { CompareAt } from './compareDatabases';
import type { DatabaseAt } from './databaseAt';
import type { ForkAt } from './forkDatabase';
import type { LatestRowsAt } from './latestRows';
import type { ListedDatabase } from './listDatabases';
import type { ProtectedDatabase, ProtectRequest } from './protectDatabase';
import type { PsqlProgram } from './psqlProgram';
import type { Replaced } from './replaceDatabase';
import type { ListedSnapshot, SnapshotAt } from './snapshots';
import type { RefreshedTemplate } from '../template/refreshTemplate';
import type { UseCase } from '../../run/run';

interface InFolder {
  /** Any folder of the repository that is meant, or of the worktree where one is. */
  readonly folder: string;
}

/** What is done with the databases of a repository: its templates, those of its environments, and their snapshots. */
export interface EnvironmentDatabases {
  /** How far an environment's database is, by the migrations of its worktree. Starts and changes nothing. */
  readonly status: UseCase<InFolder, DatabaseStatus>;
  /** Runs the environment file's `migrate` on it, and says how far it is then. */
  readonly migrate: UseCase<InFolder, DatabaseStatus>;
  /** Which of the two addresses of the database server works: this machine's or the pods'. */
  readonly checkServer: UseCase<InFolder, DatabaseServerCheck>;
  /** Builds the template anew; databases that were cloned stay as they are. */
  readonly refreshTemplate: UseCase<InFolder, RefreshedTemplate>;
  /** States that an environment's database once had, the newest first, then those that are kept of others. */
  readonly listSnapshots: UseCase<DatabaseAt, readonly ListedSnapshot[]>;
  /** Keeps its present state under a name; `keep`: also when its environment goes. */
  readonly takeSnapshot: UseCase<SnapshotAt & { readonly keep?: boolean }, DatabaseSnapshot>;
  /** Those of the repository that stay when their environment goes. */
  readonly listKeptSnapshots: UseCase<InFolder, readonly KeptSnapshot[]>;
  /** By its name, or that of its database. */
  readonly deleteKeptSnapshot: UseCase<InFolder & { readonly name: string }, void>;
  /** Brings one back; what it replaces is kept as another, and services sleep meanwhile. */
  readonly restoreSnapshot: UseCase<SnapshotAt, Replaced>;
  /** The same with a new clone of the template as it is to be now. */
  readonly reset: UseCase<DatabaseAt, Replaced & { readonly template: string }>;
  /** The same with a copy of what another environment's database has now. */
  readonly fork: UseCase<ForkAt, Replaced & { readonly source: string }>;
  readonly deleteSnapshot: UseCase<SnapshotAt, void>;
  /** By which programs of this machine reach an environment's database; it holds its role's password. Starts the server where that is ours. */
  readonly url: UseCase<InFolder, string>;
  /** What one statement reads of it, with the rights of its own role; it can write nothing. */
  readonly query: UseCase<QueryAt, QueryRows>;
  /** What was written to it last, table by table, with the rights of its own role. Writes nothing. */
  readonly latestRows: UseCase<LatestRowsAt, WrittenRows>;
  /** What is defined in it that its template, or another environment's, has not or has otherwise. */
  readonly compare: UseCase<CompareAt, DatabaseDifference>;
  /** How psql is started for it. */
  readonly psql: UseCase<InFolder, PsqlProgram>;
  /** All of the repository: templates, those of its environments, snapshots, and what is kept. */
  readonly list: UseCase<InFolder, readonly ListedDatabase[]>;
  /** Has an environment's refuse to be dropped or replaced, or not any more. */
  readonly protect: UseCase<ProtectRequest, ProtectedDatabase>;
  /** Whether template and clone are as their recipe says now; undefined: there is no database, or nobody can tell. */
  recipeAges(folder: string, signal: AbortSignal): Promise<RecipeAges | undefined>;
  /** Starts the server of ours that has died, and tells the environments should its address be another. */
  readonly returnServer: UseCase<void, void>;
}
