import { AppError } from '../../../core/errors';
import type { DatabaseSpec, EnvironmentFile } from '../../../core/environmentFile';
import type { Identity, Repository, Worktree } from '../../../core/model';
import type { Cluster } from '../../../core/ports/cluster';
import { databaseCommands } from '../../../core/repositoryCommands';
import type { RecipeAges } from '../../../core/ports/databases';
import type { Settings } from '../../../core/settings';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';
import { portText, variablesOf, type TelemetrySettings } from '../parts/variables';
import { refuseUnfinished } from '../../databases/migrations/refuseUnfinished';
import type { MigrationStatusPorts } from '../../databases/migrations/migrationStatus';
import { migrateLine, migrationRecipe, recipeIn, templatePlace, type TemplatePorts } from '../../databases/template';
import { fillTemplate } from '../commands/fillTemplate';
import { approveCommands, type ApprovalPorts } from '../../approval/approveCommands';
import type { Run, UseCase } from '../../run/run';
import { worktreeAt, type FoundWorktree, type WorktreeAtPorts } from '../../worktrees/worktreeAt';

export type RefreshTemplatePorts = TemplatePorts &
  Pick<MigrationStatusPorts, 'tables' | 'files'> &
  WorktreeAtPorts &
  ApprovalPorts & {
    readonly settings: () => TelemetrySettings & Pick<Settings, 'setup.timeout'>;
    /** Asked once there is something to tell. */
    readonly openCluster: () => Promise<Pick<Cluster, 'urlPort'>>;
  };

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
  return async ({ folder: of }, run) => {
    const found = await worktreeAt(ports, of, run.signal);
    const { name, folder } = await prepareTemplate(ports, parts, { found, anew: true }, run);
    return { name, folder };
  };
}

/** A template, and what was approved for it. */
export interface PreparedTemplate extends RefreshedTemplate, FoundWorktree {
  /** It was there, and nobody was asked: hardly any time has passed. */
  readonly isAtOnce: boolean;
  readonly file: EnvironmentFile & { readonly database: DatabaseSpec };
}

/**
 * The template as its recipe says it now.
 *
 * @param request `anew`: it is built even when it is there for the same recipe
 * @throws as refreshTemplate
 */
export async function prepareTemplate(
  ports: RefreshTemplatePorts,
  parts: readonly Part[],
  { found, anew }: { readonly found: FoundWorktree; readonly anew: boolean },
  run: Run,
): Promise<PreparedTemplate> {
  const { signal } = run;
  const { worktree, identity, repository } = found;
  const file = await ports.environmentFiles.read(worktree.path);
  const spec = file.database;
  if (!spec) throw new AppError('notConfigured', 'coppice.yaml asks for no database, so that there is no template.');
  const source = worktree.branch ?? worktree.path;
  const commands = databaseCommands(spec);
  const { wasAsked } = await approveCommands(ports, { repositoryId: repository.id, source, commands }, run);
  // People take their time to answer.
  const [main] = wasAsked ? await ports.worktrees.list(repository, signal) : [found.main];
  const places = { main, otherwise: () => Promise.resolve(worktree) };
  const place = await templatePlace(ports, repository, spec, places, signal);
  const variables = await variablesIn(parts, ports, repository, worktree, identity);
  const folder = await place.folder();
  const filling = { folder, variables, timeoutSeconds: ports.settings()['setup.timeout'] };
  const { name, built } = await ports.databases.ensureTemplate(
    { name: spec.template, repositoryId: repository.id, recipe: place.recipe, migrates: place.migrates, anew },
    async (url, inner = signal) => {
      await fillTemplate(ports, { ...file, database: spec }, { ...filling, url }, inner);
      await refuseUnfinished(ports, { url, path: folder, command: migrateLine(spec) }, inner);
    },
    signal,
  );
  return { ...found, name, folder, isAtOnce: !built && !wasAsked, file: { ...file, database: spec } };
}

/**
 * Whether a repository's template was built by what its commands and files say now, and the database of a worktree's environment by
 * what those of that worktree say. Starts nothing.
 *
 * @returns undefined: there is no database, or nobody can tell now
 */
export function recipeAges(
  ports: Omit<RefreshTemplatePorts, 'commands' | 'settings' | 'openCluster' | keyof ApprovalPorts> &
    WorktreeAtPorts &
    Pick<TemplatePorts, 'environmentFiles'>,
): (folder: string, signal: AbortSignal) => Promise<RecipeAges | undefined> {
  return async (folder, signal) => {
    const { worktree, identity, repository, main } = await worktreeAt(ports, folder, signal);
    const spec = await databaseOf(ports, worktree);
    if (!spec) return undefined;
    const places = { main, otherwise: () => Promise.resolve(worktree) };
    const place = await templatePlace(ports, repository, spec, places, signal);
    const template = { name: spec.template, repositoryId: repository.id, recipe: place.recipe };
    const record = identity?.parts.database;
    if (!record) return ports.databases.ages(template, undefined, signal);
    const recipe = await recipeIn(ports, worktree.path, spec, signal);
    const { migrates } = await migrationRecipe(ports, worktree.path, spec, signal);
    const of = { database: record.database, owner: identity.owner, recipe, migrates };
    return ports.databases.ages(template, of, signal);
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

async function variablesIn(
  parts: readonly Part[],
  { settings, openCluster }: Pick<RefreshTemplatePorts, 'settings' | 'openCluster'>,
  repository: Repository,
  { branch }: Worktree,
  identity: Identity | undefined,
): Promise<Record<string, string>> {
  if (!identity) return {};
  return variablesOf(parts, {
    ...{ identity, branch: branch ?? identity.names.slug, settings: settings(), mainFolder: repository.root },
    urlPort: portText(await (await openCluster()).urlPort()),
  });
}
