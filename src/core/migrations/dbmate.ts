import { namesIn } from './migrationFolders';
import { byName, type MigrationTool } from './migrationTool';
import { foldersOfSql } from './sqlFiles';
import { rowsOf, textIn } from './tableRows';

/**
 * dbmate 2.36.0 (README; run as it is): `<digits>_name.sql` with `-- migrate:up`; the table has the digits, as a text. What it does
 * with an older one changes with --strict.
 */
export const dbmate: MigrationTool = {
  title: 'dbmate',
  older: 'applies',
  lacking: 'ignores',
  async find(tree) {
    const folders = await foldersOfSql(tree, /^\d+.*\.sql$/, /^--\s*migrate:up\b/m);
    return folders.map((folder) => {
      if (tree.command.includes('--migrations-table')) return { folder, unclear: 'The command names another table.' };
      const files = namesIn(tree, folder).flatMap((name) => {
        const version = /^(\d+).*\.sql$/.exec(name)?.[1];
        return version === undefined ? [] : [{ key: version, name }];
      });
      const names = new Map(files.map(({ key, name }) => [key, name]));
      return {
        folder,
        migrations: files.toSorted(byName),
        tables: [{ name: 'schema_migrations', columns: ['version', 'dirty'] }],
        understand: ([table]) => {
          const rows = rowsOf(table);
          if (rows.some(({ dirty }) => dirty !== undefined))
            return { unclear: 'The table schema_migrations is of another tool.' };
          const applied = rows.map(({ version }) => textIn(version));
          return {
            applied: applied.map((key) => ({ key, name: names.get(key) ?? key })),
            ...{ unfinished: [], isLocked: false },
          };
        },
        compare: byName,
      };
    });
  },
};
