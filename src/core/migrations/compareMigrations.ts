import type { FoundTable } from '../ports/databaseTables';
import { olderInGraph } from './migrationGraph';
import type { AppliedMigrations, Migration, MigrationProject, MigrationTool, UnknownProject } from './migrationTool';

/**
 * How far a database is. `behind`: the branch has migrations that it lacks; `ahead`: it has some that the branch lacks; `diverged`:
 * both, or an older one was added below one that it has; `unfinished`: a migration has begun and not ended; `locked`: a run is
 * under way, or was killed.
 */
export type MigrationState = 'upToDate' | 'behind' | 'ahead' | 'diverged' | 'unfinished' | 'locked' | 'unknown';

/** Of one tool's folder. Names are the tool's, in its order. */
export interface MigrationStatus {
  readonly tool: string;
  /** Relative to the worktree, with `/`. */
  readonly folder: string;
  readonly state: MigrationState;
  /** Those that the branch has and the database lacks. */
  readonly behind: readonly string[];
  /** Those of them that are older than one that the database has. */
  readonly older: readonly string[];
  /** Those that the database has and the branch lacks. */
  readonly ahead: readonly string[];
  readonly unfinished: readonly string[];
  /** What the tool does about it, or why more cannot be told: a sentence each. */
  readonly notes: readonly string[];
}

/** What one tool finds in a worktree. */
export interface FoundProject {
  readonly tool: MigrationTool;
  readonly project: MigrationProject | UnknownProject;
}

/**
 * @param tables as many as the project wants, or why none can be read
 * @param all of the worktree, this one among them: several folders of a tool may go by one table
 * @returns undefined: neither the branch nor the database has any of it, or another project has what the database has
 */
export function compareMigrations(
  { tool, project }: FoundProject,
  tables: readonly FoundTable[] | string,
  all: readonly FoundProject[],
): MigrationStatus | undefined {
  const unknown = (note: string): MigrationStatus => ({
    ...{ tool: tool.title, folder: project.folder, state: 'unknown' },
    ...{ behind: [], older: [], ahead: [], unfinished: [], notes: [note] },
  });
  if ('unclear' in project) return unknown(project.unclear);
  const isEmpty = project.migrations.length === 0;
  const sharing = all.flatMap((each) => (each.tool === tool ? sharesTable(each.project, project) : []));
  if (isEmpty && sharing.some(({ migrations }) => migrations.length > 0)) return undefined;
  if (typeof tables === 'string') return isEmpty && all.some(hasMigrations) ? undefined : unknown(tables);
  if (isEmpty && tables[0]?.kind === 'none') return undefined;
  const unreadable = tables.find((table) => table.kind === 'unreadable');
  if (unreadable) return unknown(unreadable.reason);
  const found = project.understand(tables);
  if (!('applied' in found)) return unknown(found.unclear);
  if (!isEmpty) return compare(tool, project, found, sharing);
  // A package that is there for its queries, or keeps its migrations where nobody looks: what is applied says nothing of the branch.
  return found.applied.length + found.unfinished.length > 0 || found.isLocked
    ? unknown('Where its migrations lie is not known.')
    : undefined;
}

function hasMigrations({ project }: FoundProject): boolean {
  return 'migrations' in project && project.migrations.length > 0;
}

/** Itself, where it does. */
function sharesTable(project: MigrationProject | UnknownProject, other: MigrationProject): readonly MigrationProject[] {
  if (!('tables' in project)) return [];
  const [one, another] = [project.tables[0], other.tables[0]];
  return one?.name === another?.name && one?.schema === another?.schema ? [project] : [];
}

/** @param sharing those that go by the same table: what is of one of them, the branch has */
function compare(
  tool: MigrationTool,
  project: MigrationProject,
  found: AppliedMigrations,
  sharing: readonly MigrationProject[],
): MigrationStatus {
  const known = new Set(sharing.flatMap(({ migrations }) => migrations.map(({ key }) => key)));
  const applied = new Set(found.applied.map(({ key }) => key));
  // What is below one that nobody knows here, nobody can tell.
  const missing = found.unclear === undefined ? project.migrations.filter(({ key }) => !applied.has(key)) : [];
  const ahead = found.applied.filter(({ key }) => !known.has(key)).toSorted((a, b) => project.compare(a, b));
  const isOlder = olderThan(project, found.applied);
  const older = missing.filter(isOlder);
  const does = project.older ?? tool.older;
  const names = (some: readonly Migration[]): string[] => [...new Set(some.map(({ name }) => name))];
  const state = stateOf(found, missing.length, older.length, ahead.length);
  return {
    ...{ tool: tool.title, folder: project.folder, state },
    ...{ behind: names(missing), older: names(older), ahead: names(ahead), unfinished: found.unfinished },
    notes: [
      ...(older.length > 0 && does !== 'applies' ? [`${tool.title} ${does} an older one.`] : []),
      ...(ahead.length > 0 && tool.lacking === 'refuses'
        ? [`${tool.title} refuses to go on without their files.`]
        : []),
      ...(found.isLocked ? ['Its lock is taken: by a run that is under way, or by one that was ended.'] : []),
      ...(found.unclear === undefined ? [] : [found.unclear]),
      ...(project.advice === undefined ? [] : [project.advice]),
    ],
  };
}

function stateOf(found: AppliedMigrations, missing: number, older: number, ahead: number): MigrationState {
  if (found.unfinished.length > 0) return 'unfinished';
  if (found.isLocked) return 'locked';
  if (older > 0 || (ahead > 0 && missing > 0)) return 'diverged';
  if (ahead > 0) return 'ahead';
  return missing > 0 ? 'behind' : 'upToDate';
}

/** Whether a migration belongs before one that is applied. */
function olderThan(project: MigrationProject, applied: readonly Migration[]): (migration: Migration) => boolean {
  if (project.migrations.some(({ after }) => after !== undefined)) return olderInGraph(project.migrations, applied);
  const [newest] = applied.toSorted((a, b) => project.compare(b, a));
  return (migration) => newest !== undefined && project.compare(migration, newest) < 0;
}
