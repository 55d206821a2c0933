import { firstText, literalOf, migrationFolder, namesIn, nodeProjects, severalFolders } from './migrationFolders';
import { byName, type MigrationProject, type MigrationTool, type UnknownProject } from './migrationTool';
import { lacksColumn, rowsOf, textIn } from './tableRows';

const isMigration = (name: string): boolean => /\.(?:cjs|js|cts|ts)$/.test(name) && !/\.d\.ts$/.test(name);

/**
 * sequelize-cli 6.6.5 (`lib/core/migrator.js`, `lib/helpers/umzug-helper.js`): files in the order of their names, which are in the
 * table with their ending. .sequelizerc names another folder, the configuration another table.
 */
export const sequelize: MigrationTool = {
  title: 'Sequelize',
  older: 'applies',
  lacking: 'ignores',
  async find(tree) {
    const projects = await nodeProjects(tree, ['sequelize-cli']);
    return Promise.all(
      projects.map(async ({ folder: base }): Promise<MigrationProject | UnknownProject> => {
        const rc = await firstText(tree, base, [/^\.sequelizerc$/]);
        const said = saidFolder(rc);
        const place = migrationFolder(tree, base, said, isMigration);
        if (place && 'several' in place) return { folder: base, unclear: severalFolders(place.several) };
        const folder = place?.folder ?? base;
        const config = await tree.read(`${base === '' ? '' : `${base}/`}config/config.json`);
        const table = literalOf(config ?? '', 'migrationStorageTableName');
        const schema = literalOf(config ?? '', 'migrationStorageTableSchema').said;
        const names = place ? namesIn(tree, folder).filter(isMigration).toSorted() : [];
        return {
          folder,
          migrations: names.map((name) => ({ key: name, name })),
          tables: [
            { ...(schema === undefined ? {} : { schema }), name: table.said ?? 'SequelizeMeta', columns: ['name'] },
          ],
          understand: ([found]) =>
            lacksColumn(found, 'name')
              ? { unclear: 'Its table has no column name.' }
              : {
                  applied: rowsOf(found).map((row) => ({ key: textIn(row['name']), name: textIn(row['name']) })),
                  ...{ unfinished: [], isLocked: false },
                },
          compare: byName,
        };
      }),
    );
  },
};

/** `'migrations-path': path.resolve('db', 'migrations')`, or a text. */
function saidFolder(rc: string): string | undefined {
  const plain = literalOf(rc, 'migrations-path').said;
  if (plain !== undefined) return plain;
  const call = /['"]migrations-path['"]\s*:\s*[\w.]*\((?:\s*__dirname\s*,)?([^)]{0,500})\)/.exec(rc)?.[1];
  const parts = [...(call ?? '').matchAll(/['"]([^'"]+)['"]/g)].map(([, part]) => part);
  return parts.length === 0 ? undefined : parts.join('/');
}
