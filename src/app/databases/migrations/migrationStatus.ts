import { compareMigrations, type FoundProject, type MigrationStatus } from '../../../core/migrations/compareMigrations';
import type { MigrationTree } from '../../../core/migrations/migrationTool';
import { migrationTools } from '../../../core/migrations/migrationTools';
import { AppError, isAppError } from '../../../core/errors';
import type { DatabaseRecord, Identity, Worktree } from '../../../core/model';
import type { DatabaseTables, WantedTable } from '../../../core/ports/databaseTables';
import type { EnvironmentFiles } from '../../../core/ports/environmentFiles';
import type { RepositoryFiles } from '../../../core/ports/repositoryFiles';
import type { UseCase } from '../../run/run';
import { worktreeAt, type WorktreeAtPorts } from '../../worktrees/worktreeAt';

export interface MigrationStatusPorts {
  readonly tables: DatabaseTables;
  readonly files: Pick<RepositoryFiles, 'list' | 'read'>;
  readonly environmentFiles: Pick<EnvironmentFiles, 'read'>;
}

export interface DatabaseStatus {
  readonly database: string;
  /** One for each tool and folder of which the branch or the database has anything; none: no tool is recognised. */
  readonly migrations: readonly MigrationStatus[];
}

/**
 * How far the database of a worktree's environment is, by the worktree's files as they are now. Starts, runs and changes nothing.
 *
 * @throws notFound when it has no environment, notConfigured when that has no database, conflict when the database is anybody else's
 */
export function databaseStatus(
  ports: MigrationStatusPorts & WorktreeAtPorts,
): UseCase<{ readonly folder: string }, DatabaseStatus> {
  return async ({ folder }, { signal }) => {
    const { worktree, identity } = await worktreeAt(ports, folder, signal);
    const found = withDatabase(worktree, identity);
    const command = await migrateCommand(ports.environmentFiles, worktree.path);
    return readStatus(ports, { path: worktree.path, command }, found, signal);
  };
}

/** @throws notFound, notConfigured */
export function withDatabase(
  { branch, path }: Worktree,
  identity: Identity | undefined,
): { readonly identity: Identity; readonly record: DatabaseRecord } {
  const name = branch ?? path;
  if (!identity) throw new AppError('notFound', `The worktree ${name} has no environment: "coppice create" makes one.`);
  const record = identity.parts.database;
  if (!record) throw new AppError('notConfigured', `The environment of ${name} has no database.`);
  return { identity, record };
}

/** @param worktree `command`: its `database.migrate`, in one line */
export async function readStatus(
  { tables, files }: Pick<MigrationStatusPorts, 'tables' | 'files'>,
  worktree: { readonly path: string; readonly command: string },
  of: ReturnType<typeof withDatabase>,
  signal: AbortSignal,
): Promise<DatabaseStatus> {
  return statusByTables(tables, await projectsIn(files, worktree, signal), of, signal);
}

/** The same for who knows already what the worktree has. */
export async function statusByTables(
  tables: DatabaseTables,
  projects: readonly FoundProject[],
  { identity, record: { database } }: ReturnType<typeof withDatabase>,
  signal: AbortSignal,
): Promise<DatabaseStatus> {
  const read: ReadTables = (wanted) => tables.read({ database, owner: identity.owner, tables: wanted }, signal);
  return { database, migrations: await statusesOf(projects, read) };
}

type ReadTables = (wanted: readonly WantedTable[]) => ReturnType<DatabaseTables['read']>;

/** What tools have of migrations in a worktree's files as they are now. */
export async function projectsIn(
  files: MigrationStatusPorts['files'],
  { path, command }: { readonly path: string; readonly command: string },
  signal: AbortSignal,
): Promise<readonly FoundProject[]> {
  const { tracked, untracked } = await files.list(path, signal);
  const tree: MigrationTree = {
    paths: [...tracked, ...untracked],
    read: (file) => files.read(path, file),
    command,
  };
  const found = await Promise.all(
    migrationTools.map(async (tool) => (await tool.find(tree)).map((project) => ({ tool, project }))),
  );
  return found.flat();
}

/** @param read of one database */
export async function statusesOf(
  projects: readonly FoundProject[],
  read: ReadTables,
): Promise<readonly MigrationStatus[]> {
  // All at once: the owner is compared, and a session is opened, once.
  const wanted = projects.map(({ project }) => ('tables' in project ? project.tables : []));
  const all = await read(wanted.flat());
  let at = 0;
  const told = projects.flatMap((each, index) => {
    const count = wanted[index]?.length ?? 0;
    const own = typeof all === 'string' ? all : all.slice(at, at + count);
    at += count;
    const status = compareMigrations(each, own, projects);
    return status === undefined ? [] : [{ status, isUsed: typeof own !== 'string' && own[0]?.kind === 'rows' }];
  });
  // One that is there for its queries finds the files of the one that migrates.
  const used = new Set(told.flatMap(({ status, isUsed }) => (isUsed ? [status.folder] : [])));
  return told.flatMap(({ status, isUsed }) => (isUsed || !used.has(status.folder) ? [status] : []));
}

/** '' where nobody can tell it now: what it would say of folders is then not known. */
async function migrateCommand(environmentFiles: Pick<EnvironmentFiles, 'read'>, folder: string): Promise<string> {
  try {
    return ((await environmentFiles.read(folder)).database?.migrate ?? []).join(' ');
  } catch (error) {
    if (!isAppError(error)) throw error;
    return '';
  }
}
