import { environmentFileName, type EnvironmentFile } from '../../core/environmentFile';
import { toAppError } from '../../core/errors';
import type { Snapshot } from '../../core/model';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { Clock } from '../../core/ports/host';
import type { OwnLog, ReportSources } from '../../core/ports/reportSources';
import { secretsOf } from '../../core/variables/secretsOf';
import { defaultSettings, type Settings } from '../../core/settings';
import { withoutSecrets } from '../../core/variables/withoutSecrets';
import type { ClusterStatus } from '../cluster/clusterStatus';
import type { UseCase } from '../run/run';
import { reportPage, type ReportSection } from './reportPage';
import { settingLines } from './settingLines';
import { reportedState } from './reportedState';

export interface ReportPorts {
  readonly sources: ReportSources;
  readonly environmentFiles: Pick<EnvironmentFiles, 'read'>;
  readonly settings: () => Settings;
  readonly readSnapshot: (folder: string, signal: AbortSignal) => Promise<Snapshot>;
  readonly clusterStatus: (signal: AbortSignal) => Promise<ClusterStatus>;
  /** What terminals of a worktree are given, its DATABASE_URL among it. */
  readonly variables: (folder: string, signal: AbortSignal) => Promise<Readonly<Record<string, string>> | undefined>;
  /** Of the server that the setting `postgres.url` names. */
  readonly postgresPassword: () => Promise<string | undefined>;
  readonly clock: Clock;
}

export interface ReportRequest {
  /** A folder of the repository; undefined: none is open. */
  readonly folder: string | undefined;
  /** The program that Coppice runs in: "Visual Studio Code 1.109.0". */
  readonly program: string;
  /** What Coppice has logged in it. */
  readonly log: readonly string[];
  /** Values that the program keeps secret. */
  readonly secrets: readonly string[];
}

/** Each thing that is asked for has this long: a report is made because something does not answer. */
const timeoutMs = 8_000;
/** What is longer is data. */
const maxLine = 2_000;

/**
 * All that somebody who is to find out why something does not work wants to know first, as Markdown: versions, settings, state, the
 * ends of Coppice's own logs. Known secrets and what looks like one are taken out of the whole of it, so no part can forget it. Of what
 * the repository's programs print it has the lines that tell why one failed. Changes nothing, starts nothing and sends nothing; what cannot be read says why.
 */
export function makeReport(ports: ReportPorts): UseCase<ReportRequest, string> {
  return async ({ folder, program, log, secrets }, { signal }) => {
    const { sources, settings } = ports;
    const within = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const [versions, snapshot, cluster, file, logs] = await Promise.all([
      sources.versions(within()),
      folder === undefined ? 'no folder is open' : told(ports.readSnapshot(folder, within())),
      told(ports.clusterStatus(within())),
      folder === undefined ? 'no folder is open' : told(ports.environmentFiles.read(folder)),
      sources.logs(),
    ]);
    const environments = typeof snapshot === 'string' ? [] : snapshot.entries.filter(({ environment }) => environment);
    const folders = [folder, ...environments.map(({ worktree }) => worktree.path)].filter((each) => each !== undefined);
    const [known, password = '', variables] = await Promise.all([
      sources.secrets([...new Set(folders)], typeof file === 'string' ? [] : secretFiles(file)),
      ports.postgresPassword().catch(() => undefined),
      Promise.all(environments.map(({ worktree }) => ports.variables(worktree.path, within()).catch(() => undefined))),
    ]);
    signal.throwIfAborted();
    const sections: ReportSection[] = [
      { title: 'Versions', lines: [program, ...versions.map(({ name, version }) => `${name}: ${version}`)] },
      { title: 'Settings that are not as they come', lines: settingLines(settings(), defaultSettings) },
      { title: 'Cluster', lines: typeof cluster === 'string' ? [cluster] : clusterLines(cluster) },
      { title: environmentFileName, lines: typeof file === 'string' ? [file] : shapeOf(file) },
      {
        title: 'State',
        code: typeof snapshot === 'string' ? snapshot : JSON.stringify(reportedState(snapshot), undefined, 1),
      },
      ...[{ name: `Log of ${program}`, lines: log }, ...logs].map(logSection),
    ];
    const page = reportPage(new Date(ports.clock.now()).toISOString(), sections);
    const ofVariables = variables.flatMap((each) => secretsOf(each ?? {}));
    const all = [...secrets, ...known, password, ...ofFile(file), ...ofSettings(settings()), ...ofVariables];
    // Secrets first: a person's folder may be as short as "/", which is a part of addresses.
    const left = withoutSecrets(page, all);
    return sources.userFolder.length > 1 ? left.replaceAll(sources.userFolder, '~') : left;
  };
}

