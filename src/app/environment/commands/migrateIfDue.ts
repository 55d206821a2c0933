import type { DatabaseSpec } from '../../../core/environmentFile';
import type { AppError } from '../../../core/errors';
import type { FoundProject, MigrationStatus } from '../../../core/migrations/compareMigrations';
import { projectsIn, statusByTables, type DatabaseStatus } from '../../databases/migrations/migrationStatus';
import { migrateLine, migrationRecipe, recipeIn } from '../../databases/template';
import { migrationWords } from '../../view/migrationView';
import { runMigration, type MigrationRun, type RunMigrationPorts } from './runMigration';
import { unreached } from './unreached';

export interface DueMigration extends Omit<MigrationRun, 'variables'> {
  readonly repositoryId: string;
  /** Asked where it is run. */
  readonly variables: () => Promise<MigrationRun['variables']>;
  /** What the worktree's files say, for who has begun to read it while there was no database yet. */
  readonly branch?: Promise<BranchMigrations> | undefined;
}

/** What a worktree's files say of its migrations. */
export interface BranchMigrations {
  readonly recipe: string;
  readonly migrates: string;
  /** What its command reads is known. */
  readonly isWhole: boolean;
  readonly projects: readonly FoundProject[];
}

/** Needs no database. */
export async function branchMigrations(
  ports: Pick<RunMigrationPorts, 'environmentFiles' | 'files'>,
  folder: string,
  spec: DatabaseSpec,
  signal: AbortSignal,
): Promise<BranchMigrations> {
  const [recipe, migration, projects] = await Promise.all([
    recipeIn(ports, folder, spec, signal),
    migrationRecipe(ports, folder, spec, signal),
    projectsIn(ports.files, { path: folder, command: migrateLine(spec) }, signal),
  ]);
  return { recipe, ...migration, projects };
}

export type DueResult =
  | { /** For a person. */ readonly detail: string | undefined }
  /** What its command has left undone without a word. */
  | { readonly left: MigrationStatus; readonly status: DatabaseStatus }
  | { readonly failure: AppError };

/**
 * Runs `database.migrate` of a worktree on the database of its environment where the worktree says something else than what the database
 * was made by, and adds something to it.
 *
 * @throws as runMigration
 */
export async function migrateIfDue(
  ports: RunMigrationPorts,
  { repositoryId, variables, branch, ...run }: DueMigration,
  signal: AbortSignal,
): Promise<DueResult> {
  const { worktree, identity, record, file } = run;
  const spec = file.database;
  const said = branch ?? branchMigrations(ports, worktree.path, spec, signal);
  const { recipe, migrates, isWhole, projects } = await said;
  const template = { name: spec.template, repositoryId, recipe };
  const of = { database: record.database, owner: identity.owner, recipe, migrates };
  const [ages, before] = await Promise.all([
    ports.databases.ages(template, of, signal),
    statusByTables(ports.tables, projects, { identity, record }, signal),
  ]);
  const isCurrent = ages?.database === 'current';
  if (isCurrent && !isBehind(before, isWhole)) return { detail: isTold(before, isWhole) ? 'nothing to run' : untold };
  const ahead = aheadOf(before);
  if (ahead !== undefined) return { detail: ahead };
  const result = await runMigration(ports, { ...run, variables: await variables() }, signal);
  if ('failure' in result) return result;
  const { status } = result;
  const left = unreached(status);
  return left === undefined ? { detail: migratedText(status) } : { left, status };
}

const untold =
  'whether this branch adds migrations is not known: "coppice database migrate" runs them; database.inputs names what they are made of';

/**
 * Whether the tools' own tables say that the branch adds something, although its command and what is known of its inputs are the same:
 * a script may start others that nobody looked into.
 *
 * @param isWhole whether something is known of the inputs: of several tools or folders the command need not be for each, so that what it
 *   has passed over once stays
 */
function isBehind({ migrations }: DatabaseStatus, isWhole: boolean): boolean {
  const [first, ...others] = migrations;
  if (isWhole) return first !== undefined && others.length === 0 && first.behind.length > 0;
  return migrations.some(({ behind, state }) => behind.length > 0 || state === 'unknown');
}

/** Whether anything tells what the branch adds. */
function isTold({ migrations }: DatabaseStatus, isWhole: boolean): boolean {
  return isWhole || migrations.length > 0;
}

/** undefined: the branch adds something, or nobody can tell */
function aheadOf({ migrations }: DatabaseStatus): string | undefined {
  if (!migrations.every(({ state }) => state === 'ahead' || state === 'upToDate')) return undefined;
  const names = migrations.flatMap(({ ahead }) => ahead);
  const notes = migrations.flatMap((each) => each.notes);
  return names.length === 0 ? undefined : [`${names.length} ahead of this branch: nothing is run.`, ...notes].join(' ');
}

/** What the branch lacks stays told. */
function migratedText({ migrations }: DatabaseStatus): string | undefined {
  const told = migrations.filter(({ state }) => state !== 'upToDate' && state !== 'unknown');
  return told.length === 0 ? undefined : told.map((each) => `${each.tool}: ${migrationWords(each)}`).join('; ');
}
