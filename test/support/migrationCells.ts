import { compareMigrations, type MigrationStatus } from '../../src/core/migrations/compareMigrations';
import type { MigrationTool } from '../../src/core/migrations/migrationTool';
import { migrationTools } from '../../src/core/migrations/migrationTools';
import type { CellValue, FoundTable, WantedTable } from '../../src/core/ports/databaseTables';

export type Row = Readonly<Record<string, CellValue>>;

/** Three migrations of one tool: 2 was written on another branch than 3, and merged later. */
export interface ToolCells {
  readonly tool: string;
  /** What the worktree has besides. */
  readonly around: Readonly<Record<string, string>>;
  /** Path and text of a migration. @param has which of the three the worktree has */
  readonly file: (n: number, has: readonly number[]) => Readonly<Record<string, string>>;
  /** As the tool names it in what Coppice tells. */
  readonly name: (n: number) => string;
  readonly folder: string;
  /** The tables when these are applied. */
  readonly tables: (applied: readonly number[]) => Readonly<Record<string, readonly Row[]>>;
}

export const worktreeOf = (cells: ToolCells, has: readonly number[]): Readonly<Record<string, string>> =>
  Object.assign({}, cells.around, ...has.map((n) => cells.file(n, has)));

export async function statusesOf(
  files: Readonly<Record<string, string>>,
  table: (wanted: WantedTable) => FoundTable,
  command = '',
): Promise<readonly MigrationStatus[]> {
  const tree = { paths: Object.keys(files), read: async (path: string) => files[path], command };
  const found = await Promise.all(
    migrationTools.map(async (tool: MigrationTool) => (await tool.find(tree)).map((project) => ({ tool, project }))),
  );
  const all = found.flat();
  return all.flatMap((each) => {
    const tables = 'tables' in each.project ? each.project.tables.map(table) : [];
    return compareMigrations(each, tables, all) ?? [];
  });
}

export function tableOf(tables: Readonly<Record<string, readonly Row[]>>): (wanted: WantedTable) => FoundTable {
  return ({ schema, name }) => {
    const rows = tables[schema === undefined ? name : `${schema}.${name}`];
    return rows ? { kind: 'rows', rows } : { kind: 'none' };
  };
}

const packageOf = (...names: readonly string[]): Readonly<Record<string, string>> => ({
  'package.json': JSON.stringify({ devDependencies: Object.fromEntries(names.map((name) => [name, '1'])) }),
});
const times = [0, 1767225600000, 1767312000000, 1767398400000];
const stamps = ['', '20260101000000', '20260102000000', '20260103000000'];
const stampOf = (n: number): string => stamps[n] ?? '';
const plainRows = (key: string, name: (n: number) => string) => (applied: readonly number[]) => ({
  [key]: applied.map((n) => ({ name: name(n) })),
});

const sql = (folder: string, text: string, extension = '.sql') => ({
  file: (n: number) => ({ [`${folder}/${stampOf(n)}_m${n}${extension}`]: text }),
  name: (n: number) => `${stampOf(n)}_m${n}${extension}`,
  folder,
});

