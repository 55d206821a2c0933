import type { MigrationTree } from './migrationTool';

/** Where tools keep migrations that no configuration names: beneath a package's folder. */
const usualFolders = [
  ...['migrations', 'src/migrations', 'db/migrations', 'src/db/migrations', 'database/migrations'],
  ...['src/database/migrations', 'server/migrations', 'server/db/migrations'],
];
const maxPackages = 50;
/** What is built, was fetched, or is there to be tried out, is none of the repository's own. */
const passedOver =
  /(?:^|\/)(?:node_modules|dist|build|out|vendor|\.venv|venv|site-packages|fixtures|templates|testdata|examples?)\//;

export interface NodeProject {
  /** '' is the root. */
  readonly folder: string;
  readonly dependencies: ReadonlySet<string>;
  /** All of its scripts, and the environment file's command. */
  readonly scripts: string;
}

/** The packages of a worktree that depend on one of these. */
export async function nodeProjects(tree: MigrationTree, names: readonly string[]): Promise<readonly NodeProject[]> {
  const files = ownPaths(tree).filter((path) => baseOf(path) === 'package.json');
  const projects = await Promise.all(
    files.slice(0, maxPackages).map(async (path) => nodeProject(parentOf(path), (await tree.read(path)) ?? '', tree)),
  );
  return projects.filter(({ dependencies }) => names.some((name) => dependencies.has(name)));
}

function nodeProject(folder: string, text: string, { command }: MigrationTree): NodeProject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Whoever has written it is about to be told by their own tools.
  }
  const objectIn = (name: string): Record<string, unknown> => {
    const value: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, name) : undefined;
    return typeof value === 'object' && value !== null ? { ...value } : {};
  };
  const dependencies = ['dependencies', 'devDependencies'].flatMap((name) => Object.keys(objectIn(name)));
  const scripts = Object.values(objectIn('scripts')).filter((each) => typeof each === 'string');
  return { folder, dependencies: new Set(dependencies), scripts: [...scripts, command].join('\n') };
}

export function ownPaths({ paths }: MigrationTree): readonly string[] {
  return paths.filter((path) => !passedOver.test(path));
}

/** Names of the files that lie in a folder, not below it. */
export function namesIn(tree: MigrationTree, folder: string): readonly string[] {
  const start = folder === '' ? '' : `${folder}/`;
  return tree.paths.flatMap((path) => {
    const name = path.slice(start.length);
    return path.startsWith(start) && name !== '' && !name.includes('/') ? [name] : [];
  });
}

/** Names of the folders that lie in a folder, and have a file of this name. */
export function foldersHaving(tree: MigrationTree, folder: string, name: string): readonly string[] {
  const start = folder === '' ? '' : `${folder}/`;
  return tree.paths.flatMap((path) => {
    const parts = path.slice(start.length).split('/');
    return path.startsWith(start) && parts.length === 2 && parts[1] === name ? [parts[0] ?? ''] : [];
  });
}

/**
 * The folder that a configuration names, else the usual one that has files like these.
 *
 * @param said undefined: no configuration says it
 * @returns '' of `ambiguous`: several have; undefined: none has
 */
export function migrationFolder(
  tree: MigrationTree,
  base: string,
  said: string | undefined,
  isMigration: (name: string) => boolean,
): { readonly folder: string } | { readonly several: readonly string[] } | undefined {
  if (said !== undefined) return { folder: joined(base, said) };
  const found = usualFolders
    .map((each) => joined(base, each))
    .filter((folder) => namesIn(tree, folder).some(isMigration));
  const [folder] = found;
  if (folder === undefined) return undefined;
  return found.length === 1 ? { folder } : { several: found };
}

/** A path below another one; what leads out of the worktree is nowhere. */
export function joined(base: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${base}/${path}`.replaceAll('\\', '/').split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The text of the first of these files in a folder that is there. */
export async function firstText(tree: MigrationTree, folder: string, names: readonly RegExp[]): Promise<string> {
  const found = namesIn(tree, folder).find((name) => names.some((each) => each.test(name)));
  return (found === undefined ? undefined : await tree.read(joined(folder, found))) ?? '';
}

/** What a source says of a key: a text, or that it says something else than one. */
export function literalOf(text: string, key: string): { readonly said?: string; readonly isComputed: boolean } {
  const name = `(?:\\b${key}|['"]${key}['"])\\s*:`;
  const said = new RegExp(`${name}\\s*(['"\`])([^'"\`$\\n]+)\\1`).exec(text)?.[2];
  return said === undefined ? { isComputed: new RegExp(name).test(text) } : { said, isComputed: false };
}

/** What stands in the braces of `migrations: {…}`, to the first that closes; '' where there is none. */
export function migrationsBlock(text: string): string {
  const start = /\bmigrations\s*:\s*\{/.exec(text);
  if (start === null) return '';
  const from = start.index + start[0].length;
  const end = text.indexOf('}', from);
  return end < 0 ? '' : text.slice(from, end);
}

export function severalFolders(folders: readonly string[]): string {
  return `Several folders may be meant: ${folders.join(', ')}.`;
}
