import { describe, expect, it } from 'vitest';
import { databaseStatus } from '../../../../../src/app/databases/migrations/migrationStatus';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { FakeDatabaseTables } from '../../../../support/fakes/fakeDatabaseTables';
import { FakeRepositoryFiles } from '../../../../support/fakes/fakeRepositoryFiles';

const folder = '/code/repo.worktrees/x';
const run = { signal: new AbortController().signal, report: () => undefined };

async function aWorld(texts: Readonly<Record<string, string>>) {
  const world = new EnvironmentWorld();
  const { identity } = await world.createBranch('x');
  const database = identity.parts.database?.database ?? '';
  const tables = new FakeDatabaseTables();
  const files = new FakeRepositoryFiles(texts);
  const status = (at = folder) => databaseStatus({ ...world.createPorts(), tables, files })({ folder: at }, run);
  return { identity, database, tables, status };
}

const packageOf = (...names: readonly string[]) => ({
  'package.json': JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '1'])) }),
});
const migrations = { 'migrations/1_a.ts': '', 'migrations/2_b.ts': '' };

describe('how far the database of an environment is', () => {
  it('is told of each tool', async () => {
    const { identity, database, tables, status } = await aWorld({
      ...packageOf('node-pg-migrate'),
      ...migrations,
      'old/1_a.sql': '-- migrate:up\n',
    });
    tables.own(database, identity.owner);
    tables.put(database, 'public', 'pgmigrations', [{ name: '1_a' }]);
    tables.put(database, 'public', 'schema_migrations', [{ version: '1' }]);
    expect(await status()).toMatchObject({
      database,
      migrations: [
        { tool: 'node-pg-migrate', folder: 'migrations', state: 'behind', behind: ['2_b'] },
        { tool: 'dbmate', folder: 'old', state: 'upToDate' },
      ],
    });
  });

  it('is not told of one that is there for its queries, and finds the files of another', async () => {
    const { identity, database, tables, status } = await aWorld({
      ...packageOf('node-pg-migrate', 'kysely', 'knex'),
      ...migrations,
    });
    tables.own(database, identity.owner);
    tables.put(database, 'public', 'pgmigrations', [{ name: '1_a' }, { name: '2_b' }]);
    expect((await status()).migrations.map(({ tool, state }) => [tool, state])).toEqual([
      ['node-pg-migrate', 'upToDate'],
    ]);
  });

  it('is not known where the server does not tell, with the reason', async () => {
    const { database, status } = await aWorld({ ...packageOf('node-pg-migrate'), ...migrations });
    expect((await status()).migrations).toMatchObject([
      { state: 'unknown', notes: [`The server has no database ${database}.`] },
    ]);
  });

  it('is told of a package without migrations only where no other has some, while the server does not tell', async () => {
    const queries = Object.fromEntries(
      Object.entries(packageOf('kysely')).map(([path, text]) => [`api/${path}`, text]),
    );
    const beside = await aWorld({ ...packageOf('node-pg-migrate'), ...migrations, ...queries });
    expect((await beside.status()).migrations.map(({ tool }) => tool)).toEqual(['node-pg-migrate']);
    const alone = await aWorld(queries);
    expect((await alone.status()).migrations).toMatchObject([
      { tool: 'Kysely', state: 'unknown', notes: [`The server has no database ${alone.database}.`] },
    ]);
  });

  it("is refused of another's database, and where there is none", async () => {
    const { database, tables, status } = await aWorld({ ...packageOf('knex'), ...migrations });
    tables.own(database, { repositoryId: 'other', worktreeId: 'other' });
    await expect(status()).rejects.toMatchObject({ code: 'conflict' });
    await expect(status('/code/repo')).rejects.toMatchObject({ code: 'notFound' });
  });

  it('is nothing where no tool is known', async () => {
    const { identity, database, tables, status } = await aWorld({ 'db/001.sql': 'SELECT 1;' });
    tables.own(database, identity.owner);
    expect(await status()).toEqual({ database, migrations: [] });
  });
});
