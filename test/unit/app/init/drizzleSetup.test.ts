import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { proposeFor, written, type Written } from '../../../support/proposeFor';

const app =
  '{"scripts": {"dev": "tsx watch src/index.ts"}, "dependencies": {"hono": "4"}, "devDependencies": {"drizzle-kit": "1"}}';
const config = (url: string, dialect = 'sqlite'): string =>
  `export default defineConfig({ dialect: "${dialect}", schema: "./src/schema.ts", out: "./drizzle", dbCredentials: { url: ${url} } })`;
const setupOf = async (files: Readonly<Record<string, string>>): Promise<unknown> => (await written(files)).setup;

describe('tables of a database that is a file of the worktree', () => {
  it('are made by migrations where there are some, with the address that everybody can read', async () => {
    const files = {
      'package.json': app,
      'drizzle.config.ts': config('process.env.DATABASE_URL!', 'turso'),
      'drizzle/0000_first.sql': '',
      '.env.example': 'DATABASE_URL=file:dev.db\n',
    };
    const step = { command: 'npx drizzle-kit migrate', inputs: ['drizzle', 'drizzle.config.*'] };
    expect(await setupOf(files)).toEqual(['npm install', { ...step, env: { DATABASE_URL: 'file:dev.db' } }]);
  });

  it('are made of the schema else, at the address that the configuration names', async () => {
    const files = { 'package.json': app, 'drizzle.config.ts': config('"./sqlite.db"') };
    const inputs = ['src/schema.ts', 'drizzle.config.*'];
    expect(await setupOf(files)).toEqual(['npm install', { command: 'npx drizzle-kit push', inputs }]);
  });

  it('are made without what a person has to say to: it would take away what was written before a schema changed', async () => {
    const strict = config('"./sqlite.db"').replace('schema:', 'strict: true, schema:');
    expect(await setupOf({ 'package.json': app, 'drizzle.config.ts': strict })).toEqual(['npm install']);
    const migrated = { 'package.json': app, 'drizzle.config.ts': strict, 'drizzle/0000_first.sql': '' };
    expect(await setupOf(migrated)).toMatchObject(['npm install', { command: 'npx drizzle-kit migrate' }]);
  });

  it('are made where the configuration names the file of variables of another folder', async () => {
    const text = `dotenv.config({ path: "../../apps/web/.env" });\n${config('process.env.DATABASE_URL || ""')}`;
    const { text: found } = await proposeFor(
      {
        'package.json': '{"workspaces": ["apps/*", "packages/*"]}',
        'apps/web/package.json': '{"scripts": {"dev": "next dev"}, "dependencies": {"next": "16"}}',
        'apps/web/.env': 'DATABASE_URL=file:../../local.db\n',
        'packages/db/package.json': '{"devDependencies": {"drizzle-kit": "1"}}',
        'packages/db/drizzle.config.ts': text,
      },
      { ignored: ['apps/web/.env'] },
    );
    expect((parse(found) as Written).setup).toEqual([
      'npm install',
      {
        command: ['sh', '-c', 'cd "./$1" && npx drizzle-kit push', 'sh', 'packages/db'],
        inputs: ['packages/db/src/schema.ts', 'packages/db/drizzle.config.*'],
      },
    ]);
  });

  it.each([
    ['PostgreSQL has a template', config('process.env.DATABASE_URL!', 'postgresql'), 'DATABASE_URL=file:a.db\n'],
    ['a file elsewhere may be anybody’s', config('process.env.DATABASE_URL!'), 'DATABASE_URL=file:../shared.db\n'],
    ['nor a server of others', config('process.env.DATABASE_URL!', 'turso'), 'DATABASE_URL=libsql://x.turso.io\n'],
    ['nor what nobody says', config('process.env.DATABASE_URL!'), ''],
  ])('are made for no other: %s', async (_, text, example) => {
    expect(await setupOf({ 'package.json': app, 'drizzle.config.ts': text, '.env.example': example })).toEqual([
      'npm install',
    ]);
  });
});

it('a push that would ask a person is told what a person would say', async () => {
  const database = async (config: string) =>
    (
      await written({
        'package.json': JSON.stringify({
          scripts: { dev: 'vite dev', 'db:push': 'drizzle-kit push', 'db:migrate': 'drizzle-kit migrate' },
          devDependencies: { '@sveltejs/kit': '2', 'drizzle-kit': '1', postgres: '3' },
        }),
        'drizzle.config.ts': config,
      })
    ).database;
  expect(await database("export default { dialect: 'postgresql', strict: true }")).toMatchObject({
    migrate: 'npm run db:push -- --force',
  });
  expect(await database("export default { dialect: 'postgresql' }")).toMatchObject({ migrate: 'npm run db:push' });
});
