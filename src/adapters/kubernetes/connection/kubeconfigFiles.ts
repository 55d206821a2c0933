import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { AppError } from '../../../core/errors';
import { seldomLoaded } from './seldomLoaded';

type Fields = Readonly<Record<string, unknown>>;

/** The entries of one or more kubeconfigs by name, as they are written, with absolute paths. */
export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, Fields>;
  readonly users: ReadonlyMap<string, Fields>;
  readonly contexts: ReadonlyMap<string, Fields>;
}

/** Fields whose relative paths are relative to the kubeconfig's own folder. */
const pathFields = new Set(['certificate-authority', 'client-certificate', 'client-key', 'tokenFile']);

/** What several files say as text, to tell whether anything changed; files that are not there have none. */
export interface KubeconfigText {
  readonly path: string;
  readonly text: string;
}

/**
 * @param missing what to say when there is none at all
 * @throws notConfigured, denied
 */
export async function readKubeconfigs(paths: readonly string[], missing: string): Promise<readonly KubeconfigText[]> {
  const found: KubeconfigText[] = [];
  for (const path of paths) {
    try {
      found.push({ path, text: await readFile(path, 'utf8') });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      if (code === 'ENOENT' || code === 'ENOTDIR') continue;
      throw new AppError('denied', `The kubeconfig ${path} cannot be read (${code}).`, { cause: error });
    }
  }
  if (found.length === 0) throw new AppError('notConfigured', missing);
  return found;
}

/** Where several name the same, the first one counts, as for kubectl. Rejects with notConfigured, naming the file that is broken. */
export async function mergeKubeconfigs(files: readonly KubeconfigText[]): Promise<Kubeconfig> {
  const merged = { clusters: new Map(), users: new Map(), contexts: new Map() } satisfies Kubeconfig;
  for (const file of files) {
    const content = await parse(file);
    for (const [list, field] of [
      ['clusters', 'cluster'],
      ['users', 'user'],
      ['contexts', 'context'],
    ] as const) {
      for (const [name, fields] of entriesOf(content[list], field)) {
        if (!merged[list].has(name)) merged[list].set(name, withAbsolutePaths(fields, dirname(file.path)));
      }
    }
  }
  return merged;
}

async function parse({ path, text }: KubeconfigText): Promise<Fields> {
  // A file that says nothing is a kubeconfig.
  if (text.replaceAll(/^\s*#.*$/gm, '').trim() === '') return {};
  const content = parseJson(text) ?? (await seldomLoaded.yaml()).readYamlKubeconfig(text, (why) => broken(path, why));
  if (!isFields(content)) throw broken(path, 'it is no mapping');
  return content;
}

/** What reads YAML takes longer to load than a request takes, and JSON is YAML: so Coppice writes its own kubeconfigs. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function broken(path: string, why: string): AppError {
  return new AppError('notConfigured', `The kubeconfig ${path} cannot be understood: ${why}.`, {
    remedy: { title: 'Open the File', action: { kind: 'openFile', path } },
  });
}

/** Entries that are none are passed over: they may be meant for some other program. */
function entriesOf(list: unknown, field: string): [string, Fields][] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown): [string, Fields][] => {
    if (!isFields(entry) || typeof entry['name'] !== 'string') return [];
    const fields = entry[field];
    return [[entry['name'], isFields(fields) ? fields : {}]];
  });
}

function withAbsolutePaths(fields: Fields, folder: string): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => {
      if (pathFields.has(key) && typeof value === 'string' && value !== '') return [key, resolve(folder, value)];
      if (key === 'exec' && isFields(value)) return [key, withAbsoluteCommand(value, folder)];
      return [key, value];
    }),
  );
}

/** A name without a folder is looked up on the PATH, anything else is relative to the kubeconfig. */
function withAbsoluteCommand(exec: Fields, folder: string): Fields {
  const { command } = exec;
  const isRelative = typeof command === 'string' && /[/\\]/.test(command) && !isAbsolute(command);
  return isRelative ? { ...exec, command: resolve(folder, command) } : exec;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
