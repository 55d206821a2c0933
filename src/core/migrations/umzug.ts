import { callText } from './callText';
import { baseOf, joined, literalOf, namesIn, nodeProjects, ownPaths, parentOf } from './migrationFolders';
import { byName, type MigrationProject, type MigrationTool, type UnknownProject } from './migrationTool';
import { lacksColumn, rowsOf, textIn } from './tableRows';

const maxPrograms = 50;
const storageBegins = /\bnew SequelizeStorage\s*\(/;
/** What it is told is no object, or names what is said elsewhere. */
const isElsewhere = /^\s*[^\s{]|\.\.\.|[{,]\s*(?:tableName|modelName|columnName|schema|model)\s*[,}]|\bmodel\s*:/;

/**
 * Umzug 3.8.3 (`lib/umzug.js`, `lib/storage/sequelize.js`): a library, which a program of the repository's own tells where its files are and
 * who remembers them. Known is what Sequelize's storage remembers: names of files with their ending, in their order.
 */
export const umzug: MigrationTool = {
  title: 'Umzug',
  older: 'applies',
  lacking: 'ignores',
  async find(tree) {
    const projects = await nodeProjects(tree, ['umzug']);
    const found = await Promise.all(
      projects.map(async ({ folder: base }): Promise<readonly (MigrationProject | UnknownProject)[]> => {
        const start = base === '' ? '' : `${base}/`;
        const own = ownPaths(tree).filter((path) => path.startsWith(start) && /\.[mc]?[jt]s$/.test(path));
        const likely = own.filter((path) => /umzug|migrat/i.test(baseOf(path))).slice(0, maxPrograms);
        const texts = await Promise.all(likely.map(async (path) => ({ path, text: (await tree.read(path)) ?? '' })));
        const program = texts.find(({ text }) => /\bnew Umzug\s*[(<]/.test(text));
        return program === undefined ? [] : [projectOf(tree, base, program.path, program.text)];
      }),
    );
    return found.flat();
  },
};

function projectOf(
  tree: Parameters<MigrationTool['find']>[0],
  base: string,
  program: string,
  text: string,
): MigrationProject | UnknownProject {
  const unclear = (why: string): UnknownProject => ({ folder: base, unclear: why });
  const call = callText(text, /\bnew Umzug\s*(?:<[^<>()]{0,200}>\s*)?\(/) ?? '';
  const glob = /\bglob\s*:\s*(?:\[\s*)?(['"`])([^'"`$\n*{(]+)\/\*[^'"`\n]*\1/.exec(call)?.[2];
  // Beside the program, where it says so; else from where it is run.
  const from = /\bcwd\s*:\s*(?:__dirname|import\.meta\.dirname)\b/.test(call) ? parentOf(program) : base;
  if (glob === undefined) return unclear(`Where its migrations lie is not to be read in ${program}.`);
  const storages = [...text.matchAll(/\bnew SequelizeStorage\s*\(/g)].length;
  // Where it is made beforehand, it is the only one.
  const storage = callText(call, storageBegins) ?? (storages === 1 ? callText(text, storageBegins) : undefined);
  if (storages === 0) return unclear(`What was applied is remembered by a storage of ${program}'s own.`);
  const folder = joined(from, glob);
  const [table, model, column, schema] = ['tableName', 'modelName', 'columnName', 'schema'].map((key) =>
    literalOf(storage ?? '', key),
  );
  if (
    storage === undefined ||
    isElsewhere.test(storage) ||
    [table, model, column, schema].some((each) => each?.isComputed)
  )
    return unclear(`The table of its migrations is computed in ${program}.`);
  const key = column?.said ?? 'name';
  const names = namesIn(tree, folder)
    .filter((name) => /\.[mc]?(?:js|ts)$|\.sql$/.test(name) && !/\.d\.[mc]?ts$/.test(name))
    .toSorted();
  return {
    folder,
    migrations: names.map((name) => ({ key: name, name })),
    tables: [
      {
        ...(schema?.said === undefined ? {} : { schema: schema.said }),
        ...{ name: table?.said ?? model?.said ?? 'SequelizeMeta', columns: [key] },
      },
    ],
    understand: ([found]) =>
      lacksColumn(found, key)
        ? { unclear: `Its table has no column ${key}.` }
        : {
            applied: rowsOf(found).map((row) => ({ key: textIn(row[key]), name: textIn(row[key]) })),
            ...{ unfinished: [], isLocked: false },
          },
    compare: byName,
  };
}
