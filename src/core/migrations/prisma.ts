import { parentOf, foldersHaving, ownPaths } from './migrationFolders';
import { byName, type MigrationTool } from './migrationTool';
import { lacksColumn, rowsOf, textIn } from './tableRows';

/**
 * Prisma 7.10 (its schema engine; the same since 3): a folder a migration, beside migration_lock.toml, which says the kind of
 * database. Of the rows of a name the one without rolled_back_at counts; one that has no finished_at either was not finished,
 * and keeps `migrate deploy` from any other (P3009).
 */
export const prisma: MigrationTool = {
  title: 'Prisma',
  older: 'applies',
  lacking: 'ignores',
  leaves: 'Prisma applies no other one until somebody resolves it (P3009).',
  async find(tree) {
    const locks = ownPaths(tree).filter((path) => /(?:^|\/)migration_lock\.toml$/.test(path));
    const texts = await Promise.all(locks.map(async (path) => ({ path, text: (await tree.read(path)) ?? '' })));
    return texts
      .filter(({ text }) => /^\s*provider\s*=\s*"(?:postgresql|postgres|cockroachdb)"/m.test(text))
      .map(({ path }) => {
        const folder = parentOf(path);
        const names = foldersHaving(tree, folder, 'migration.sql').toSorted();
        return {
          folder,
          migrations: names.map((name) => ({ key: name, name })),
          tables: [{ name: '_prisma_migrations', columns: ['migration_name', 'finished_at', 'rolled_back_at'] }],
          understand: ([table]) => {
            if (lacksColumn(table, 'migration_name')) return { unclear: 'Its table has no column migration_name.' };
            const rows = rowsOf(table).filter(({ rolled_back_at: rolledBack }) => rolledBack === null);
            const named = (isFinished: boolean): string[] =>
              rows.flatMap(({ migration_name: name, finished_at: at }) =>
                (at !== null) === isFinished ? [textIn(name)] : [],
              );
            return {
              applied: named(true).map((name) => ({ key: name, name })),
              ...{ unfinished: named(false), isLocked: false },
            };
          },
          compare: byName,
        };
      });
  },
};
