import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { glob, lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { DatabaseSpec } from '../../core/environmentFile';
import { knownInputs } from './knownInputs';

/** What others fetched, what programs made of it, and what systems leave. */
const passedOver = /^(?:node_modules|\.git|__pycache__|\.venv|\.DS_Store|Thumbs\.db|.*\.(?:pyc|swp|swo|orig))$|~$/;
const readAtOnce = 16;
const smallBytes = 1024 * 1024;

/**
 * A hash over what a database's commands read: what the file says, else what is known of them. Names and content count, not
 * times, so that a migration has the same one before and after it is committed. Links are not followed.
 */
export async function hashInputs(
  folder: string,
  database: DatabaseSpec,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const said: string[] = [];
  const patterns = database.inputs ?? (await known(folder, database, said));
  const files = new Set<string>();
  for (const pattern of patterns) {
    signal?.throwIfAborted();
    if (!/[*?[{]/.test(pattern)) await collect(folder, pattern, files, signal);
    else for (const match of await matches(folder, pattern)) await collect(folder, match, files, signal);
  }
  if (files.size === 0 && said.length === 0 && database.inputs === undefined) return undefined;
  const sorted = [...files].sort();
  const entries: string[] = [];
  for (let at = 0; at < sorted.length; at += readAtOnce) {
    const some = sorted.slice(at, at + readAtOnce);
    entries.push(
      ...(await Promise.all(some.map(async (file) => `${file}\0${await hashFile(path.join(folder, file), signal)}`))),
    );
  }
  return createHash('sha256')
    .update([...said, ...entries].join('\0\0'))
    .digest('hex');
}

async function matches(folder: string, pattern: string): Promise<string[]> {
  const found: string[] = [];
  const exclude = (entry: string): boolean => passedOver.test(path.basename(entry));
  for await (const match of glob(pattern, { cwd: folder, exclude })) found.push(match.split(path.sep).join('/'));
  return found;
}

/** Adds a file, or all files of a folder. */
async function collect(
  folder: string,
  relative: string,
  files: Set<string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const found = await lstat(path.join(folder, relative)).catch(() => undefined);
  if (found?.isFile() || found?.isSymbolicLink()) files.add(relative);
  if (!found?.isDirectory()) return;
  const names = await readdir(path.join(folder, relative)).catch(() => []);
  for (const name of names.filter((each) => !passedOver.test(each))) {
    await collect(folder, relative === '.' ? name : `${relative}/${name}`, files, signal);
  }
}

/** What cannot be read is told by its reason: the commands will say more of it. */
async function hashFile(file: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  try {
    const found = await lstat(file);
    if (found.isSymbolicLink()) return `-> ${await readlink(file)}`;
    if (found.size <= smallBytes) return hash.update(await readFile(file, { signal })).digest('hex');
    for await (const chunk of createReadStream(file, { signal })) hash.update(chunk as Buffer);
    return hash.digest('hex');
  } catch (error) {
    signal?.throwIfAborted();
    return `? ${String(error instanceof Error ? Reflect.get(error, 'code') : error)}`;
  }
}

/**
 * The scripts that the commands name, and what migrating tools are known to read in the repository's root and in the folders
 * that the commands name.
 *
 * @param said is added what is known besides files: the text of scripts in package.json
 */
async function known(folder: string, { migrate, seed }: DatabaseSpec, said: string[]): Promise<string[]> {
  const files: string[] = [];
  const bases = new Set(['']);
  const look = async (words: readonly string[], depth: number): Promise<void> => {
    const scripts = depth > 0 ? {} : await scriptsOf(folder, words);
    for (const word of words) {
      const script = Object.hasOwn(scripts, word) ? scripts[word] : undefined;
      if (typeof script === 'string') {
        said.push(script);
        await look(script.split(/[\s"';&|()]+/), depth + 1);
      }
      // `--dir=apps/api` names a folder as well.
      const name = inside(word.slice(word.indexOf('=') + 1));
      const found = name === undefined ? undefined : await lstat(path.join(folder, name)).catch(() => undefined);
      if (name === undefined || !found) continue;
      if (found.isFile()) files.push(name);
      const base = found.isDirectory() ? name : path.posix.dirname(name);
      if (base !== '.') bases.add(`${base}/`);
    }
  };
  await look([...(migrate ?? []), ...(seed ?? [])], 0);
  return [...files, ...[...bases].flatMap((base) => knownInputs.map((input) => `${base}${input}`))];
}

/** A path of the repository in `/` form; undefined: the word is none. */
function inside(word: string): string | undefined {
  if (word === '' || /^(?:[/\\~-]|[A-Za-z]:)/.test(word) || /[*?[\]{}\0]/.test(word)) return undefined;
  const parts = word.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? undefined : parts.join('/');
}

/** Of the package.json that `npm run` and the like read: at the root, or in a folder that the command names. */
async function scriptsOf(folder: string, words: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  if (!words.some((word) => /^(?:npm|pnpm|yarn|bun)(?:\.cmd|\.exe)?$/.test(word))) return {};
  const folders = words.flatMap((word) => inside(word.slice(word.indexOf('=') + 1)) ?? []);
  const texts = await Promise.all(
    ['', ...folders].map((at) => readFile(path.join(folder, at, 'package.json'), 'utf8').catch(() => '{}')),
  );
  return Object.assign({}, ...texts.map(readScripts)) as Record<string, unknown>;
}

function readScripts(text: string): object {
  try {
    const parsed: unknown = JSON.parse(text);
    const scripts: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'scripts') : undefined;
    return typeof scripts === 'object' && scripts !== null ? scripts : {};
  } catch {
    return {};
  }
}
