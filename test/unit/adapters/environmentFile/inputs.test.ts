import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashInputs, hashMigrationInputs } from '../../../../src/adapters/environmentFile/hashInputs';
import { parseEnvironmentFile } from '../../../../src/adapters/environmentFile/parseEnvironmentFile';
import type { DatabaseSpec } from '../../../../src/core/environmentFile';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'coppice-inputs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text = name): Promise<void> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

const spec = (database: Partial<DatabaseSpec> = {}): DatabaseSpec => ({
  template: 'a_template',
  migrate: undefined,
  seed: undefined,
  inputs: undefined,
  ...database,
});
const hash = (database?: Partial<DatabaseSpec>) => hashInputs(folder, spec(database));

it('what migrates alone reads is without what is there for the seed, as long as there is a seed', async () => {
  const read = (database: Partial<DatabaseSpec>) => hashMigrationInputs(folder, spec(database));
  const filled = ['seeds/a.sql', 'db/seeds.rb', 'prisma/seed.ts', 'database/factories/x', 'supabase/seed.sql'];
  for (const name of ['migrations/1.sql', 'seed.js', ...filled]) await write(name);
  const said = { migrate: ['node', 'up.js'], seed: ['node', 'seed.js'] };
  const named = { ...said, inputs: ['migrations', 'seed.js'] };
  const before = await Promise.all([read(said), read(named), hash(said)]);
  for (const name of ['seed.js', ...filled]) await write(name, 'other');
  const after = await Promise.all([read(said), read({ ...named, seed: ['node', 'seed.js', '--more'] }), hash(said)]);
  expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
  expect(after[2]).not.toBe(before[2]);
  await write('migrations/2.sql');
  for (const [index, each] of [said, named].entries()) expect(await read(each)).not.toBe(after[index]);
  // By one command: the rows are its own.
  const one = { migrate: ['node', 'up.js'] };
  const rows = await read(one);
  await write('seeds/b.sql');
  expect(await read(one)).not.toBe(rows);
});

it.each([
  ['a glob, where a word of `seed` is no path', ['database/*.sql'], ['psql', '-f', 'seed.sql']],
  ['a glob, where a word of `seed` is one too', ['database/*.sql'], ['load', '{a,b}', '*', '../x', '~/x', '/x']],
  ['a folder that is called as a word of `seed` is', ['database'], ['npx', 'database', 'seed']],
  ['a folder that a word of `seed` names', ['database'], ['load', './database/']],
  ['a file that `migrate` names in other words', ['database/2.sql'], ['psql', '-f', 'database/2.sql']],
])('what migrates alone reads has in it %s', async (_, inputs, seed) => {
  await write('database/1.sql');
  await write('seed.sql');
  await write('package.json', '{"scripts": {"migrate": "psql -f ./database/2.sql"}}');
  const read = () => hashMigrationInputs(folder, spec({ migrate: ['npm', 'run', 'migrate'], seed, inputs }));
  const before = await read();
  await write('database/2.sql');
  expect(await read()).not.toBe(before);
});

it('a seed that an option names is for the seed alone', async () => {
  const read = () => hashMigrationInputs(folder, spec({ seed: ['psql', '--file=./a.sql'], inputs: ['a.sql'] }));
  await write('a.sql');
  const before = await read();
  await write('a.sql', 'other');
  expect(await read()).toBe(before);
});