export const toolCells: readonly ToolCells[] = [
  {
    tool: 'Drizzle',
    around: packageOf('drizzle-kit'),
    file: (n, has) => ({
      [`drizzle/000${n}_m${n}.sql`]: '',
      'drizzle/meta/_journal.json': JSON.stringify({
        dialect: 'postgresql',
        entries: has.map((each) => ({ when: times[each], tag: `000${each}_m${each}` })),
      }),
    }),
    // Of one that the branch lacks the table knows no name.
    name: (n) => `000${n}_m${n}`,
    folder: 'drizzle',
    tables: (applied) => ({
      'drizzle.__drizzle_migrations': applied.map((n) => ({ created_at: String(times[n]) })),
    }),
  },
  {
    tool: 'Drizzle',
    around: packageOf('drizzle-orm'),
    file: (n) => ({ [`drizzle/${stampOf(n)}_m${n}/migration.sql`]: '' }),
    name: (n) => `${stampOf(n)}_m${n}`,
    folder: 'drizzle',
    tables: (applied) => ({
      'drizzle.__drizzle_migrations': applied.map((n) => ({
        created_at: String(times[n]),
        name: `${stampOf(n)}_m${n}`,
      })),
    }),
  },
  {
    tool: 'Prisma',
    around: { ...packageOf('prisma'), 'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n' },
    file: (n) => ({ [`prisma/migrations/${stampOf(n)}_m${n}/migration.sql`]: '' }),
    name: (n) => `${stampOf(n)}_m${n}`,
    folder: 'prisma/migrations',
    tables: (applied) => ({
      _prisma_migrations: applied.map((n) => ({
        migration_name: `${stampOf(n)}_m${n}`,
        finished_at: '2026-01-01T00:00:00Z',
        rolled_back_at: null,
      })),
    }),
  },
  {
    tool: 'Knex',
    around: { ...packageOf('knex'), 'knexfile.js': "module.exports = { seeds: { directory: './seeds' } };" },
    ...sql('migrations', '', '.js'),
    tables: (applied) => ({
      knex_migrations: applied.map((n) => ({ name: `${stampOf(n)}_m${n}.js` })),
      knex_migrations_lock: [{ is_locked: 0 }],
    }),
  },
  {
    tool: 'node-pg-migrate',
    around: packageOf('node-pg-migrate'),
    file: (n) => ({ [`migrations/${times[n]}_m${n}.cjs`]: '' }),
    name: (n) => `${times[n]}_m${n}`,
    folder: 'migrations',
    tables: plainRows('pgmigrations', (n) => `${times[n]}_m${n}`),
  },
  {
    tool: 'Kysely',
    around: packageOf('kysely'),
    file: (n) => ({ [`src/migrations/${stampOf(n)}_m${n}.ts`]: '' }),
    name: (n) => `${stampOf(n)}_m${n}`,
    folder: 'src/migrations',
    tables: plainRows('kysely_migration', (n) => `${stampOf(n)}_m${n}`),
  },
  {
    tool: 'TypeORM',
    around: packageOf('typeorm'),
    file: (n) => ({
      [`src/migration/${times[n]}-m.ts`]: `import { MigrationInterface } from 'typeorm';\nexport class M${times[n]} implements MigrationInterface {}`,
    }),
    name: (n) => `M${times[n]}`,
    folder: 'src/migration',
    tables: (applied) => ({
      migrations: applied.map((n) => ({ timestamp: String(times[n]), name: `M${times[n]}` })),
    }),
  },
  {
    tool: 'Sequelize',
    around: {
      ...packageOf('sequelize-cli'),
      '.sequelizerc': "module.exports = { 'migrations-path': path.resolve(__dirname, 'db', 'steps') };",
    },
    ...sql('db/steps', '', '.js'),
    tables: plainRows('SequelizeMeta', (n) => `${stampOf(n)}_m${n}.js`),
  },
  {
    tool: 'MikroORM',
    around: {
      ...packageOf('@mikro-orm/migrations'),
      'src/mikro-orm.config.ts':
        "defineConfig({ migrations: { snapshotName: 'schema', path: './dist/steps', pathTs: './src/steps' } })",
    },
    ...sql('src/steps', '', '.ts'),
    tables: plainRows('mikro_orm_migrations', (n) => `${stampOf(n)}_m${n}`),
  },
  {
    tool: 'Umzug',
    around: {
      ...packageOf('umzug', 'sequelize'),
      'src/migrate.ts':
        "export const umzug = new Umzug({ migrations: { glob: ['steps/*.ts', { cwd: __dirname }] }, storage: new SequelizeStorage({ sequelize }) });",
    },
    ...sql('src/steps', '', '.ts'),
    tables: plainRows('SequelizeMeta', (n) => `${stampOf(n)}_m${n}.ts`),
  },
  {
    tool: 'dbmate',
    around: {},
    ...sql('db/migrations', '-- migrate:up\n\n-- migrate:down\n'),
    tables: (applied) => ({ schema_migrations: applied.map((n) => ({ version: stampOf(n) })) }),
  },
  {
    tool: 'goose',
    around: { 'go.mod': 'module app\n' },
    ...sql('migrations', '-- +goose Up\n'),
    tables: (applied) => ({
      goose_db_version: [
        { id: 1, version_id: '0', is_applied: true },
        ...applied.map((n) => ({ id: n + 1, version_id: stampOf(n), is_applied: true })),
      ],
    }),
  },
  {
    tool: 'Alembic',
    around: { 'alembic.ini': '[alembic]\nscript_location = %(here)s/alembic\n', 'alembic/env.py': '' },
    file: (n) => ({
      [`alembic/versions/aaa${n}_m.py`]: [
        `revision: str = 'aaa${n}'`,
        `down_revision: Union[str, Sequence[str], None] = ${n === 1 ? 'None' : "'aaa1'"}`,
        'depends_on: Union[str, Sequence[str], None] = None',
      ].join('\n'),
    }),
    name: (n) => `aaa${n}_m.py`,
    folder: 'alembic/versions',
    // Only the newest, of each branch.
    tables: (applied) => ({
      alembic_version: applied.filter((n) => n > 1 || applied.length === 1).map((n) => ({ version_num: `aaa${n}` })),
    }),
  },
  {
    tool: 'Django',
    around: { 'manage.py': '' },
    file: (n) => ({
      [`app/migrations/000${n}_m.py`]: `class Migration(migrations.Migration):\n    dependencies = [${n === 1 ? '' : "('app', '0001_m')"}]\n    operations = []\n`,
    }),
    name: (n) => `app.000${n}_m`,
    folder: '',
    tables: (applied) => ({
      django_migrations: [
        { app: 'auth', name: '0001_initial' },
        ...applied.map((n) => ({ app: 'app', name: `000${n}_m` })),
      ],
    }),
  },
];
