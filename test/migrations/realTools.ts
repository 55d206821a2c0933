/** A tool as its registry has it, and how it is told of migrations. Each makes the table t<n>. */
export interface RealTool {
  /** As Coppice calls it. */
  readonly title: string;
  readonly version: string;
  /** What runs of it, where that is not its command line. */
  readonly program?: string;
  /** Packages of npm, or of PyPI. */
  readonly npm?: readonly string[];
  readonly pypi?: readonly string[];
  /** A program of the Go module proxy, and what it is built without. */
  readonly go?: { readonly program: string; readonly tags: string };
  /** What the worktree has besides its migrations. */
  readonly around: Readonly<Record<string, string>>;
  /** Files of the migrations that a worktree has. */
  readonly files: (has: readonly number[]) => Readonly<Record<string, string>>;
  /** One that comes after 2 and 3, for a tool that goes by what each comes after. */
  readonly merge?: Readonly<Record<string, string>>;
  /** What Coppice calls one of them. */
  readonly name: (n: number) => string;
  /** Where another version than the one that Coppice's row is about does otherwise. */
  readonly older?: 'applies';
  /** A program among the installed ones with its arguments; the database is told by DATABASE_URL. */
  readonly migrate: readonly string[];
  /** A run that is killed in migration 9 leaves what the next one stumbles upon. */
  readonly leaves?: { readonly state: 'locked' | 'unfinished'; readonly files: Readonly<Record<string, string>> };
}

/** How this machine came by it, for docs/verified.md. */
export function obtainedTool({ npm, pypi, go }: RealTool): string {
  const packages = [...(npm ?? []), ...(pypi ?? [])];
  if (go) return 'built by Go from the Go module proxy';
  return `${npm ? 'npm' : 'PyPI'}: ${packages.join(' ')}`;
}

const stamp = (n: number): string => `2026010${n}000000`;
const time = (n: number): number => Date.UTC(2026, 0, n);
const packageJson = (type: 'module' | 'commonjs', name: string) => ({
  'package.json': JSON.stringify({ private: true, type, dependencies: { [name]: '*' } }),
});
const all = (has: readonly number[], file: (n: number) => Readonly<Record<string, string>>) =>
  Object.assign({}, ...has.map(file)) as Readonly<Record<string, string>>;
const create = (n: number): string => (n === 9 ? 'SELECT pg_sleep(600)' : `CREATE TABLE t${n} (n int)`);
/** Which one it comes after, for a tool that goes by that: 2 and 3 are of two branches. */
const before = (n: number): number => (n === 2 || n === 3 ? 1 : 3);
const knexFile = (n: number, more = '') =>
  `exports.up = (knex) => knex.raw('${create(n)}'); exports.down = () => undefined;${more}\n`;

const drizzleMigrate = `
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
try { await migrate(drizzle({ client }), { migrationsFolder: 'drizzle' }); } finally { await client.end(); }
`;

const kyselyMigrate = `
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import { FileMigrationProvider, Migrator } from 'kysely/migration';
import pg from 'pg';
const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: process.env.DATABASE_URL }) }) });
const provider = new FileMigrationProvider({ fs, path, migrationFolder: path.resolve('migrations') });
const { error } = await new Migrator({ db, provider }).migrateToLatest();
await db.destroy();
if (error) { console.error(String(error)); process.exitCode = 1; }
`;

const umzugMigrate = `
const { Sequelize } = require('sequelize');
const { SequelizeStorage, Umzug } = require('umzug');
const sequelize = new Sequelize(process.env.DATABASE_URL, { dialect: 'postgres', logging: false });
const umzug = new Umzug({
  migrations: { glob: 'migrations/*.js' },
  context: sequelize,
  storage: new SequelizeStorage({ sequelize }),
  logger: undefined,
});
umzug.up().finally(() => sequelize.close());
`;

