import type { FoundTable } from '../ports/databaseTables';
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

/** @returns undefined: neither the branch nor the database has any of it */
export function compareMigrations(
  tool: MigrationTool,
  project: MigrationProject | UnknownProject,
  tables: readonly FoundTable[] | string,
): MigrationStatus | undefined {
  const unknown = (note: string): MigrationStatus => ({
    ...{ tool: tool.title, folder: project.folder, state: 'unknown' },
    ...{ behind: [], older: [], ahead: [], unfinished: [], notes: [note] },
  });
  if ('unclear' in project) return unknown(project.unclear);
  if (typeof tables === 'string') return unknown(tables);
  if (project.migrations.length === 0 && tables[0]?.kind === 'none') return undefined;
  const unreadable = tables.find((table) => table.kind === 'unreadable');
  if (unreadable) return unknown(unreadable.reason);
  const found = project.understand(tables);
  if (!('applied' in found)) return unknown(found.unclear);
  return compare(tool, project, found);
}

function compare(tool: MigrationTool, project: MigrationProject, found: AppliedMigrations): MigrationStatus {
  const known = new Set(project.migrations.map(({ key }) => key));
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
  const byKey = new Map(project.migrations.map((migration) => [migration.key, migration]));
  const isGraph = project.migrations.some(({ after }) => after !== undefined);
  if (!isGraph) {
    const [newest] = applied.toSorted((a, b) => project.compare(b, a));
    return (migration) => newest !== undefined && project.compare(migration, newest) < 0;
  }
  const before = (keys: readonly string[]): ReadonlySet<string> => ancestorsOf(keys, byKey);
  // Those of the same root: of several applications each has its own.
  const rootOf = (key: string): string => [...before([key])].filter((each) => isRoot(byKey.get(each))).sort()[0] ?? key;
  const known = applied.filter(({ key }) => byKey.has(key));
  return ({ key }) => {
    const [below, root] = [before([key]), rootOf(key)];
    return known.some((each) => !below.has(each.key) && rootOf(each.key) === root);
  };
}

function isRoot(migration: Migration | undefined): boolean {
  return (migration?.after ?? []).length === 0;
}

/** These, and all that they come after, as far as that is known. */
export function ancestorsOf(keys: readonly string[], byKey: ReadonlyMap<string, Migration>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...keys];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (found.has(key)) continue;
    found.add(key);
    open.push(...(byKey.get(key)?.after ?? []));
  }
  return found;
}
