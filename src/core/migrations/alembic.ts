import { parentOf, joined, namesIn, ownPaths } from './migrationFolders';
import { ancestorsOf, inOrder } from './migrationGraph';
import {
  byName,
  type Migration,
  type MigrationProject,
  type MigrationTool,
  type UnknownProject,
} from './migrationTool';
import { rowsOf, textIn } from './tableRows';

/**
 * Alembic 1.20.1 (`script/revision.py`, `runtime/migration.py`), Flask-Migrate's folder as well: each file says its revision and which it
 * comes after; the table has the newest ones alone, so that of a revision that the branch lacks nobody can tell what is below it.
 */
export const alembic: MigrationTool = {
  title: 'Alembic',
  older: 'refuses',
  lacking: 'refuses',
  async find(tree) {
    const configs = ownPaths(tree).filter((path) => /(?:^|\/)alembic\.ini$/.test(path));
    return Promise.all(
      configs.map(async (path): Promise<MigrationProject | UnknownProject> => {
        const base = parentOf(path);
        const text = (await tree.read(path)) ?? '';
        const said = /^\s*script_location\s*=\s*(\S+)/m.exec(text)?.[1];
        // Flask-Migrate has its configuration beside what it configures.
        const folder = said === undefined ? base : joined(base, said.replace(/^%\(here\)s\/?/, ''));
        if (/^\s*version_locations\s*=\s*\S/m.test(text))
          return { folder, unclear: 'alembic.ini names several folders of versions.' };
        const env = (await tree.read(joined(folder, 'env.py'))) ?? '';
        if (/\bversion_table(?:_schema)?\s*=/.test(env)) return { folder, unclear: 'env.py names another table.' };
        const place = joined(folder, 'versions');
        const files = namesIn(tree, place).filter((name) => /\.py$/.test(name) && !name.startsWith('__'));
        const texts = await Promise.all(files.map((name) => tree.read(joined(place, name))));
        const migrations = texts.flatMap((each, index) => revisionIn(each ?? '', files[index] ?? '') ?? []);
        if (migrations.length < files.length)
          return { folder: place, unclear: 'A file of it does not say its revision as Alembic writes it.' };
        return {
          folder: place,
          migrations: inOrder(migrations),
          tables: [{ name: 'alembic_version', columns: ['version_num'] }],
          understand: ([table]) =>
            understand(
              migrations,
              rowsOf(table).map((row) => textIn(row['version_num'])),
            ),
          compare: byName,
        };
      }),
    );
  },
};

function revisionIn(text: string, file: string): Migration | undefined {
  const value = (name: string): string | undefined =>
    new RegExp(`^${name}\\s*(?::[^=\\n]+)?=\\s*(None|['"][^'"\\n]*['"]|[([{][^)\\]}]*[)\\]}])`, 'm').exec(text)?.[1];
  const texts = (said: string | undefined): string[] =>
    [...(said ?? '').matchAll(/['"]([^'"]+)['"]/g)].map(([, each = '']) => each);
  const [key] = texts(value('revision'));
  const down = value('down_revision');
  if (key === undefined || down === undefined) return undefined;
  return { key, name: file, after: [...texts(down), ...texts(value('depends_on'))] };
}

function understand(migrations: readonly Migration[], heads: readonly string[]) {
  const byKey = new Map(migrations.map((each) => [each.key, each]));
  const isUnclear = heads.some((head) => !byKey.has(head));
  const applied = [...ancestorsOf(heads, byKey)].map((key) => byKey.get(key) ?? { key, name: key });
  return {
    ...{ applied, unfinished: [], isLocked: false },
    ...(isUnclear ? { unclear: 'Which of the branch are below a revision that it lacks cannot be told.' } : {}),
  };
}
