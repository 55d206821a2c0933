import { AppError } from '../../../core/errors';
import type { DatabaseSpec } from '../../../core/environmentFile';
import type { Identity, Worktree } from '../../../core/model';
import { databaseCommands } from '../../../core/repositoryCommands';
import type { RecipeAges } from '../../../core/ports/databases';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';
import { variablesOf, type TelemetrySettings } from '../parts/variables';
import { fillTemplate, templatePlace, type TemplatePorts } from '../../databases/template';
import { approveCommands, type ApprovalPorts } from '../../approval/approveCommands';
import type { UseCase } from '../../run/run';
import { worktreeAt, type WorktreeAtPorts } from '../../worktrees/worktreeAt';

export type RefreshTemplatePorts = TemplatePorts &
  WorktreeAtPorts &
  ApprovalPorts & { readonly settings: () => TelemetrySettings };

export interface RefreshedTemplate {
  /** The template's real name. */
  readonly name: string;
  /** The worktree whose files it was built of. */
  readonly folder: string;
}

/**
 * Builds the template of a repository anew. Databases that were cloned from the old one stay as they are.
 *
 * @throws notConfigured when coppice.yaml asks for no database, unapproved
 */
export function refreshTemplate(
  ports: RefreshTemplatePorts,
  parts: readonly Part[] = environmentParts,
): UseCase<{ readonly folder: string }, RefreshedTemplate> {
  return async ({ folder }, run) => {
    const { signal } = run;
    const { worktree, identity } = await worktreeAt(ports, folder, signal);
    const repository = await ports.worktrees.repository(folder, signal);
    const spec = (await ports.environmentFiles.read(worktree.path)).database;
    if (!spec) throw new AppError('notConfigured', 'coppice.yaml asks for no database, so that there is no template.');
    const source = worktree.branch ?? worktree.path;
    const commands = databaseCommands(spec);
    await approveCommands(ports, { repositoryId: repository.id, source, commands }, run);
    const place = await templatePlace(ports, repository, spec, () => Promise.resolve(worktree), signal);
    const variables = variablesIn(parts, ports, worktree, identity);
    const { name } = await ports.databases.ensureTemplate(
      { name: spec.template, repositoryId: repository.id, recipe: place.recipe, anew: true },
      (url, inner) => fillTemplate(ports, spec, place.folder, { ...variables, DATABASE_URL: url }, inner ?? signal),
      signal,
    );
    return { name, folder: place.folder };
  };
}

/**
 * Whether a repository's template, and the database of a worktree's environment, were built by what their commands and files
 * say now. Starts nothing.
 *
 * @returns undefined: there is no database, or nobody can tell now
 */
export function recipeAges(
  ports: Omit<RefreshTemplatePorts, 'commands' | 'settings' | keyof ApprovalPorts> &
    WorktreeAtPorts &
    Pick<TemplatePorts, 'environmentFiles'>,
): (folder: string, signal: AbortSignal) => Promise<RecipeAges | undefined> {
  return async (folder, signal) => {
    const { worktree, identity } = await worktreeAt(ports, folder, signal);
    const repository = await ports.worktrees.repository(folder, signal);
    const spec = await databaseOf(ports, worktree);
    if (!spec) return undefined;
    const place = await templatePlace(ports, repository, spec, () => Promise.resolve(worktree), signal);
    return ports.databases.ages(
      { name: spec.template, repositoryId: repository.id, recipe: place.recipe },
      identity?.parts.database && { database: identity.parts.database.database, owner: identity.owner },
      signal,
    );
  };
}

async function databaseOf(
  ports: Pick<RefreshTemplatePorts, 'environmentFiles'>,
  { path }: Worktree,
): Promise<DatabaseSpec | undefined> {
  try {
    return (await ports.environmentFiles.read(path)).database;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function variablesIn(
  parts: readonly Part[],
  { settings }: Pick<RefreshTemplatePorts, 'settings'>,
  { branch }: Worktree,
  identity: Identity | undefined,
): Record<string, string> {
  if (!identity) return {};
  return variablesOf(parts, { identity, branch: branch ?? identity.names.slug, settings: settings() });
}
