import { traitsOf } from './clusterTraits';
import type { DependencyProject } from './dependencies/dependencyProject';
import type { EnvironmentFile, FillingSpec, ServiceSpec } from './environmentFile';
import type { ClusterIdentity } from './model';

/** What a repository's file says is to run on this machine, or to be made in a cluster, with the rights of whoever uses it. */
export interface RepositoryCommand {
  /** Where the file says it: `database.migrate`, `services.web.command`. */
  readonly place: string;
  /** The whole of it in one line, for a person. */
  readonly text: string;
  /** All that decides what is run, for comparing: equal where the same would run, wherever the file says it. */
  readonly content: string;
  /** The file does not say it: where nobody can be asked about it, it is left out instead of refused. */
  readonly isUnasked?: true;
  /** It has nothing to do now, and is asked about only where another is: the next worktree then needs no answer. */
  readonly isWithOthers?: true;
  /** Made in the cluster, and not run on this machine. */
  readonly isInCluster?: true;
}

/** What is asked before any of these commands runs for the first time. */
export interface ApprovalQuestion {
  /** The branch or commit whose file says so. */
  readonly source: string;
  /** Those that were not approved before. */
  readonly commands: readonly RepositoryCommand[];
}

const copyPlace = 'copy';

/** Asks a person; false: they say no. */
export type Approve = (question: ApprovalQuestion, signal: AbortSignal) => Promise<boolean>;

/**
 * All that an environment file runs on this machine outside of containers: what sets a worktree up, what fills the template database, and, where pods are
 * processes of this machine, the services. These count because they run in the same place with the same rights: a file that may not
 * migrate must not get its way by a service. An image's build runs in the engine's containers, and is none of them. A chart of the
 * repository's own counts on every cluster: Helm makes what it says in any namespace, and tells it what is in any, as far as the person may.
 *
 * @param chartDigest of all files of the chart's folder: its templates say what is run, and not its path
 */
export function repositoryCommands(
  file: EnvironmentFile,
  cluster: Pick<ClusterIdentity, 'kind'>,
  chartDigest?: string,
): readonly RepositoryCommand[] {
  const always = [
    ...setupCommands(file),
    ...teardownCommands(file),
    ...(file.database ? databaseCommands(file.database) : []),
  ];
  const { chart } = file;
  if (traitsOf(cluster).runsImages)
    return chart === undefined ? always : [...always, chartInCluster(chart, chartDigest)];
  // Elsewhere they are not run.
  const ofUsed = (file.uses ?? []).flatMap(({ name, filling }) =>
    filling === undefined ? [] : fillingCommands(`uses.${name}`, filling),
  );
  // What it uses is said by Coppice's own table: a file can name a tool of it, and no program.
  const ofServices = file.services.flatMap(({ name, command, ready, env, folder, envFile, uses }) =>
    Object.entries(uses === undefined ? { command, ready } : {}).flatMap(([key, argv]) =>
      argv === undefined ? [] : [toCommand(`services.${name}.${key}`, argv, env, { folder, envFile })],
    ),
  );
  const content = JSON.stringify({ chart, digest: chartDigest });
  const ofChart =
    chart === undefined ? [] : [{ place: 'chart', text: `all that the chart in ${quoted(chart)} runs`, content }];
  return [...always, ...ofUsed, ...ofServices, ...ofChart];
}

function chartInCluster(chart: string, digest: string | undefined): RepositoryCommand {
  return {
    place: 'chart',
    text: `all that the chart in ${quoted(chart)} makes in the cluster, in any namespace`,
    content: JSON.stringify({ chart, digest, isInCluster: true }),
    isInCluster: true,
  };
}

/** Those that make a worktree's folder ready. */
export function setupCommands({ setup }: Pick<EnvironmentFile, 'setup'>): readonly RepositoryCommand[] {
  return setup.map(({ command, env }, index) => toCommand(`setup[${index}]`, command, env));
}

