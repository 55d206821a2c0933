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

/** What makes a template one that is not built again, and where it is built. In the main worktree while that has the default branch, so that no experiment becomes everybody's template. */
export interface TemplatePlace {
  readonly recipe: string;
  /** What of it its migrations alone are made by. */
  readonly migrates: string;
  /** Asked once it is built: a worktree that is just being made is waited for. */
  folder(): Promise<string>;
}

export interface TemplatePlaces {
  /** The repository's main worktree, as it was just listed. */
  readonly main: Worktree | undefined;
  /** Where, while the main worktree has another branch than the default one, or other commands. */
  readonly otherwise: () => Promise<Worktree>;
  /**
   * Whether `setup` and dependencies come into that other place before its folder is told: where it has the main worktree's commit and all
   * that the commands read as it is there, the template is built there, since in the main one nobody may have installed anything yet.
   */
  readonly isMadeReady?: boolean;
}

export async function templatePlace(
  ports: Pick<TemplatePorts, 'environmentFiles'>,
  { defaultBranch }: Pick<Repository, 'defaultBranch'>,
  spec: DatabaseSpec,
  { main: first, otherwise, isMadeReady = false }: TemplatePlaces,
  signal: AbortSignal,
): Promise<TemplatePlace> {
  const isFit = first?.branch === defaultBranch && (await hasCommands(ports, first.path, spec));
  const main = isFit ? first : undefined;
  const { path, head } = main ?? (await otherwise());
  const read = (at: string): Promise<string | undefined> => ports.environmentFiles.readInputs(at, spec, signal);
  const [inputs, { migrates }] = await Promise.all([read(path), migrationRecipe(ports, path, spec, signal)]);
  const folder = async (): Promise<string> => {
    if (!main || !isMadeReady || inputs === undefined) return path;
    const other = await otherwise();
    // The same commit: commands read more than what is known of them, and no experiment's rows are to be everybody's.
    const isSame = other.head === head && (await read(other.path)) === inputs;
    return isSame ? other.path : path;
  };
  return { recipe: recipeText(spec, inputs), migrates, folder };
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
