import { traitsOf } from '../../core/clusterTraits';
import { AppError, isAppError } from '../../core/errors';
import type { DatabaseSpec } from '../../core/environmentFile';
import type { DatabaseRecord, Identity, Owner, Repository, Worktree } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import type { Databases } from '../../core/ports/databases';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { Commands } from '../../core/ports/host';
import type { Worktrees } from '../../core/ports/worktrees';
import { isSameOwner } from '../../core/isSameOwner';
import type { PreparedCreate } from '../environment/create/prepareCreate';
import { databaseSecret } from '../../core/databaseSecret';
import { environmentVariables, type TelemetrySettings } from '../environment/parts/worktreeValues';

export interface TemplatePorts {
  readonly databases: Databases;
  readonly commands: Commands;
  readonly worktrees: Worktrees;
  readonly environmentFiles: EnvironmentFiles;
  readonly settings: () => TelemetrySettings;
}

/**
 * The template that an environment's database is cloned from. Built in the main worktree while that has the default
 * branch, so that no experiment becomes everybody's template.
 *
 * @param newWorktree waits for the environment's own worktree
 */
export async function prepareTemplate(
  ports: TemplatePorts,
  prepared: Pick<PreparedCreate, 'repository' | 'file' | 'target'>,
  identity: Identity,
  newWorktree: () => Promise<Worktree>,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly built: boolean }> {
  const { repository, target } = prepared;
  const spec = prepared.file.database;
  if (!spec) throw new AppError('bug', 'A template was asked for without a database.');
  const { database } = recordedDatabase(identity);
  // What is there is kept, whatever the commands say by now: nothing is to be cloned.
  if (isOwn(await ports.databases.owner(database, signal), identity.owner))
    return { name: spec.template, built: false };
  const place = await templatePlace(ports, repository, spec, newWorktree, signal);
  const variables = environmentVariables(identity, target.branch, ports.settings());
  return ports.databases.ensureTemplate(
    { name: spec.template, repositoryId: repository.id, recipe: place.recipe },
    (url, buildSignal) =>
      fillTemplate(ports, spec, place.folder, { ...variables, DATABASE_URL: url }, buildSignal ?? signal),
    signal,
  );
}

/** Where a template is built, and what makes it one that is not built again. */
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

/**
 * @param isNew called before a database is made that was not there
 * @returns what there is to say of it, for a person; `hasNewUrl`: services that run know an old one
 */
export async function cloneDatabase(
  ports: { readonly databases: Databases; readonly cluster: Cluster },
  identity: Identity,
  template: string,
  isNew: () => void,
  signal: AbortSignal,
): Promise<{ readonly detail: string; readonly hasNewUrl: boolean }> {
  const { databases, cluster } = ports;
  const { owner, names } = identity;
  const { database, role } = recordedDatabase(identity);
  const holder = await databases.owner(database, signal);
  const url = (await cluster.readSecret(names.namespace, databaseSecret, signal))?.['DATABASE_URL'];
  // A clone that is found gets a new password, which running pods would not know.
  const { podsSee: from } = traitsOf(identity.cluster);
  const isThere = isOwn(holder, owner) && url !== undefined && (await databases.isCurrent(url, from, signal));
  if (isThere) return { detail: `${database}, kept`, hasNewUrl: false };
  if (holder === undefined) isNew();
  const clone = await databases.clone({ database, role, template, owner }, signal);
  // What runs in the embedded cluster runs on this machine.
  const serviceUrl = from === 'machine' ? clone.url : await databases.podUrl(clone.url, signal);
  await cluster.putSecret(names.namespace, databaseSecret, { DATABASE_URL: serviceUrl }, owner, signal);
  if (clone.created) return { detail: database, hasNewUrl: url !== undefined };
  if (url !== undefined) return { detail: `${database}, kept, at its new address`, hasNewUrl: true };
  return { detail: `${database}, found from an earlier try`, hasNewUrl: false };
}

/** Takes back a clone; one that somebody else made meanwhile is left alone. */
export async function dropDatabase(databases: Databases, identity: Identity, signal: AbortSignal): Promise<void> {
  const { owner } = identity;
  const { database, role } = recordedDatabase(identity);
  if (isOwn(await databases.owner(database, signal), owner)) await databases.drop({ database, role, owner }, signal);
}

function recordedDatabase({ parts }: Identity): DatabaseRecord {
  if (!parts.database) throw new AppError('bug', 'A database was asked for that is not recorded.');
  return parts.database;
}

function isOwn(holder: Owner | 'foreign' | undefined, owner: Owner): boolean {
  return holder !== 'foreign' && isSameOwner(holder, owner);
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