/** What \`prisma migrate deploy\` asks of its engine, which the command line would download as a program. */
const prismaMigrate = `
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
const place = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
const bindings = await import(join(place, 'schema_engine_bg.js'));
const bytes = readFileSync(join(place, 'schema_engine_bg.wasm'));
const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': bindings });
bindings.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();
const { hostname, port, username, password, pathname } = new URL(process.env.DATABASE_URL);
const config = { host: hostname, port: Number(port), user: username, password, database: pathname.slice(1) };
const factory = bindMigrationAwareSqlAdapterFactory(new PrismaPg(config));
const schema = 'datasource db { provider = "postgresql" }';
const engine = await bindings.SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => undefined, factory);
const base = 'prisma/migrations';
const names = readdirSync(base, { withFileTypes: true }).filter((each) => each.isDirectory()).map(({ name }) => name).sort();
const migrationDirectories = names.map((path) => ({
  path,
  migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: readFileSync(join(base, path, 'migration.sql'), 'utf8') } },
}));
const lockfile = { path: 'migration_lock.toml', content: readFileSync(join(base, 'migration_lock.toml'), 'utf8') };
const filters = { externalTables: [], externalEnums: [] };
try {
  await engine.applyMigrations({ migrationsList: { baseDir: base, lockfile, shadowDbInitScript: '', migrationDirectories }, filters });
  process.exit(0);
} catch (error) {
  console.error(error?.message ?? error);
  process.exit(1);
}
`;

const prismaFiles = (has: readonly number[]) =>
  all(has, (n) => ({ [`prisma/migrations/${stamp(n)}_m${n}/migration.sql`]: `${create(n)};\n` }));

