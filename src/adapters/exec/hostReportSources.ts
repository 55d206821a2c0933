import { glob, open, readFile, readdir } from 'node:fs/promises';
import { arch, release, type } from 'node:os';
import path from 'node:path';
import type { OwnLog, ReportSources, Version } from '../../core/ports/reportSources';
import { secretsOf } from '../../core/variables/secretsOf';
import { dotenvFiles } from './dotenvFiles';
import { programVersion, type VersionCall } from './programVersion';

const toldLines = 60;
const maxLogBytes = 64 * 1024;
const maxSecretFileBytes = 256 * 1024;
const maxNamedFiles = 200;
/** As long as patterns are looked for in one folder. */
const globMs = 5_000;

export interface HostReportOptions {
  /** Folder that holds Coppice's package.json. */
  readonly root: string;
  readonly home: string;
  readonly userFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asked at each call: programs by what they are called with to say their version. */
  readonly programs: () => Readonly<Record<string, VersionCall>>;
  /** Asked at each call. */
  readonly kubeconfigs: () => readonly string[];
}

export class HostReportSources implements ReportSources {
  constructor(private readonly options: HostReportOptions) {}

  get userFolder(): string {
    return this.options.userFolder;
  }

  async versions(signal: AbortSignal): Promise<readonly Version[]> {
    const { root, programs, userFolder, env } = this.options;
    const own = await readFile(path.join(root, 'package.json'), 'utf8').catch(() => '{}');
    const { version = 'unknown' } = JSON.parse(own) as { version?: string };
    const asked = Object.entries(programs()).map(async ([name, call]) => {
      try {
        return { name, version: await programVersion(call, { cwd: userFolder, env: defined(env) }, signal) };
      } catch (error) {
        return { name, version: `cannot be asked (${error instanceof Error ? error.message : String(error)})` };
      }
    });
    return [
      { name: 'Coppice', version },
      { name: type(), version: `${release()} ${arch()}` },
      { name: 'Node.js', version: process.versions.node },
      ...(await Promise.all(asked)),
    ];
  }

  async logs(): Promise<readonly OwnLog[]> {
    const { home } = this.options;
    const cluster = path.join(home, 'cluster');
    const [started, ran, server] = await Promise.all([
      lastLines(path.join(cluster, 'start.log')),
      lastLines(path.join(cluster, 'cluster.log')),
      lastLines(path.join(home, 'postgres', 'server.log')),
    ]);
    return [
      { name: 'What the embedded cluster said when it started', lines: started },
      { name: 'Log of the embedded cluster', lines: ran },
      // Statements and rows of the repository's are in the rest of it.
      { name: 'Log of PostgreSQL', lines: server.filter((line) => /\b(?:LOG|FATAL|PANIC):/.test(line)) },
    ].filter(({ lines }) => lines.length > 0);
  }

  async secrets(folders: readonly string[], globs: readonly string[]): Promise<readonly string[]> {
    const { env, home, kubeconfigs } = this.options;
    const own = ['cluster/token', 'postgres/server/password'].map((file) => path.join(home, ...file.split('/')));
    const granted = await readdir(path.join(home, 'kubeconfigs')).catch(() => []);
    const configs = [
      ...kubeconfigs(),
      path.join(home, 'cluster', 'kubeconfig'),
      ...granted.map((name) => path.join(home, 'kubeconfigs', name)),
    ];
    const found = await Promise.all([
      ...own.map(async (file) => [(await textOf(file)).trim()]),
      ...configs.map(async (file) => credentialsIn(await textOf(file))),
      ...folders.map(async (folder) => {
        const files = new Set([...(await dotenvFiles(folder)), ...(await filesNamed(folder, globs))]);
        const texts = await Promise.all([...files].map(textOf));
        return texts.flatMap(valuesIn);
      }),
    ]);
    return [...secretsOf(env), ...opaqueIn(env), ...found.flat()].filter((value) => value !== '');
  }
}

/** What stands in a kubeconfig, YAML or JSON, beside what is public. */
function credentialsIn(text: string): string[] {
  const key =
    /(?:token|password|client-key-data|client-secret|id-token|refresh-token|access-token)"?\s*:\s*"?([^\s",}]+)/g;
  return [...text.matchAll(key)].map(([, value = '']) => value.replace(/^'|'$/g, ''));
}

async function filesNamed(folder: string, globs: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const until = performance.now() + globMs;
  const exclude = (name: string): boolean =>
    performance.now() > until || ['node_modules', '.git'].includes(path.basename(name));
  try {
    for await (const name of glob([...globs], { cwd: folder, exclude })) {
      found.push(path.join(folder, name));
      if (found.length >= maxNamedFiles) break;
    }
  } catch {
    // A folder that is gone, or that may not be read.
  }
  return found;
}

/** All that a dotenv file sets, whatever it is called, and what stands in quotes in any other; plain words are not secret. */
function valuesIn(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line));
  const quoted = [...text.matchAll(/(["'])((?:(?!\1)[^\\\n]|\\.){6,})\1/g)].map(([, , value = '']) => value);
  const set = lines.flatMap((line) => {
    const [, name = '', given = ''] = line ?? [];
    const value = given.replace(/^(["'`])(.*)\1.*$/, '$2');
    const bare = value.replace(/\s+#.*$/, '');
    const isPlain = value.length < 6 || /^[a-z]+$/.test(value);
    return [...(isPlain ? [] : [value, bare]), ...secretsOf({ [name]: bare })];
  });
  return [...set, ...quoted.filter((value) => !/^[\w -]*[a-z] [\w -]*$|^[a-z]+$/.test(value))];
}

/** Values without spaces or slashes, of letters and digits: a variable that holds a secret may be called anything. */
function opaqueIn(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.values(env).filter(
    (value): value is string =>
      value !== undefined && /^[^\s/\\:;]{12,}$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value),
  );
}

async function textOf(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.slice(0, maxSecretFileBytes);
}

/** The end of a file that may be large. */
async function lastLines(file: string): Promise<string[]> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return [];
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - maxLogBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, maxLogBytes)), 0, undefined, start);
    const lines = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/);
    // The first one may have lost its beginning.
    return lines
      .slice(start > 0 ? 1 : 0)
      .filter((line) => line !== '')
      .slice(-toldLines);
  } catch {
    return [];
  } finally {
    await handle.close();
  }
}

function defined(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
