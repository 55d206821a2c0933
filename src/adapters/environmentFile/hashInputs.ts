import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FillingSpec } from '../../core/environmentFile';
import { digestOf, fileEntries } from './fileEntries';
import { insidePath } from './insidePath';
import { knownInputs, knownMigrationInputs } from './knownInputs';

/**
 * A hash over what a database's commands read: what the file says, else what is known of them. Names and content count, not
 * times, so that a migration has the same one before and after it is committed. Links are not followed.
 */
export async function hashInputs(
  folder: string,
  database: FillingSpec,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const said: string[] = [];
  const patterns = database.inputs ?? (await known(folder, database, knownInputs, said));
  const entries = await fileEntries(folder, patterns, signal);
  if (entries.length === 0 && said.length === 0 && database.inputs === undefined) return undefined;
  return digestOf([...said, ...entries]);
}

/**
 * The same without what is there for `seed` alone: its scripts, and the folders in which tools are known to keep rows. A file without
 * `seed` may well fill its tables by `migrate`.
 */
export async function hashMigrationInputs(
  folder: string,
  database: FillingSpec,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { migrate, seed, inputs } = database;
  if (seed === undefined) return hashInputs(folder, database, signal);
  const said: string[] = [];
  const patterns =
    (inputs && (await withoutSeeds(folder, inputs, seed, migrate ?? []))) ??
    (await known(folder, { migrate, seed: undefined }, knownMigrationInputs, said));
  const entries = await fileEntries(folder, patterns, signal);
  if (entries.length === 0 && said.length === 0 && inputs === undefined) return undefined;
  return digestOf([...said, ...entries]);
}

/** Without the files that `seed` alone names. A folder or a glob may hold migrations, whatever the words of `seed` are: it stays. */
async function withoutSeeds(
  folder: string,
  inputs: readonly string[],
  seed: readonly string[],
  migrate: readonly string[],
): Promise<string[]> {
  const scripts = await scriptsOf(folder, migrate);
  const ofMigrate = new Set(namesIn([...migrate, ...migrate.flatMap((word) => scriptWords(scripts, word) ?? [])]));
  const ofSeed = new Set(namesIn(seed).filter((name) => !ofMigrate.has(name)));
  const isForSeed = async (pattern: string): Promise<boolean> => {
    const name = insidePath(pattern);
    if (name === undefined || !ofSeed.has(name)) return false;
    return (await lstat(path.join(folder, name)).catch(() => undefined))?.isFile() === true;
  };
  const kept = await Promise.all(inputs.map(async (pattern) => ((await isForSeed(pattern)) ? [] : [pattern])));
  return kept.flat();
}

/** The paths that words are: `--dir=apps/api` names one as well. */
function namesIn(words: readonly string[]): string[] {
  return words.flatMap((word) => insidePath(word.slice(word.indexOf('=') + 1)) ?? []);
}

/** undefined: the word is no script's name. */
function scriptWords(scripts: Readonly<Record<string, unknown>>, word: string): readonly string[] | undefined {
  const script = Object.hasOwn(scripts, word) ? scripts[word] : undefined;
  return typeof script === 'string' ? script.split(/[\s"';&|()]+/) : undefined;
}

/**
 * The scripts that the commands name, and what migrating tools are known to read in the repository's root and in the folders
 * that the commands name.
 *
 * @param inputs what tools are known to read
 * @param said is added what is known besides files: the text of scripts in package.json
 */
async function known(
  folder: string,
  { migrate, seed }: Pick<FillingSpec, 'migrate' | 'seed'>,
  inputs: readonly string[],
  said: string[],
): Promise<string[]> {
  const files: string[] = [];
  const bases = new Set(['']);
  const look = async (words: readonly string[], depth: number): Promise<void> => {
    const scripts = depth > 0 ? {} : await scriptsOf(folder, words);
    for (const word of words) {
      const script = scriptWords(scripts, word);
      if (script) {
        said.push(String(scripts[word]));
        await look(script, depth + 1);
      }
      const [name] = namesIn([word]);
      const found = name === undefined ? undefined : await lstat(path.join(folder, name)).catch(() => undefined);
      if (name === undefined || !found) continue;
      if (found.isFile()) files.push(name);
      const base = found.isDirectory() ? name : path.posix.dirname(name);
      if (base !== '.') bases.add(`${base}/`);
    }
  };
  await look([...(migrate ?? []), ...(seed ?? [])], 0);
  const named = await Promise.all([...bases].map((base) => namedByDrizzle(folder, base)));
  return [...files, ...named.flat(), ...[...bases].flatMap((base) => inputs.map((input) => `${base}${input}`))];
}

/** drizzle-kit reads a schema where its configuration says: that file's folder, with what it imports, or a pattern. */
async function namedByDrizzle(folder: string, base: string): Promise<string[]> {
  const names = ['drizzle.config.ts', 'drizzle.config.js', 'drizzle.config.mjs', 'drizzle.config.cjs'];
  const texts = await Promise.all(
    names.map((name) => readFile(path.join(folder, base, name), 'utf8').catch(() => undefined)),
  );
  const [text = ''] = texts.filter((each) => each !== undefined);
  const said = [...text.matchAll(/\b(?:schema|out)\s*:\s*(\[[^\]]*\]|['"`][^'"`]+['"`])/g)].flatMap(([, value = '']) =>
    [...value.matchAll(/['"`]([^'"`]+)['"`]/g)].map(([, each = '']) => each),
  );
  return said.flatMap((each) => {
    // Of a pattern the folder that it is in.
    const name = insidePath(`${base}${each.replace(/^\.\//, '').replace(/\/?[^/]*[*?{[].*$/, '')}`);
    if (name === undefined) return [];
    const around = path.posix.dirname(name);
    return /\.\w+$/.test(name) && around !== '.' ? [around] : [name];
  });
}

/** Of the package.json that `npm run` and the like read: at the root, or in a folder that the command names. */
async function scriptsOf(folder: string, words: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  if (!words.some((word) => /^(?:npm|pnpm|yarn|bun)(?:\.cmd|\.exe)?$/.test(word))) return {};
  const texts = await Promise.all(
    ['', ...namesIn(words)].map((at) => readFile(path.join(folder, at, 'package.json'), 'utf8').catch(() => '{}')),
  );
  return Object.assign({}, ...texts.map(readScripts)) as Record<string, unknown>;
}

function readScripts(text: string): object {
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    const scripts: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'scripts') : undefined;
    return typeof scripts === 'object' && scripts !== null ? scripts : {};
  } catch {
    return {};
  }
}
