import { baseOf, parentOf, ownPaths } from './migrationFolders';
import { byName, type Migration, type MigrationTool, type MigrationTree } from './migrationTool';
import { rowsOf, textIn } from './tableRows';

const keyOf = (app: string, name: string): string => `${app}.${name}`;

/**
 * Django 5.2.19 (`db/migrations/loader.py`, `recorder.py`): `<app>/migrations/<name>.py`; the table has app and name. Rows of applications that
 * are no part of the repository say nothing of its branch. A squashed one is applied where all are that it replaces.
 */
export const django: MigrationTool = {
  title: 'Django',
  older: 'refuses',
  lacking: 'ignores',
  async find(tree) {
    const roots = ownPaths(tree).filter((path) => baseOf(path) === 'manage.py');
    return Promise.all(
      roots.map(async (root) => {
        const folder = parentOf(root);
        const found = linked(await readMigrations(tree, folder));
        const apps = new Set(found.map(({ app }) => app));
        const replaced = new Set(found.flatMap(({ replaces }) => replaces));
        const migrations = found.toSorted(byName);
        return {
          folder,
          migrations,
          tables: [{ name: 'django_migrations', columns: ['app', 'name'] }],
          understand: ([table]) => {
            const rows = rowsOf(table).map((row) => ({ app: textIn(row['app']), name: textIn(row['name']) }));
            const keys = new Set(rows.filter(({ app }) => apps.has(app)).map(({ app, name }) => keyOf(app, name)));
            for (const { key, replaces } of found) {
              if (replaces.length > 0 && replaces.every((each) => keys.has(each))) keys.add(key);
              // What stands for others has done their work.
              else if (keys.has(key)) for (const each of replaces) keys.add(each);
            }
            const own = new Set(found.map(({ key }) => key));
            const applied = [...keys].filter((key) => own.has(key) || !replaced.has(key));
            const ofKey = new Map<string, Migration>(found.map((each) => [each.key, each]));
            return {
              applied: applied.map((key) => ofKey.get(key) ?? { key, name: key }),
              ...{ unfinished: [], isLocked: false },
            };
          },
          compare: byName,
        };
      }),
    );
  },
};

interface DjangoMigration extends Migration {
  readonly app: string;
  readonly replaces: readonly string[];
}

/** One that stands for others comes after them, and before whatever comes after one of them. */
function linked(found: readonly DjangoMigration[]): readonly DjangoMigration[] {
  const here = new Set(found.map(({ key }) => key));
  const standsFor = new Map(found.flatMap(({ key, replaces }) => replaces.map((each) => [each, key])));
  return found.map((migration) => {
    const after = (migration.after ?? []).flatMap((key) => {
      const by = standsFor.get(key);
      if (by === undefined || by === migration.key || by === standsFor.get(migration.key)) return [key];
      return here.has(key) ? [key, by] : [by];
    });
    return { ...migration, after: [...after, ...migration.replaces.filter((each) => here.has(each))] };
  });
}

async function readMigrations(tree: MigrationTree, folder: string): Promise<readonly DjangoMigration[]> {
  const start = folder === '' ? '' : `${folder}/`;
  const files = ownPaths(tree).filter(
    (path) => path.startsWith(start) && /\/migrations\/[^/_~][^/]*\.py$/.test(`/${path}`),
  );
  const labels = new Map<string, Promise<string>>();
  const found = await Promise.all(
    files.map(async (path) => {
      const text = (await tree.read(path)) ?? '';
      if (!/^class\s+Migration\b/m.test(text)) return [];
      const place = parentOf(parentOf(path));
      const label = labels.get(place) ?? labelOf(tree, place);
      labels.set(place, label);
      const [app, name] = [await label, baseOf(path).replace(/\.py$/, '')];
      const pairs = (key: string): string[][] =>
        [...(listOf(text, key) ?? '').matchAll(/\(\s*['"]([^'"]+)['"]\s*,\s*['"]([^'"]+)['"]\s*,?\s*\)/g)].map((each) =>
          each.slice(1),
        );
      return [
        {
          ...{ key: keyOf(app, name), name: keyOf(app, name), app },
          after: pairs('dependencies').flatMap(([of, on]) => (of === app ? [keyOf(app, on ?? '')] : [])),
          replaces: pairs('replaces').map(([of, each]) => keyOf(of ?? '', each ?? '')),
        },
      ];
    }),
  );
  return found.flat();
}

/** What stands between the brackets of `key = [ … ]`. */
function listOf(text: string, key: string): string | undefined {
  return new RegExp(`^\\s+${key}\\s*=\\s*\\[([^\\]]*)\\]`, 'm').exec(text)?.[1];
}

/** The folder's name, unless the application says another one. */
async function labelOf(tree: MigrationTree, folder: string): Promise<string> {
  const config = (await tree.read(folder === '' ? 'apps.py' : `${folder}/apps.py`)) ?? '';
  return /^\s+label\s*=\s*['"]([^'"]+)['"]/m.exec(config)?.[1] ?? baseOf(folder);
}
