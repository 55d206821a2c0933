import {
  firstText,
  literalOf,
  migrationFolder,
  migrationsBlock,
  namesIn,
  nodeProjects,
  severalFolders,
} from './migrationFolders';
import { byName, type MigrationProject, type MigrationTool, type UnknownProject } from './migrationTool';
import { lacksColumn, rowsOf, textIn } from './tableRows';

/** Without the ending: what was written in TypeScript may run as what was made of it. */
const stem = (name: string): string => name.replace(/\.\w+$/, '');
const isMigration = (name: string): boolean =>
  /\.(?:co|coffee|eg|iced|js|cjs|litcoffee|ls|ts)$/.test(name) && !/\.d\.ts$/.test(name);

/**
 * Knex 3.3.0 (`lib/migrations/migrate`): files in the order of their names, which are in the table; a second table has one row that
 * says whether a run is under way. Only a run without transactions leaves that row when it is killed.
 */
export const knex: MigrationTool = {
  title: 'Knex',
  older: 'applies',
  lacking: 'refuses',
  leaves: 'Knex runs none until somebody frees it (migrate:unlock).',
  async find(tree) {
    const projects = await nodeProjects(tree, ['knex']);
    const found = await Promise.all(
      projects.map(async ({ folder: base }): Promise<MigrationProject | UnknownProject> => {
        const config = await firstText(tree, base, [/^knexfile\.\w+$/]);
        const block = migrationsBlock(config);
        const [table, schema] = [literalOf(block, 'tableName'), literalOf(block, 'schemaName')];
        const place = migrationFolder(tree, base, literalOf(block, 'directory').said, isMigration);
        if (place && 'several' in place) return { folder: base, unclear: severalFolders(place.several) };
        const folder = place?.folder ?? base;
        if (table.isComputed || schema.isComputed)
          return { folder, unclear: 'The knexfile computes the name of its table.' };
        const names = place ? namesIn(tree, folder).filter(isMigration).toSorted() : [];
        const name = table.said ?? 'knex_migrations';
        const where = schema.said === undefined ? {} : { schema: schema.said };
        return {
          folder,
          migrations: names.map((each) => ({ key: stem(each), name: each })),
          tables: [
            { ...where, name, columns: ['name'] },
            { ...where, name: `${name}_lock`, columns: ['is_locked'] },
          ],
          understand: ([applied, lock]) =>
            lacksColumn(applied, 'name')
              ? { unclear: 'Its table has no column name.' }
              : {
                  applied: rowsOf(applied).map((row) => ({
                    key: stem(textIn(row['name'])),
                    name: textIn(row['name']),
                  })),
                  unfinished: [],
                  isLocked: rowsOf(lock).some(({ is_locked: locked }) => locked === 1),
                },
          compare: byName,
        };
      }),
    );
    return found;
  },
};
