import { migrationFolder, namesIn, nodeProjects, severalFolders } from './migrationFolders';
import { byName, type MigrationProject, type MigrationTool, type UnknownProject } from './migrationTool';
import { lacksColumn, rowsOf, textIn } from './tableRows';

const isMigration = (name: string): boolean => /\.(?:[mc]?js|[mc]?ts)$/.test(name) && !/\.d\.[mc]?ts$/.test(name);
const stem = (name: string): string => name.slice(0, name.lastIndexOf('.'));

/**
 * Kysely 0.29.9 (`dist/migration`): files in the order of their names, which are in the table without the ending. Its lock is one
 * of the server's, which ends with the session; no row says it. Which folder it is stands in a program of the repository's own.
 */
export const kysely: MigrationTool = {
  title: 'Kysely',
  older: 'refuses',
  lacking: 'refuses',
  async find(tree) {
    const projects = await nodeProjects(tree, ['kysely']);
    const found = projects.map(({ folder: base }): MigrationProject | UnknownProject => {
      const place = migrationFolder(tree, base, undefined, isMigration);
      if (place && 'several' in place) return { folder: base, unclear: severalFolders(place.several) };
      const folder = place?.folder ?? base;
      const names = place ? namesIn(tree, folder).filter(isMigration).map(stem).toSorted() : [];
      return {
        folder,
        migrations: names.map((name) => ({ key: name, name })),
        tables: [{ name: 'kysely_migration', columns: ['name'] }],
        understand: ([table]) =>
          lacksColumn(table, 'name')
            ? { unclear: 'Its table has no column name.' }
            : {
                applied: rowsOf(table).map((row) => ({ key: textIn(row['name']), name: textIn(row['name']) })),
                ...{ unfinished: [], isLocked: false },
              },
        compare: byName,
      };
    });
    return found;
  },
};
