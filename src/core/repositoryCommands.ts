import { traitsOf } from './clusterTraits';
import type { DatabaseSpec, EnvironmentFile } from './environmentFile';
import type { ClusterIdentity } from './model';

/** What a repository's file says is to run on this machine with the rights of whoever uses it. */
export interface RepositoryCommand {
  /** Where the file says it: `database.migrate`, `services.web.command`. */
  readonly place: string;
  /** The whole of it in one line, for a person. */
  readonly text: string;
  /** All that decides what is run, for comparing: equal where the same would run, wherever the file says it. */
  readonly content: string;
}

/** What is asked before any of these commands runs for the first time. */
export interface ApprovalQuestion {
  /** The branch or commit whose file says so. */
  readonly source: string;
  /** Those that were not approved before. */
  readonly commands: readonly RepositoryCommand[];
}

/** Asks a person; false: they say no. */
export type Approve = (question: ApprovalQuestion, signal: AbortSignal) => Promise<boolean>;

/**
 * All that an environment file runs on this machine outside of containers: what fills the template database, and, where pods are
 * processes of this machine, the services. These count because they run in the same place with the same rights: a file that may not
 * migrate must not get its way by a service. An image's build runs in the engine's containers, and is none of them.
 *
 * @param chartDigest of all files of the chart's folder, where `runsChart`: its templates say what is run, and not its path
 */
export function repositoryCommands(
  file: EnvironmentFile,
  cluster: Pick<ClusterIdentity, 'kind'>,
  chartDigest?: string,
): readonly RepositoryCommand[] {
  const ofDatabase = file.database ? databaseCommands(file.database) : [];
  if (traitsOf(cluster).runsImages) return ofDatabase;
  const ofServices = file.services.flatMap(({ name, command, env }) =>
    command === undefined ? [] : [toCommand(`services.${name}.command`, command, env)],
  );
  const { chart } = file;
  const content = JSON.stringify({ chart, digest: chartDigest });
  const ofChart =
    chart === undefined ? [] : [{ place: 'chart', text: `all that the chart in ${quoted(chart)} runs`, content }];
  return [...ofDatabase, ...ofServices, ...ofChart];
}

/** Whether the file's own chart says what runs on this machine. */
export function runsChart({ chart }: EnvironmentFile, cluster: Pick<ClusterIdentity, 'kind'>): boolean {
  return chart !== undefined && !traitsOf(cluster).runsImages;
}

/** Those that fill a template. */
export function databaseCommands({ migrate, seed }: DatabaseSpec): readonly RepositoryCommand[] {
  return Object.entries({ migrate, seed }).flatMap(([name, argv]) =>
    argv === undefined ? [] : [toCommand(`database.${name}`, argv, {})],
  );
}

function toCommand(place: string, argv: readonly string[], env: Readonly<Record<string, string>>): RepositoryCommand {
  // A variable can name code, too: NODE_OPTIONS, LD_PRELOAD, PATH.
  const variables = Object.entries(env).sort(([one], [other]) => (one < other ? -1 : 1));
  const words = [...variables.map(([name, value]) => `${quoted(name)}=${quoted(value)}`), ...argv.map(quoted)];
  return { place, text: words.join(' '), content: JSON.stringify({ argv, env: variables }) };
}

/** Nothing in it is invisible, or moves what stands around it. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(word)) return word;
  return JSON.stringify(word).replace(/\p{C}/gu, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}
