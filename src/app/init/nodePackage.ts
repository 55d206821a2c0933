import { isPlainList, isPlainMapping, type PlainValue } from '../../core/proposedFile';
import { foldersWith, has, isAside, textOf, type RepositoryFacts } from './facts';
import { packageManager, type PackageManager } from './packageManager';
import { matchesGlob } from './shared/matchesGlob';

/** A package.json, as far as it says what is run. */
export interface NodePackage {
  readonly folder: string;
  readonly name: string | undefined;
  readonly scripts: ReadonlyMap<string, string>;
  readonly dependencies: ReadonlySet<string>;
  /** What is asked for of each of them. */
  readonly versions: ReadonlyMap<string, string>;
  readonly main: string | undefined;
  /** It has programs that others install (`bin`). */
  readonly isCommand: boolean;
  /** What `prisma db seed` runs. */
  readonly prismaSeed: boolean;
  /** Where it says that its schema of Prisma's is. */
  readonly prismaSchema?: string;
  /** Who installs it: that of the workspace it is a part of. */
  readonly manager: PackageManager;
  /** Where it is installed: its own folder, or that of the workspace that it is a part of. */
  readonly root: string;
}

/** No repository has more that are of interest, and a list of more is no help. */
const maxPackages = 60;

/** The packages of a repository: that of its root, those of its workspaces, and those of folders that stand for themselves. */
export function nodePackages(facts: RepositoryFacts): NodePackage[] {
  const roots: { readonly folder: string; readonly patterns: readonly string[]; readonly manager: PackageManager }[] =
    [];
  const found: NodePackage[] = [];
  for (const folder of foldersWith(facts, 'package.json').slice(0, maxPackages)) {
    const json = parsed(textOf(facts, folder, 'package.json'));
    if (!json || isAside(folder)) continue;
    const patterns = workspacesOf(
      json,
      facts.yaml.get(folder === '.' ? 'pnpm-workspace.yaml' : `${folder}/pnpm-workspace.yaml`),
    );
    const root = roots.find(
      (each) => isWithin(each.folder, folder) && each.patterns.some((pattern) => matches(pattern, each.folder, folder)),
    );
    const own = packageManager({ field: text(json['packageManager']), has: (name) => has(facts, folder, name) });
    const manager = root?.manager ?? (own.lockfile === undefined ? (inherited(roots, folder) ?? own) : own);
    if (!root) roots.push({ folder, patterns, manager });
    const versions = new Map(['dependencies', 'devDependencies'].flatMap((key) => texts(json[key])));
    found.push({
      folder,
      name: text(json['name']),
      scripts: new Map(texts(json['scripts'])),
      dependencies: new Set(versions.keys()),
      versions,
      main: text(json['main']),
      isCommand: json['bin'] !== undefined,
      ...ofPrisma(json['prisma']),
      manager,
      root: root?.folder ?? folder,
    });
  }
  return found;
}

/** A folder that says nothing of its own is installed as the one around it is, by the same program without its lockfile. */
function inherited(
  roots: readonly { readonly folder: string; readonly manager: PackageManager }[],
  folder: string,
): PackageManager | undefined {
  const around = roots.find((each) => isWithin(each.folder, folder));
  if (!around) return undefined;
  return packageManager({
    field: around.manager.name === 'npm' ? 'npm' : `${around.manager.name}@1`,
    has: () => false,
  });
}

function parsed(source: string | undefined): { readonly [key: string]: PlainValue } | undefined {
  try {
    const json: unknown = JSON.parse(source ?? '');
    return isPlainMapping(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function ofPrisma(value: PlainValue | undefined): Pick<NodePackage, 'prismaSeed' | 'prismaSchema'> {
  if (!isPlainMapping(value)) return { prismaSeed: false };
  const schema = text(value['schema']);
  return { prismaSeed: value['seed'] !== undefined, ...(schema === undefined ? {} : { prismaSchema: schema }) };
}

function workspacesOf(json: { readonly [key: string]: PlainValue }, pnpm: PlainValue | undefined): string[] {
  const { workspaces } = json;
  const own = isPlainMapping(workspaces) ? workspaces['packages'] : workspaces;
  const others = isPlainMapping(pnpm) ? pnpm['packages'] : undefined;
  return [own, others].flatMap((list) => (isPlainList(list) ? list.map(String) : []));
}

function isWithin(root: string, folder: string): boolean {
  return root === '.' || folder === root || folder.startsWith(`${root}/`);
}

/** `packages/*` and `apps/**` as package managers read them. */
function matches(pattern: string, root: string, folder: string): boolean {
  if (pattern.startsWith('!')) return false;
  const path = root === '.' ? folder : folder.slice(root.length + 1);
  const plain = pattern.replace(/^\.\//, '').replace(/\/$/, '');
  return matchesGlob(plain, path);
}

function text(value: PlainValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function texts(value: PlainValue | undefined): [string, string][] {
  if (!isPlainMapping(value)) return [];
  return Object.entries(value).flatMap(([key, inner]): [string, string][] =>
    typeof inner === 'string' ? [[key, inner]] : [],
  );
}

/** Files of scripts: one is looked for where a word begins, and at none of its letters again. */
export const namedFiles = /(?<![\w@./-])[\w@./-]+\.[cm]?[jt]sx?\b|\bbin\/[\w-]+/g;

/** Where a package's files are named in its scripts. */
export function scriptFiles(source: string): string[] {
  const json = parsed(source);
  const all = [...texts(json?.['scripts']).map(([, script]) => script), text(json?.['main']) ?? ''].join(' ');
  return [...new Set(all.match(namedFiles) ?? [])];
}