describe('what the commands of a database read', () => {
  it('is what the file says: files, folders and patterns, by name and content', async () => {
    await write('db/1.sql');
    await write('db/deep/2.sql');
    await write('seed.csv');
    await write('other/3.txt');
    const inputs = ['db', 'seed.csv', 'other/**/*.sql'];
    const seen = [await hash({ inputs })];
    expect(seen[0]).toMatch(/^[0-9a-f]{64}$/);
    await write('other/3.txt', 'other');
    await write('unrelated');
    await write('db/node_modules/x/y.sql');
    await utimes(path.join(folder, 'db/1.sql'), 1, 1);
    expect(await hash({ inputs })).toBe(seen[0]);
    for (const change of [
      () => write('db/1.sql', 'other'),
      () => write('db/deep/4.sql'),
      () => write('seed.csv', ''),
      () => write('other/a/5.sql'),
      () => rm(path.join(folder, 'db/deep/2.sql')),
    ]) {
      await change();
      seen.push(await hash({ inputs }));
    }
    expect(new Set(seen).size).toBe(6);
  });

  it('is nothing where the file says nothing and nothing is known; an empty list is one', async () => {
    await write('src/app.js');
    expect(await hash({ migrate: ['node', 'nothere.js'] })).toBeUndefined();
    expect(await hash({ inputs: [] })).toBeDefined();
  });

  it.each([
    ['drizzle/0000_a.sql', ['drizzle-kit', 'migrate']],
    ['drizzle.config.ts', ['drizzle-kit', 'migrate']],
    ['prisma/migrations/2026_a/migration.sql', ['prisma', 'migrate', 'deploy']],
    ['prisma/schema.prisma', ['prisma', 'db', 'push']],
    ['prisma/seed.ts', ['prisma', 'db', 'seed']],
    ['migrations/2026_a.js', ['knex', 'migrate:latest']],
    ['db/migrate/2026_a.rb', ['bin/rails', 'db:migrate']],
    ['db/seeds.rb', ['bin/rails', 'db:seed']],
    ['database/migrations/2026_a.php', ['php', 'artisan', 'migrate']],
    ['alembic/versions/1_a.py', ['alembic', 'upgrade', 'head']],
    ['shop/migrations/0001_a.py', ['python', 'manage.py', 'migrate']],
    ['apps/shop/migrations/0001_a.py', ['python', 'manage.py', 'migrate']],
    ['priv/repo/migrations/2026_a.exs', ['mix', 'ecto.migrate']],
    ['tools/migrate.js', ['node', 'tools/migrate.js']],
    ['tools/sql/a.sql', ['node', 'tools/migrate.js']],
    ['apps/api/prisma/schema.prisma', ['pnpm', '--dir=apps/api', 'run', 'migrate']],
    ['apps/api/migrations/1.sql', ['npm', '--prefix', 'apps/api', 'run', 'migrate']],
    ['db/schema.sql', ['psql', '-f', 'db/schema.sql']],
  ])('%s is known to be read by %j', async (name, migrate) => {
    await write('tools/migrate.js');
    await write('manage.py');
    const before = await hash({ migrate });
    await write(name, 'some');
    const some = await hash({ migrate });
    await write(name, 'other');
    const other = await hash({ migrate });
    expect(new Set([before, some, other]).size).toBe(3);
  });

  it.each([
    ['', 'schema: "./src/server/db/schema.ts", out: "./migrated"', 'src/server/db/parts.ts'],
    ['', "schema: ['./src/tables/*.ts']", 'src/tables/a.ts'],
    ['', 'schema: "./src/schema.ts", out: `migrated`', 'migrated/0000_a.sql'],
    ['packages/db/', 'schema: "./src/schema/index.ts"', 'packages/db/src/schema/todo.ts'],
  ])('is of the schema that drizzle-kit is told in %j by %s', async (base, config, name) => {
    await write(`${base}drizzle.config.ts`, `export default { ${config} }`);
    await write(`${base}package.json`, '{"scripts": {"db:push": "drizzle-kit push"}}');
    const migrate = ['npm', '--prefix', base === '' ? '.' : 'packages/db', 'run', 'db:push'];
    const before = await hash({ migrate });
    await write(name, 'some');
    const some = await hash({ migrate });
    await write(name, 'other');
    expect(new Set([before, some, await hash({ migrate })]).size).toBe(3);
  });

  it("is told by package.json's scripts as well", async () => {
    const scripts = (migrate: string) => write('package.json', JSON.stringify({ scripts: { migrate, dev: 'x' } }));
    await write('tools/run.mjs', 'some');
    await scripts('node tools/run.mjs --all');
    const some = await hash({ migrate: ['npm', 'run', 'migrate'] });
    await write('tools/run.mjs', 'other');
    const other = await hash({ migrate: ['npm', 'run', 'migrate'] });
    await scripts('node tools/run.mjs --some');
    const command = await hash({ migrate: ['npm', 'run', 'migrate'] });
    expect(new Set([some, other, command]).size).toBe(3);
    const text = JSON.stringify({ scripts: { migrate: 'node tools/run.mjs --some', dev: 'x' } });
    await write('package.json', `\uFEFF${text}`);
    expect(await hash({ migrate: ['npm', 'run', 'migrate'] })).toBe(command);
    await write('package.json', '{');
    expect(await hash({ migrate: ['npm', 'run', 'migrate'] })).toBeUndefined();
  });

  it('does not leave the worktree', async () => {
    await write('migrations/1.sql');
    const before = await hash();
    const outside = await mkdtemp(path.join(tmpdir(), 'coppice-outside-'));
    try {
      await writeFile(path.join(outside, 'x.sql'), 'one');
      await symlink(outside, path.join(folder, 'migrations', 'link'), 'dir');
      const linked = await hash();
      expect(linked).not.toBe(before);
      await writeFile(path.join(outside, 'x.sql'), 'two');
      expect(await hash({ migrate: ['node', path.join(outside, 'x.sql'), '../x'] })).toBe(linked);
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  it('stops when that is asked for', async () => {
    await write('migrations/1.sql');
    await expect(hashInputs(folder, spec(), AbortSignal.abort())).rejects.toThrow();
  });
});

describe('database.inputs in coppice.yaml', () => {
  const read = (inputs: string) =>
    parseEnvironmentFile(
      `version: 1\nservices: {a: {command: x}}\ndatabase: {template: a_template, inputs: ${inputs}}\n`,
    );

  it('is a list of paths and patterns', () => {
    expect(read('[db/, "./sql/**/*.sql"]').file?.database?.inputs).toEqual(['db', 'sql/**/*.sql']);
    expect(
      parseEnvironmentFile('version: 1\nservices: {a: {command: x}}\ndatabase: {template: a}').file?.database?.inputs,
    ).toBe(undefined);
  });

  it.each(['[../x]', '[/etc/passwd]', '["C:/x"]', '["a\\\\b"]', 'db', '[""]', '[1]'])('%s is none', (inputs) => {
    const { file, problems } = read(inputs);
    expect(file).toBeUndefined();
    expect(problems[0]?.message).toContain('database.inputs');
  });
});
