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
}

/** @param otherwise where, while the main worktree has another branch than the default one, or other commands */
export async function templatePlace(
  ports: Pick<TemplatePorts, 'worktrees' | 'environmentFiles'>,
  repository: Repository,
  spec: DatabaseSpec,
  otherwise: () => Promise<Worktree>,
  signal: AbortSignal,
): Promise<TemplatePlace> {
  const [main] = await ports.worktrees.list(repository, signal);
  const isMainFit = main?.branch === repository.defaultBranch && (await hasCommands(ports, main.path, spec));
  const folder = isMainFit ? main.path : (await otherwise()).path;
  const inputs = await ports.environmentFiles.readInputs(folder, spec, signal);
  return { folder, recipe: JSON.stringify({ ...commandsOf(spec), ...(inputs === undefined ? {} : { inputs }) }) };
}

/** Runs the commands that fill an empty template. */
export async function fillTemplate(
  ports: Pick<TemplatePorts, 'commands'>,
  { migrate, seed }: DatabaseSpec,
  cwd: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  for (const argv of [migrate, seed]) if (argv) await ports.commands.run(argv, { cwd, env }, signal);
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