/** Those that run before an environment goes. */
export function teardownCommands({ teardown }: Pick<EnvironmentFile, 'teardown'>): readonly RepositoryCommand[] {
  return teardown.map(({ command, env }, index) => toCommand(`teardown[${index}]`, command, env));
}

/** What installs a project's dependencies where the environment file says nothing of it; undefined: nothing does. */
export function installCommand({ folder, tool }: DependencyProject): RepositoryCommand | undefined {
  if (tool.install === undefined) return undefined;
  const place = folder === '' ? {} : { folder, envFile: undefined };
  return { ...toCommand('dependencies', tool.install, {}, place), isUnasked: true };
}

/**
 * What a commit says is copied of the main worktree's ignored files, such as its secrets: a branch that carries them into an image, a
 * container or a Secret is another one than the branch that needs them. Asked about on every kind of cluster.
 *
 * @param include the text of the commit's .worktreeinclude
 */
export function copySelection(
  { copy, examples }: Pick<EnvironmentFile, 'copy' | 'examples'>,
  include: string | undefined,
): readonly RepositoryCommand[] {
  const listed = (include ?? '').split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (copy.length + listed.length === 0) return [];
  const what = [
    ...(copy.length > 0 ? [copy.map(quoted).join(' ')] : []),
    ...(listed.length > 0 ? [`what .worktreeinclude names: ${listed.map(quoted).join(' ')}`] : []),
  ];
  return [
    {
      place: copyPlace,
      text: `of the main worktree's files that git ignores, ${what.join(', and ')}`,
      content: JSON.stringify({ copy, include: listed, ...(examples === undefined ? {} : { examples }) }),
    },
  ];
}

/** What they do, for a person, after the file's name. */
export function deedOf(commands: readonly RepositoryCommand[]): string {
  const isCopy = ({ place }: RepositoryCommand): boolean => place === copyPlace;
  const runs = commands.filter((each) => !isCopy(each) && !each.isInCluster).length;
  const run = runs === 0 ? [] : [`runs ${runs === 1 ? 'a command' : `${runs} commands`} on this machine`];
  const made = commands.some(({ isInCluster }) => isInCluster) ? ['installs a chart of its own in the cluster'] : [];
  const copies = commands.some(isCopy) ? ["copies the main worktree's files that git ignores"] : [];
  return [...run, ...made, ...copies].join(' and ');
}

/** Those that fill the template of databases. */
export function databaseCommands(database: FillingSpec): readonly RepositoryCommand[] {
  return fillingCommands('database', database);
}

function fillingCommands(place: string, { migrate, seed }: FillingSpec): readonly RepositoryCommand[] {
  return Object.entries({ migrate, seed }).flatMap(([name, argv]) =>
    argv === undefined ? [] : [toCommand(`${place}.${name}`, argv, {})],
  );
}

function toCommand(
  place: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  { folder, envFile }: Pick<ServiceSpec, 'folder' | 'envFile'> = {},
): RepositoryCommand {
  // A variable can name code, too: NODE_OPTIONS, LD_PRELOAD, PATH.
  const variables = Object.entries(env);
  // Where one may name another, it matters which stands before.
  if (!variables.some(([, value]) => value.includes('$('))) variables.sort(([one], [other]) => (one < other ? -1 : 1));
  const words = [...variables.map(([name, value]) => `${quoted(name)}=${quoted(value)}`), ...argv.map(quoted)];
  const places = [
    ...(folder === undefined ? [] : [`in ${quoted(folder)}`]),
    ...(envFile === undefined || envFile.length === 0 ? [] : [`with ${envFile.map(quoted).join(' ')}`]),
  ];
  const where = places.length === 0 ? '' : `${places.join(' ')}: `;
  // The same command is another one in another folder.
  return { place, text: where + words.join(' '), content: JSON.stringify({ argv, env: variables, folder, envFile }) };
}

/** Nothing in it is invisible, or moves what stands around it. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(word)) return word;
  return JSON.stringify(word).replace(/\p{C}/gu, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}
