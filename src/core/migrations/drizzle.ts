import type { CellValue, FoundTable } from '../ports/databaseTables';
import {
  baseOf,
  parentOf,
  foldersHaving,
  literalOf,
  migrationsBlock,
  nodeProjects,
  ownPaths,
} from './migrationFolders';
import { byName, byNumber, type Migration, type MigrationProject, type MigrationTool } from './migrationTool';
import { rowsOf, textIn } from './tableRows';

/**
 * drizzle-kit 0.31.11 and drizzle-orm 0.45.4 (`migrator.js`, `pg-core/dialect.js`): meta/_journal.json has a time for each migration,
 * and so has the table, whose newest decides alone. drizzle-orm 1.0.0-rc.5 (`migrator.js`, `migrator.utils.js`,
 * `up-migrations/pg.js`): a folder each, whose name is in the table; a table of before has the time, to the second.
 */
export const drizzle: MigrationTool = {
  title: 'Drizzle',
  older: 'skips',
  lacking: 'ignores',
  async find(tree) {
    const configs = ownPaths(tree).filter((path) => /^drizzle\.config\.\w+$/.test(baseOf(path)));
    const said = (await Promise.all(configs.map((path) => tree.read(path)))).join('\n');
    const block = migrationsBlock(said);
    const [table, schema] = [literalOf(block, 'table'), literalOf(block, 'schema')];
    const place = { schema: schema.said ?? 'drizzle', name: table.said ?? '__drizzle_migrations' };
    const isUnclear = table.isComputed || schema.isComputed;
    const unclear = 'drizzle.config computes the name of its table.';
    const journals = ownPaths(tree).filter((path) => path.endsWith('meta/_journal.json'));
    const found = await Promise.all(
      journals.map(async (path) => {
        const folder = parentOf(parentOf(path));
        const entries = readJournal((await tree.read(path)) ?? '');
        if (entries === 'other') return [];
        if (entries === undefined) return [{ folder, unclear: 'Its meta/_journal.json cannot be understood.' }];
        return [isUnclear ? { folder, unclear } : ofJournal(folder, entries, place)];
      }),
    );
    if (found.flat().length > 0) return found.flat();
    const folders = await foldersOfNames(tree);
    return folders.map((folder) => (isUnclear ? { folder, unclear } : ofNames(folder, tree, place)));
  },
};

type Tree = Parameters<MigrationTool['find']>[0];
interface Place {
  readonly schema: string;
  readonly name: string;
}

/** 'other': of another database than PostgreSQL; undefined: it is none. */
function readJournal(text: string): readonly Migration[] | 'other' | undefined {
  try {
    const parsed = JSON.parse(text) as { readonly dialect?: unknown; readonly entries?: unknown };
    if (parsed.dialect !== 'postgresql') return typeof parsed.dialect === 'string' ? 'other' : undefined;
    if (!Array.isArray(parsed.entries)) return undefined;
    return parsed.entries.map((entry: { readonly when: unknown; readonly tag: unknown }) => {
      if (!Number.isSafeInteger(entry.when) || typeof entry.tag !== 'string') throw new Error('no entry');
      return { key: String(entry.when), name: entry.tag };
    });
  } catch {
    return undefined;
  }
}

function ofJournal(folder: string, migrations: readonly Migration[], place: Place): MigrationProject {
  const names = new Map(migrations.map(({ key, name }) => [key, name]));
  return {
    ...{ folder, migrations, compare: byNumber },
    tables: [{ ...place, columns: ['created_at'] }],
    understand: ([table]) => ({
      applied: rowsOf(table).flatMap(({ created_at: at }) => {
        const key = textIn(at);
        return /^\d+$/.test(key) ? [{ key, name: names.get(key) ?? `one of ${timeText(key)}` }] : [];
      }),
      ...{ unfinished: [], isLocked: false },
    }),
  };
}

/** Folders that have such folders: a project of drizzle-orm without a journal. */
async function foldersOfNames(tree: Tree): Promise<readonly string[]> {
  const projects = await nodeProjects(tree, ['drizzle-orm', 'drizzle-kit']);
  const all = ownPaths(tree).flatMap((path) => {
    const [, folder] = /^(?:(.*)\/)?\d{14}_[^/]*\/migration\.sql$/.exec(path) ?? [];
    return folder === undefined ? [] : [folder];
  });
  const isOf = (folder: string, base: string): boolean => base === '' || folder.startsWith(`${base}/`);
  return [...new Set(all)].filter(
    (folder) =>
      projects.some((project) => isOf(folder, project.folder)) && !tree.paths.includes(`${folder}/migration_lock.toml`),
  );
}

function ofNames(folder: string, tree: Tree, place: Place): MigrationProject {
  const names = foldersHaving(tree, folder, 'migration.sql').toSorted();
  const migrations = names.map((name) => ({ key: name, name }));
  const ofTime = (at: CellValue): Migration | undefined => {
    const told = textIn(at);
    if (!/^\d+$/.test(told)) return undefined;
    const second = timeText(told).replace(/\D/g, '').slice(0, 14);
    return migrations.find(({ key }) => key.startsWith(second)) ?? { key: second, name: `one of ${timeText(told)}` };
  };
  return {
    ...{ folder, migrations, compare: byName },
    older: 'applies',
    tables: [{ ...place, columns: ['created_at', 'name'] }],
    understand: ([table]: readonly FoundTable[]) => ({
      applied: rowsOf(table).flatMap(({ created_at: at, name }) =>
        typeof name === 'string' ? [{ key: name, name }] : (ofTime(at) ?? []),
      ),
      ...{ unfinished: [], isLocked: false },
    }),
  };
}

function timeText(milliseconds: string): string {
  const time = new Date(Number(milliseconds));
  return Number.isNaN(time.getTime()) ? milliseconds : time.toISOString();
}
