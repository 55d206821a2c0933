import type { AppError } from '../../../core/errors';
import type { MigrationStatus } from '../../../core/migrations/compareMigrations';
import { readStatus, type DatabaseStatus } from '../../databases/migrations/migrationStatus';
import { migrateLine, recipeIn } from '../../databases/template';
import { migrationWords } from '../../view/migrationView';
import { runMigration, type MigrationRun, type RunMigrationPorts } from './runMigration';
import { unreached } from './unreached';

export interface DueMigration extends Omit<MigrationRun, 'variables'> {
  readonly repositoryId: string;
  /** Asked where it is run. */
  readonly variables: () => Promise<MigrationRun['variables']>;
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
  { repositoryId, variables, ...run }: DueMigration,
  signal: AbortSignal,
): Promise<DueResult> {
  const { worktree, identity, record, file } = run;
  const spec = file.database;
  const { recipe, isWhole } = await recipeIn(ports, worktree.path, spec, signal);
  const template = { name: spec.template, repositoryId, recipe };
  const of = { database: record.database, owner: identity.owner, recipe };
  const isCurrent = (await ports.databases.ages(template, of, signal))?.database === 'current';
  if (isCurrent && isWhole) return { detail: 'nothing to run' };
  const looked = { path: worktree.path, command: migrateLine(spec) };
  const before = await readStatus(ports, looked, { identity, record }, signal);
  // What its command reads is not known: the tool's own table tells.
  if (isCurrent && !before.migrations.some(({ behind }) => behind.length > 0)) return { detail: 'nothing to run' };
  const ahead = aheadOf(before);
  if (ahead !== undefined) return { detail: ahead };
  const result = await runMigration(ports, { ...run, variables: await variables() }, signal);
  if ('failure' in result) return result;
  const { status } = result;
  const left = unreached(status);
  return left === undefined ? { detail: migratedText(status) } : { left, status };
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
