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

const isMigration = (name: string): boolean => /\.(?:js|ts|cjs)$/.test(name) && !/\.d\.ts$/.test(name);
const stem = (name: string): string => name.replace(/\.[cm]?[jt]s$/, '');

/**
 * MikroORM 7.2.1 (`core/utils/AbstractMigrator.js`, `migrations/Migrator.js`, `MigrationStorage.js`): files in the order of their names,
 * which are in the table without .js and .ts, and with .cjs; all that a run applies is one transaction. Beside them lies a snapshot that is
 * named after the database unless the configuration names it.
 */
export const mikroOrm: MigrationTool = {
  title: 'MikroORM',
  older: 'applies',
  lacking: 'ignores',
  async find(tree) {
    const projects = await nodeProjects(tree, ['@mikro-orm/migrations']);
    return Promise.all(
      projects.map(async ({ folder: base }): Promise<MigrationProject | UnknownProject> => {
        const names = [/^mikro-orm\.config\.[cm]?[jt]s$/];
        const config =
          (await firstText(tree, base, names)) || (await firstText(tree, base === '' ? 'src' : `${base}/src`, names));
        const block = migrationsBlock(config);
        const [table, path, pathTs] = ['tableName', 'path', 'pathTs'].map((key) => literalOf(block, key));
        const place = migrationFolder(tree, base, pathTs?.said ?? path?.said, isMigration);
        if (place && 'several' in place) return { folder: base, unclear: severalFolders(place.several) };
        const folder = place?.folder ?? base;
        if (table?.isComputed) return { folder, unclear: 'The configuration computes the name of its table.' };
        const [schema, name] = (table?.said ?? 'mikro_orm_migrations').split('.');
        const files = place ? namesIn(tree, folder).filter(isMigration).toSorted() : [];
        const isNamed = /\bsnapshotName\s*:|\bsnapshot\s*:\s*false\b/.test(block);
        return {
          folder,
          migrations: files.map((each) => ({ key: stem(each), name: each })),
          tables: [
            name === undefined
              ? { name: schema ?? '', columns: ['name'] }
              : { ...(schema === undefined ? {} : { schema }), name, columns: ['name'] },
          ],
          understand: ([found]) =>
            lacksColumn(found, 'name')
              ? { unclear: 'Its table has no column name.' }
              : {
                  applied: rowsOf(found).map((row) => {
                    const said = textIn(row['name']);
                    return { key: stem(said), name: said };
                  }),
                  ...{ unfinished: [], isLocked: false },
                },
          compare: byName,
          ...(isNamed ? {} : { advice: snapshotAdvice }),
        };
      }),
    );
  },
};

const snapshotAdvice =
  'MikroORM names its snapshot of the schema after the database, which is another one in each environment: without "snapshotName" in its configuration "migration:create" makes anew what a branch has made.';
