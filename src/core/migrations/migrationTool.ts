import type { FoundTable, WantedTable } from '../ports/databaseTables';

/** What a worktree says of its migrations. Nothing of it is run. */
export interface MigrationTree {
  /** Of the worktree's files, without what git ignores: `/` between their parts. */
  readonly paths: readonly string[];
  /** undefined: it cannot be read. */
  read(path: string): Promise<string | undefined>;
  /** The environment file's `database.migrate`, in one line; '' without one. */
  readonly command: string;
}

export interface Migration {
  /** By which the tool tells it from others. */
  readonly key: string;
  /** For a person. */
  readonly name: string;
  /** Keys of those that it says it comes after, where the tool goes by that and not by their names. */
  readonly after?: readonly string[];
}

/** What a database says of migrations. */
export interface AppliedMigrations {
  readonly applied: readonly Migration[];
  /** Begun and not ended, or failed: names. */
  readonly unfinished: readonly string[];
  /** A row says that a run is under way. One that was killed has left it. */
  readonly isLocked: boolean;
  /** A sentence: which of the branch's migrations it has cannot be told by it. */
  readonly unclear?: string;
}

/** The migrations of one folder of a worktree. */
export interface MigrationProject {
  /** Relative to the worktree; '' is itself. */
  readonly folder: string;
  /** In the order in which the tool applies them. */
  readonly migrations: readonly Migration[];
  readonly tables: readonly WantedTable[];
  /** @param tables as many as were wanted, in their order; none of them `unreadable` */
  understand(tables: readonly FoundTable[]): AppliedMigrations | { readonly unclear: string };
  /** Where it does something else than the tool otherwise does with an older one. */
  readonly older?: MigrationTool['older'];
  /** What is to be known of it where each environment has a database of its own: a sentence. */
  readonly advice?: string;
  /** Which of two the tool takes to be the older; where migrations say what they come after, that decides. */
  compare(a: Migration, b: Migration): number;
}

/** One that migrates. `version`: in which its files and tables were read as they are here, and by what of it. */
export interface MigrationTool {
  readonly title: string;
  /** What the tool does with a migration that is older than one that the database has. */
  readonly older: 'applies' | 'skips' | 'refuses';
  /** What it does where the database has one that the branch lacks. */
  readonly lacking: 'ignores' | 'refuses';
  /**
   * What it does in a copy of a database in which a run has not come to its end: a sentence. undefined: such a run leaves nothing that a
   * copy has, as its lock goes with its session.
   */
  readonly leaves?: string;
  /** Projects whose files cannot be understood are told as a reason. */
  find(tree: MigrationTree): Promise<readonly (MigrationProject | UnknownProject)[]>;
}

export interface UnknownProject {
  readonly folder: string;
  /** A sentence. */
  readonly unclear: string;
}

export function byName(a: Migration, b: Migration): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/** Of keys that are whole numbers, of any length. */
export function byNumber(a: Migration, b: Migration): number {
  const [one, other] = [BigInt(a.key), BigInt(b.key)];
  return one < other ? -1 : one > other ? 1 : 0;
}
