import { has, isAside, textOf, type RepositoryFacts } from './facts';
import type { NodePackage } from './nodePackage';
import { literal } from './shared/literal';
import { folderOf, inFolder, isBelow, pathInRepository } from './shared/paths';

/** Where a package has its schema of Prisma's, which may be several files of one folder. */
export interface PrismaSchema {
  /** The file that says which database it is. */
  readonly path: string;
  /** The folder of several files, else that file: what is read. */
  readonly place: string;
  /** Of all its files. */
  readonly text: string;
  /** What Prisma is told of it, with a space before it; empty: it looks there by itself. */
  readonly option: string;
  /** The folder of its migrations; undefined: there is none. */
  readonly migrations: string | undefined;
}

const configs = ['prisma.config.ts', 'prisma.config.mts', 'prisma.config.js', 'prisma.config.mjs'];

/** The text of a package's configuration of Prisma's; empty: it has none. */
export function prismaConfig(facts: RepositoryFacts, folder: string): string {
  return configs.map((name) => textOf(facts, folder, name)).find((text) => text !== undefined) ?? '';
}

/**
 * As package.json or prisma.config.ts names it, else where Prisma looks by itself, else where the package has one at all
 * (prisma.io/docs/orm/prisma-schema/overview/location).
 */
export function prismaSchema(
  facts: RepositoryFacts,
  { folder, prismaSchema: ofPackage }: Pick<NodePackage, 'folder' | 'prismaSchema'>,
): PrismaSchema | undefined {
  const config = prismaConfig(facts, folder);
  const said = ofPackage ?? configured(config, 'schema');
  const files = ownFiles(facts, folder);
  const ofSaid = said === undefined ? [] : filesAt(files, pathInRepository(folder, said) ?? '');
  const usual = ['prisma/schema.prisma', 'schema.prisma'].map((name) => inFolder(folder, name));
  const found = [ofSaid, ...usual.map((path) => filesAt(files, path)), files].find((some) => some.length > 0) ?? [];
  const isDatasource = (path: string): boolean => /^[ \t]*datasource\s/m.test(facts.texts.get(path) ?? '');
  const path = found.find(isDatasource) ?? found[0];
  if (path === undefined) return undefined;
  const beside = files.filter((each) => folderOf(each) === folderOf(path));
  const isTold = ofSaid.includes(path) || usual.includes(path);
  const place = beside.length > 1 ? folderOf(path) : path;
  return {
    path,
    place,
    text: beside.map((each) => facts.texts.get(each) ?? '').join('\n'),
    option: isTold ? '' : ` --schema ${quoted(folder === '.' ? place : place.slice(folder.length + 1))}`,
    migrations: migrationsOf(facts, folder, config, path),
  };
}

/** One word of a command, whether a shell reads it or nobody does: a path may have anything in it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${literal(path).replaceAll("'", `'"'"'`)}'`;
}

/** Files of schemas below a folder that belong to no package further inside, the shallowest first. */
function ownFiles(facts: RepositoryFacts, folder: string): string[] {
  const isOwn = (path: string): boolean => {
    if (!path.endsWith('.prisma') || !(folder === '.' || path.startsWith(`${folder}/`))) return false;
    if (isAside(folderOf(path))) return false;
    for (let at = folderOf(path); at !== folder && isBelow(at, folder); at = folderOf(at))
      if (has(facts, at, 'package.json')) return false;
    return true;
  };
  const depth = (path: string): number => path.split('/').length;
  return [...facts.texts.keys()].filter(isOwn).sort((a, b) => depth(a) - depth(b) || a.localeCompare(b));
}

function filesAt(files: readonly string[], place: string): string[] {
  return files.filter((path) => path === place || folderOf(path) === place);
}

/** `schema: 'prisma'`, `schema: path.join('prisma', 'schema')`. */
function configured(config: string, key: 'schema' | 'path'): string | undefined {
  const value = new RegExp(
    `\\b${key}\\s*:\\s*(?:[\\w.]{0,20}join\\(([^)]{1,200})\\)|["'\`]([^"'\`]{1,200})["'\`])`,
  ).exec(config);
  if (!value) return undefined;
  const [, joined, plain] = value;
  return plain ?? [...(joined ?? '').matchAll(/["'`]([^"'`]{1,100})["'`]/g)].map(([, part = '']) => part).join('/');
}

/** Beside the schema, since Prisma 6.7 beside the file that says which database it is, or as the configuration names it. */
function migrationsOf(facts: RepositoryFacts, folder: string, config: string, path: string): string | undefined {
  const [, ofConfig = ''] = /\bmigrations\s*:\s*\{([^}]{0,400})/.exec(config) ?? [];
  const said = configured(ofConfig, 'path');
  const at = folderOf(path);
  const places = [
    ...(said === undefined ? [] : [pathInRepository(folder, said) ?? '']),
    inFolder(at, 'migrations'),
    ...(at === folder ? [] : [inFolder(folderOf(at), 'migrations')]),
  ];
  const migrations = [...facts.paths].filter((each) => each.endsWith('.sql'));
  return places.find((place) => place !== '' && migrations.some((each) => each.startsWith(`${place}/`)));
}