export const realTools: readonly RealTool[] = [
  {
    ...{ title: 'Drizzle', version: '0.45.4', npm: ['drizzle-orm@0.45.4', 'pg@8.23.1'] },
    around: { ...packageJson('module', 'drizzle-orm'), 'migrate.mjs': drizzleMigrate },
    name: (n) => `000${n}_m${n}`,
    files: (has) => ({
      ...all(has, (n) => ({ [`drizzle/000${n}_m${n}.sql`]: `${create(n)};\n` })),
      'drizzle/meta/_journal.json': JSON.stringify({
        ...{ version: '7', dialect: 'postgresql' },
        entries: has.map((n, idx) => ({ idx, version: '7', when: time(n), tag: `000${n}_m${n}`, breakpoints: true })),
      }),
    }),
    migrate: ['node', 'migrate.mjs'],
  },
  {
    ...{ title: 'Drizzle', version: '1.0.0-rc.5', npm: ['drizzle-orm@1.0.0-rc.5', 'pg@8.23.1'] },
    around: { ...packageJson('module', 'drizzle-orm'), 'migrate.mjs': drizzleMigrate },
    name: (n) => `${stamp(n)}_m${n}`,
    older: 'applies',
    files: (has) => all(has, (n) => ({ [`drizzle/${stamp(n)}_m${n}/migration.sql`]: `${create(n)};\n` })),
    migrate: ['node', 'migrate.mjs'],
  },
  {
    ...{ title: 'Knex', version: '3.3.0', npm: ['knex@3.3.0', 'pg@8.23.1'] },
    around: {
      ...packageJson('commonjs', 'knex'),
      'knexfile.js': "module.exports = { client: 'pg', connection: process.env.DATABASE_URL };\n",
    },
    name: (n) => `${stamp(n)}_m${n}.js`,
    files: (has) => all(has, (n) => ({ [`migrations/${stamp(n)}_m${n}.js`]: knexFile(n) })),
    migrate: ['knex', 'migrate:latest'],
    leaves: {
      state: 'locked',
      files: { [`migrations/${stamp(9)}_m9.js`]: knexFile(9, ' exports.config = { transaction: false };') },
    },
  },
  {
    ...{ title: 'node-pg-migrate', version: '9.0.0', npm: ['node-pg-migrate@9.0.0', 'pg@8.23.1'] },
    around: packageJson('commonjs', 'node-pg-migrate'),
    name: (n) => `${time(n)}_m${n}`,
    files: (has) =>
      all(has, (n) => ({ [`migrations/${time(n)}_m${n}.sql`]: `-- Up Migration\n${create(n)};\n-- Down Migration\n` })),
    migrate: ['node-pg-migrate', 'up'],
  },
  {
    ...{ title: 'Kysely', version: '0.29.9', npm: ['kysely@0.29.9', 'pg@8.23.1'] },
    around: { ...packageJson('module', 'kysely'), 'migrate.mjs': kyselyMigrate },
    name: (n) => `${stamp(n)}_m${n}`,
    files: (has) =>
      all(has, (n) => ({
        [`migrations/${stamp(n)}_m${n}.js`]: `import { sql } from 'kysely';\nexport const up = (db) => sql\`${create(n)}\`.execute(db);\n`,
      })),
    migrate: ['node', 'migrate.mjs'],
  },
  {
    ...{ title: 'TypeORM', version: '1.1.1', npm: ['typeorm@1.1.1', 'pg@8.23.1', 'reflect-metadata@0.2.2'] },
    around: {
      ...packageJson('commonjs', 'typeorm'),
      'data-source.js':
        "const { DataSource } = require('typeorm');\nmodule.exports = new DataSource({ type: 'postgres', url: process.env.DATABASE_URL, migrations: [__dirname + '/migrations/*.js'] });\n",
    },
    name: (n) => `M${time(n)}`,
    files: (has) =>
      all(has, (n) => ({
        [`migrations/${time(n)}-M.js`]: `/** @typedef {import('typeorm').MigrationInterface} MigrationInterface */\nmodule.exports = class M${time(n)} {\n  async up(runner) { await runner.query('${create(n)}'); }\n  async down() {}\n};\n`,
      })),
    migrate: ['typeorm', 'migration:run', '-d', 'data-source.js'],
  },
  {
    ...{ title: 'Sequelize', version: '6.6.5', npm: ['sequelize-cli@6.6.5', 'sequelize@6.37.7', 'pg@8.23.1'] },
    around: {
      ...packageJson('commonjs', 'sequelize-cli'),
      'config/config.js': "module.exports = { development: { url: process.env.DATABASE_URL, dialect: 'postgres' } };\n",
    },
    name: (n) => `${stamp(n)}-m${n}.js`,
    files: (has) =>
      all(has, (n) => ({
        [`migrations/${stamp(n)}-m${n}.js`]: `module.exports = { up: (query) => query.sequelize.query('${create(n)}'), down: async () => {} };\n`,
      })),
    migrate: ['sequelize-cli', 'db:migrate', '--config', 'config/config.js'],
  },
  {
    ...{ title: 'MikroORM', version: '7.2.1' },
    npm: ['cli', 'core', 'migrations', 'postgresql'].map((each) => `@mikro-orm/${each}@7.2.1`),
    around: {
      'package.json': JSON.stringify({
        ...{ private: true, type: 'module' },
        dependencies: { '@mikro-orm/cli': '*', '@mikro-orm/migrations': '*', '@mikro-orm/postgresql': '*' },
      }),
      'mikro-orm.config.js':
        "import { Migrator } from '@mikro-orm/migrations';\nimport { defineConfig, EntitySchema } from '@mikro-orm/postgresql';\nexport default defineConfig({ clientUrl: process.env.DATABASE_URL, entities: [new EntitySchema({ name: 'T', tableName: 't1', properties: { n: { type: 'number', primary: true } } })], extensions: [Migrator], migrations: { snapshot: false } });\n",
    },
    name: (n) => `Migration${stamp(n)}.js`,
    files: (has) =>
      all(has, (n) => ({
        [`migrations/Migration${stamp(n)}.js`]: `import { Migration } from '@mikro-orm/migrations';\nexport class Migration${stamp(n)} extends Migration {\n  async up() { this.addSql('${create(n)}'); }\n}\n`,
      })),
    migrate: ['mikro-orm', 'migration:up'],
  },
  {
    ...{ title: 'Umzug', version: '3.8.3', npm: ['umzug@3.8.3', 'sequelize@6.37.7', 'pg@8.23.1'] },
    around: { ...packageJson('commonjs', 'umzug'), 'migrate.js': umzugMigrate },
    name: (n) => `${stamp(n)}_m${n}.js`,
    files: (has) =>
      all(has, (n) => ({
        [`migrations/${stamp(n)}_m${n}.js`]: `exports.up = ({ context }) => context.query('${create(n)}');\n`,
      })),
    migrate: ['node', 'migrate.js'],
  },
  {
    ...{ title: 'dbmate', version: '2.36.0', npm: ['dbmate@2.36.0'] },
    around: packageJson('commonjs', 'dbmate'),
    name: (n) => `${stamp(n)}_m${n}.sql`,
    files: (has) =>
      all(has, (n) => ({
        [`db/migrations/${stamp(n)}_m${n}.sql`]: `-- migrate:up\n${create(n)};\n\n-- migrate:down\n`,
      })),
    migrate: ['dbmate', '--no-dump-schema', 'up'],
  },
  {
    ...{ title: 'goose', version: '3.27.0' },
    go: {
      program: 'github.com/pressly/goose/v3/cmd/goose@v3.27.0',
      tags: 'no_clickhouse no_libsql no_mssql no_mysql no_sqlite3 no_vertica no_ydb no_duckdb',
    },
    around: { 'go.mod': 'module app\n' },
    name: (n) => `${stamp(n)}_m${n}.sql`,
    files: (has) => all(has, (n) => ({ [`migrations/${stamp(n)}_m${n}.sql`]: `-- +goose Up\n${create(n)};\n` })),
    migrate: ['goose', '-dir', 'migrations', 'up'],
  },
  {
    ...{ title: 'Prisma', version: '7.10.0', program: 'Prisma schema engine (WebAssembly)' },
    npm: [
      '@prisma/schema-engine-wasm@7.10.0-8.shadow-db-safety-s4-52d3b3c7e4002ee167a8803802fa11ced0e2c163',
      ...['@prisma/adapter-pg@7.10.1', '@prisma/driver-adapter-utils@7.10.1'],
    ],
    around: {
      ...packageJson('module', 'prisma'),
      'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
      'migrate.mjs': prismaMigrate,
    },
    name: (n) => `${stamp(n)}_m${n}`,
    files: prismaFiles,
    migrate: ['node', 'migrate.mjs'],
    leaves: { state: 'unfinished', files: prismaFiles([9]) },
  },
  {
    ...{ title: 'Alembic', version: '1.20.1', pypi: ['alembic==1.20.1', 'psycopg2-binary==2.9.13'] },
    around: {
      'alembic.ini': '[alembic]\nscript_location = %(here)s/alembic\n',
      'alembic/script.py.mako': '',
      'alembic/env.py':
        "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\nwith create_engine(os.environ['DATABASE_URL'].replace('postgresql:', 'postgresql+psycopg2:')).connect() as connection:\n    context.configure(connection=connection)\n    with context.begin_transaction():\n        context.run_migrations()\n",
    },
    name: (n) => `aaa${n}_m.py`,
    files: (has) =>
      all(has, (n) => ({
        [`alembic/versions/aaa${n}_m.py`]: [
          'from typing import Sequence, Union',
          'from alembic import op',
          `revision: str = 'aaa${n}'`,
          `down_revision: Union[str, Sequence[str], None] = ${n === 1 ? 'None' : `'aaa${before(n)}'`}`,
          `def upgrade() -> None:\n    op.execute('${create(n)}')`,
          'def downgrade() -> None:\n    pass\n',
        ].join('\n'),
      })),
    merge: {
      'alembic/versions/aaa5_m.py':
        "revision = 'aaa5'\ndown_revision = ('aaa2', 'aaa3')\n\n\ndef upgrade():\n    pass\n",
    },
    migrate: ['alembic', 'upgrade', 'head'],
  },
  {
    ...{ title: 'Django', version: '5.2.19', pypi: ['django==5.2.19', 'psycopg2-binary==2.9.13'] },
    around: {
      'manage.py':
        "import os, sys\nos.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\nfrom django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n",
      'settings.py':
        "import os\nINSTALLED_APPS = ['django.contrib.contenttypes', 'shop']\nDATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': os.environ['DATABASE_NAME'], 'HOST': os.environ['DATABASE_HOST'], 'PORT': os.environ['DATABASE_PORT'], 'USER': os.environ['DATABASE_USER'], 'PASSWORD': os.environ['DATABASE_PASSWORD']}}\nSECRET_KEY = 'none'\nDEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'\n",
      'shop/__init__.py': '',
      'shop/migrations/__init__.py': '',
    },
    name: (n) => `shop.000${n}_m${n}`,
    files: (has) =>
      all(has, (n) => ({
        [`shop/migrations/000${n}_m${n}.py`]: `from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [${n === 1 ? '' : `('shop', '000${before(n)}_m${before(n)}')`}]\n    operations = [migrations.RunSQL('${create(n)}')]\n`,
      })),
    merge: {
      'shop/migrations/0005_merge.py':
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [('shop', '0002_m2'), ('shop', '0003_m3')]\n    operations = []\n",
    },
    migrate: ['python', 'manage.py', 'migrate', '--noinput'],
  },
];
