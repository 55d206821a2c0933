import type { CellValue } from '../ports/databaseTables';
import { namesIn } from './migrationFolders';
import { byNumber, type MigrationTool } from './migrationTool';
import { foldersOfSql } from './sqlFiles';
import { rowsOf, textIn } from './tableRows';

/**
 * goose 3.27.0 (`migration.go`, `internal/dialects/postgres.go`): the number before the first `_` of a .sql or .go file; of the rows of
 * a number the last one says whether it is applied, and 0 is none. Without --allow-missing it refuses an older one.
 */
export const goose: MigrationTool = {
  title: 'goose',
  older: 'refuses',
  lacking: 'ignores',
  async find(tree) {
    const folders = await foldersOfSql(tree, /^\d+_.*\.sql$/, /^--\s*\+goose\s+up\b/im);
    return folders.map((folder) => {
      if (/\s--?table\b/.test(tree.command)) return { folder, unclear: 'The command names another table.' };
      const files = namesIn(tree, folder).flatMap((name) => {
        const version = /^(\d+)_.*\.(?:sql|go)$/.exec(name)?.[1];
        return version === undefined || name.endsWith('_test.go') ? [] : [{ key: String(BigInt(version)), name }];
      });
      const names = new Map(files.map(({ key, name }) => [key, name]));
      return {
        folder,
        migrations: files.filter(({ key }) => key !== '0').toSorted(byNumber),
        tables: [{ name: 'goose_db_version', columns: ['id', 'version_id', 'is_applied'] }],
        understand: ([table]) => {
          const last = new Map<string, CellValue>();
          for (const row of rowsOf(table).toSorted((a, b) => Number(a['id']) - Number(b['id'])))
            last.set(textIn(row['version_id']), row['is_applied']);
          const applied = [...last].flatMap(([key, isApplied]) =>
            isApplied === true && /^\d+$/.test(key) && key !== '0' ? [key] : [],
          );
          return {
            applied: applied.map((key) => ({ key, name: names.get(key) ?? key })),
            ...{ unfinished: [], isLocked: false },
          };
        },
        compare: byNumber,
      };
    });
  },
};
