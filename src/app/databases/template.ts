import { isAppError } from '../../core/errors';
import type { DatabaseSpec } from '../../core/environmentFile';
import type { Repository, Worktree } from '../../core/model';
import type { Databases } from '../../core/ports/databases';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { Commands } from '../../core/ports/host';
import type { Worktrees } from '../../core/ports/worktrees';

export interface TemplatePorts {
  readonly databases: Databases;
  readonly commands: Commands;
  readonly worktrees: Worktrees;
  readonly environmentFiles: EnvironmentFiles;
}

/** Where a template is built, and what makes it one that is not built again. In the main worktree while that has the default branch, so that no experiment becomes everybody's template. */
export interface TemplatePlace {
  readonly folder: string;
  readonly recipe: string;
  /** What of it its migrations alone are made by. */
  readonly migrates: string;
}

/**
 * @param otherwise where, while the main worktree has another branch than the default one, or other commands
 * @param isMadeReady whether `setup` and dependencies came into that other place just now: where it has the main worktree's commit and
 *   all that the commands read as it is there, the template is built there, since in the main one nobody may have installed anything yet
 */
export async function templatePlace(
  ports: Pick<TemplatePorts, 'worktrees' | 'environmentFiles'>,
  repository: Repository,
  spec: DatabaseSpec,
  otherwise: () => Promise<Worktree>,
  signal: AbortSignal,
  isMadeReady = false,
): Promise<TemplatePlace> {
  const [main] = await ports.worktrees.list(repository, signal);
  const isMainFit = main?.branch === repository.defaultBranch && (await hasCommands(ports, main.path, spec));
  const read = (at: string): Promise<string | undefined> => ports.environmentFiles.readInputs(at, spec, signal);
  const inMain = isMainFit ? await read(main.path) : undefined;
  const other = isMainFit && !(isMadeReady && inMain !== undefined) ? undefined : await otherwise();
  const inOther = other && (await read(other.path));
  // The same commit: commands read more than what is known of them, and no experiment's rows are to be everybody's.
  const isSame = other !== undefined && inOther === inMain && other.head === main?.head;
  const folder = isMainFit && !isSame ? main.path : (other?.path ?? '');
  const inputs = isMainFit ? inMain : inOther;
  const { migrates } = await migrationRecipe(ports, folder, spec, signal);
  return { folder, recipe: recipeText(spec, inputs), migrates };
}

/** What makes a template, as the files of one worktree say it now. */
export async function recipeIn(
  { environmentFiles }: { readonly environmentFiles: Pick<EnvironmentFiles, 'readInputs'> },
  folder: string,
  spec: DatabaseSpec,
  signal: AbortSignal,
): Promise<string> {
  return recipeText(spec, await environmentFiles.readInputs(folder, spec, signal));
}

/**
 * What migrates a database, as the files of one worktree say it now. How a template is seeded is no part of it: who lives in a database
 * has its rows already, and another seed is no reason to run anything there.
 */
export async function migrationRecipe(
  { environmentFiles }: { readonly environmentFiles: Pick<EnvironmentFiles, 'readMigrationInputs'> },
  folder: string,
  spec: DatabaseSpec,
  signal: AbortSignal,
): Promise<{ readonly migrates: string; /** What its command reads is known. */ readonly isWhole: boolean }> {
  const inputs = await environmentFiles.readMigrationInputs(folder, spec, signal);
  const { migrate = null } = spec;
  return {
    migrates: JSON.stringify({ migrate, ...(inputs === undefined ? {} : { inputs }) }),
    isWhole: inputs !== undefined,
  };
}

/** For who looks for words in it. */
export function migrateLine({ migrate = [] }: Pick<DatabaseSpec, 'migrate'>): string {
  return migrate.join(' ');
}

function recipeText(spec: DatabaseSpec, inputs: string | undefined): string {
  return JSON.stringify({ ...commandsOf(spec), ...(inputs === undefined ? {} : { inputs }) });
}

function commandsOf({ migrate, seed }: DatabaseSpec): object {
  return { migrate: migrate ?? null, seed: seed ?? null };
}

async function hasCommands(
  ports: Pick<TemplatePorts, 'environmentFiles'>,
  folder: string,
  spec: DatabaseSpec,
): Promise<boolean> {
  try {
    const { database } = await ports.environmentFiles.read(folder);
    return database !== undefined && JSON.stringify(commandsOf(database)) === JSON.stringify(commandsOf(spec));
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}
