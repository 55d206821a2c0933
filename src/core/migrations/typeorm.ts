import { baseOf, parentOf, literalOf, nodeProjects, ownPaths } from './migrationFolders';
import type { Migration, MigrationTool } from './migrationTool';
import { lacksColumn, rowsOf, textIn } from './tableRows';

const maxFiles = 2000;

/**
 * TypeORM 1.1.1 (`migration/MigrationExecutor.js`; the same in 0.3): classes whose names end in a time of 13 digits, which decides
 * their order; the table has the name, which a class may say of itself.
 */
export const typeorm: MigrationTool = {
  title: 'TypeORM',
  older: 'applies',
  lacking: 'ignores',
  async find(tree) {
    const projects = await nodeProjects(tree, ['typeorm']);
    return Promise.all(
      projects.map(async ({ folder: base }) => {
        const start = base === '' ? '' : `${base}/`;
        const own = ownPaths(tree).filter((path) => path.startsWith(start) && /\.[mc]?[jt]s$/.test(path));
        const sources = own.filter((path) => /data-?source|ormconfig/i.test(baseOf(path)));
        const said = (await Promise.all(sources.map((path) => tree.read(path)))).join('\n');
        const [table, schema] = [literalOf(said, 'migrationsTableName'), literalOf(said, 'schema')];
        const files = own.filter((path) => /(?:^|\/)migrations?\//i.test(path) && !/\.d\.[mc]?ts$/.test(path));
        const found = await Promise.all(
          files.slice(0, maxFiles).map(async (path) => ({ path, names: classesIn((await tree.read(path)) ?? '') })),
        );
        const migrations = [...new Set(found.flatMap(({ names }) => names))].map((name) => ({ key: name, name }));
        const folder = parentOf(found.find(({ names }) => names.length > 0)?.path ?? `${start}package.json`);
        if (table.isComputed) return { folder, unclear: 'The data source computes the name of its table.' };
        return {
          folder,
          migrations: migrations.toSorted(byTime),
          tables: [
            {
              ...(schema.said === undefined ? {} : { schema: schema.said }),
              ...{ name: table.said ?? 'migrations', columns: ['timestamp', 'name'] },
            },
          ],
          understand: ([rows]) =>
            lacksColumn(rows, 'name') || lacksColumn(rows, 'timestamp')
              ? { unclear: 'The table migrations is of another tool.' }
              : {
                  applied: rowsOf(rows).map((row) => ({ key: textIn(row['name']), name: textIn(row['name']) })),
                  ...{ unfinished: [], isLocked: false },
                },
          compare: byTime,
        };
      }),
    );
  },
};

/** In JavaScript a comment says whose migration a class is. */
function classesIn(text: string): readonly string[] {
  if (!text.includes('MigrationInterface')) return [];
  const classes = [...text.matchAll(/\bclass\s+(\w+)/g)].flatMap(([, name = '']) =>
    /\d{13}$/.test(name) ? [name] : [],
  );
  const said = /^\s*(?:readonly\s+|public\s+)*name\s*(?::\s*string\s*)?=\s*['"`](\w+\d{13})['"`]/m.exec(text)?.[1];
  return said === undefined ? classes : [said];
}

function byTime(a: Migration, b: Migration): number {
  const [one, other] = [a, b].map(({ key }) => Number(/\d{13}$/.exec(key)?.[0] ?? 0));
  return (one ?? 0) - (other ?? 0);
}
