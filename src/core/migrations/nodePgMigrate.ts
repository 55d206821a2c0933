import { migrationFolder, namesIn, nodeProjects, severalFolders } from './migrationFolders';
import type { Migration, MigrationProject, MigrationTool, UnknownProject } from './migrationTool';
import { lacksColumn, rowsOf, textIn } from './tableRows';

const isMigration = (name: string): boolean => /^\d+\S*\.(?:js|cjs|mjs|ts|cts|mts|sql)$/.test(name);

/**
 * node-pg-migrate 9.0.0 (`bin/node-pg-migrate.js`, `dist/bundle/index.js`): files by the number that their names begin with, of
 * which 17 digits are a time; the table has their names without the ending. It goes by position: an older one is refused.
 */
export const nodePgMigrate: MigrationTool = {
  title: 'node-pg-migrate',
  older: 'refuses',
  lacking: 'ignores',
  async find(tree) {
    const projects = await nodeProjects(tree, ['node-pg-migrate']);
    return projects.map(({ folder: base, scripts }): MigrationProject | UnknownProject => {
      const place = migrationFolder(tree, base, option(scripts, '-m', '--migrations-dir'), isMigration);
      if (place && 'several' in place) return { folder: base, unclear: severalFolders(place.several) };
      const folder = place?.folder ?? base;
      const names = place ? namesIn(tree, folder).filter(isMigration) : [];
      const migrations = names.map((name) => name.replace(/\.\w+$/, '')).map((name) => ({ key: name, name }));
      const schema = option(scripts, '-s', '--migrations-schema') ?? option(scripts, '-s', '--schema');
      const name = option(scripts, '-t', '--migrations-table') ?? 'pgmigrations';
      return {
        folder,
        migrations: migrations.toSorted(byPrefix),
        tables: [{ ...(schema === undefined ? {} : { schema }), name, columns: ['name'] }],
        understand: ([table]) =>
          lacksColumn(table, 'name')
            ? { unclear: 'Its table has no column name.' }
            : {
                applied: rowsOf(table).map((row) => ({ key: textIn(row['name']), name: textIn(row['name']) })),
                ...{ unfinished: [], isLocked: false },
              },
        compare: byPrefix,
      };
    });
  },
};

/** Of the first script that calls it. */
function option(scripts: string, short: string, long: string): string | undefined {
  const call = scripts.split('\n').find((each) => each.includes('node-pg-migrate')) ?? '';
  return new RegExp(`(?:^|\\s)(?:${short}|${long})[\\s=]+["']?([^\\s"']+)`).exec(call)?.[1];
}

function byPrefix(a: Migration, b: Migration): number {
  return timeOf(a.key) - timeOf(b.key);
}

function timeOf(name: string): number {
  const digits = /^\d+/.exec(name)?.[0] ?? '0';
  if (digits.length !== 17) return Number(digits);
  const [year, month, day, hour, minute, second, rest] = (/^(....)(..)(..)(..)(..)(..)(...)$/.exec(digits) ?? [])
    .slice(1)
    .map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second, rest);
}