/** What was asked for, or why it is not known. */
async function told<T>(asked: Promise<T>): Promise<T | string> {
  try {
    return await asked;
  } catch (error) {
    const { code, message } = toAppError(error);
    return `${code}: ${message}`;
  }
}

function logSection({ name, lines }: OwnLog): ReportSection {
  const told = lines.map((line) => (line.length > maxLine ? `${line.slice(0, maxLine)}…` : line));
  return { title: name, code: told.length === 0 ? '(nothing)' : told.join('\n') };
}

/** Where it is and whose it is is no matter; whether it answers is. */
function clusterLines({ identity, state, note, port, databases }: ClusterStatus): string[] {
  const server = databases === undefined ? [] : [`PostgreSQL of Coppice's own: ${databases ? 'runs' : 'does not run'}`];
  return [
    `kind: ${identity.kind}`,
    `state: ${state}${note === undefined ? '' : ` (${note})`}`,
    ...(port === undefined ? [] : [`port: ${port}`]),
    ...server,
  ];
}

/** Which keys the file has: what they say may be anything. */
function shapeOf({ services, database, chart, copy, patch, setup, teardown, dependencies }: EnvironmentFile): string[] {
  const counts = {
    copy: copy.length,
    patch: Object.keys(patch).length,
    setup: setup.length,
    teardown: teardown.length,
  };
  return [
    ...services.map(({ name, ...service }) => `service ${name}: ${keysOf(service).join(', ')}`),
    ...(database ? [`database: ${keysOf(database).join(', ')}`] : []),
    ...(chart === undefined ? [] : ['chart']),
    ...Object.entries(counts).flatMap(([key, count]) => (count > 0 ? [`${key}: ${count}`] : [])),
    ...(dependencies === false ? ['dependencies: false'] : []),
  ];
}

function keysOf(part: object): string[] {
  const isSet = (value: unknown): boolean =>
    value !== undefined && value !== false && (typeof value !== 'object' || Object.keys(value ?? {}).length > 0);
  return Object.entries(part).flatMap(([key, value]) => (isSet(value) ? [key] : []));
}

/** Files that it brings or reads because git does not have them. */
function secretFiles({ services, copy, patch }: EnvironmentFile): string[] {
  return [...services.flatMap(({ envFile = [] }) => envFile), ...copy, ...Object.keys(patch)];
}

/** Each word of a text that somebody has set, but for plain ones: the report says that it is set, and a log may say more. */
function ofSettings(settings: Settings): string[] {
  const changed = Object.entries(settings).filter(([key, value]) => value !== defaultSettings[key as keyof Settings]);
  const texts = changed.flatMap(([, value]: [string, unknown]) =>
    typeof value === 'string' ? value.split(/\s+/) : [],
  );
  return texts.filter((word) => word.length >= 6 && !/^[a-zA-Z]+$/.test(word));
}

/** Values that a committed file has may be secret all the same. */
function ofFile(file: EnvironmentFile | string): string[] {
  if (typeof file === 'string') return [];
  const given = [...file.services, ...file.setup, ...file.teardown].map(({ env }) => env);
  // Plain words (`debug`, `true`) are no secrets, and would be taken out of every sentence.
  const isTelling = (value: string): boolean => value.length >= 6 && !/^[a-z]+$/.test(value);
  return [...given, ...Object.values(file.patch)].flatMap((each) => [
    ...secretsOf(each),
    ...Object.values(each).filter(isTelling),
  ]);
}
