import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { environmentFileName } from '../../core/environmentFile';
import { AppError } from '../../core/errors';

const byteLimit = 256 * 1024;
const nameShape = /^[A-Za-z_][A-Za-z0-9_]{0,199}$/;

/**
 * What a dotenv file says, by Node.js' own rules.
 *
 * @param relative to the worktree's folder, with `/`
 * @param key of coppice.yaml that names it, for messages
 * @throws notConfigured where there is none, invalidInput: one line that says what is wrong with it, and no value of it
 */
export async function readVariables(
  folder: string,
  relative: string,
  key: string,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const wrong = (what: string, code: 'invalidInput' | 'notConfigured' = 'invalidInput', cause?: unknown): AppError =>
    new AppError(code, `${environmentFileName}: ${key} names ${JSON.stringify(relative)}, ${what}.`, { cause });
  const root = await realpath(folder);
  const file = await realpath(path.join(folder, relative)).catch(() => undefined);
  if (file === undefined) throw wrong(`which is not in ${folder}`, 'notConfigured');
  // Its content reaches the cluster, unasked: it must be the worktree's own.
  const within = path.relative(root, file);
  if (within.split(path.sep)[0] === '..' || path.isAbsolute(within))
    throw wrong('which is a link that leads out of the worktree');
  const found = await stat(file);
  if (!found.isFile()) throw wrong('which is no file');
  if (found.size > byteLimit) throw wrong(`which has ${found.size} bytes; at most ${byteLimit} are read`);
  const text = await readFile(file, { encoding: 'utf8', signal }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw wrong('which cannot be read', 'invalidInput', error);
  });
  const variables: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(parseEnv(text.replace(/^\ufeff/, '')))) {
    if (!nameShape.test(name)) throw wrong(`in which ${lineOf(text, name)} is not NAME=value`);
    variables[name] = value;
  }
  return variables;
}

/**
 * Where it is wrong, and nothing of what stands there: it may be a part of a secret. Some versions of Node.js take all that stands
 * before the next = for a name.
 */
function lineOf(text: string, name: string): string {
  const [first = ''] = name.trim().split(/[\r\n]/);
  const lines = text.split(/\r\n|[\r\n]/).map((line) => line.trim().replace(/^export\s+/, ''));
  const at = lines.findIndex((line) => first !== '' && line.startsWith(first));
  return at < 0 ? 'a line' : `line ${at + 1}`;
}
