import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import type { AdminConnection } from '../../../src/adapters/postgres/postgresServer';
import { withSession } from '../../../src/adapters/postgres/session';
import { testPostgres, type TestPostgres } from '../../support/postgres';
import { repositoryId, wanted } from './wanted';

let postgres: TestPostgres;
let connection: AdminConnection;
let databases: PostgresDatabases;
let template = '';

beforeAll(async () => {
  postgres = await testPostgres({ settings: { fsync: 'off' } });
  connection = await postgres.server.start();
  databases = new PostgresDatabases({ server: postgres.server });
  const build = (url: string): Promise<void> => run(url, 'CREATE TABLE notes (t text)');
  ({ name: template } = await databases.ensureTemplate({ name: 'replaced', repositoryId, recipe: 'r' }, build));
}, 120_000);
afterAll(() => postgres?.dispose());

async function open(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function run(url: string, statement: string): Promise<void> {
  const client = await open(url);
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Of an environment whose snapshot `s` is empty, and whose `before-restore` holds what nothing else does. */
async function precious(n: number) {
  const own = { ...wanted(n, template), commit: undefined };
  const { url } = await databases.clone(own);
  await databases.takeSnapshot({ ...own, name: 's' });
  await run(url, `INSERT INTO notes VALUES ('precious')`);
  expect(await databases.restoreSnapshot({ ...own, name: 's' })).toMatchObject({ kept: { name: 'before-restore' } });
  return {
    own,
    url,
    restore: (name = 's') => databases.restoreSnapshot({ ...own, name }),
    async rows(): Promise<number> {
      const client = await open(url);
      try {
        return (await client.query('SELECT t FROM notes')).rows.length;
      } finally {
        await client.end();
      }
    },
  };
}

test('where nobody can tell whether the database was written to, what was kept before stays', async () => {
  const { own, url, restore, rows } = await precious(1);
  // Its rows cannot be looked at, and its counts may not have been told yet.
  const busy = await open(url);
  await busy.query('BEGIN; LOCK TABLE notes');
  expect(await restore()).toMatchObject({ kept: { name: 'before-restore-2' }, dropped: [] });
  await busy.end().catch(() => undefined);
  // Nor does that go of which nobody could tell, once nothing was written for certain.
  expect(await restore()).toMatchObject({ kept: { name: 'before-restore-3' }, dropped: [] });
  expect(await restore()).toMatchObject({ kept: { name: 'before-restore-4' }, dropped: ['before-restore-3'] });
  await restore('before-restore');
  expect(await rows()).toBe(1);
  await databases.drop(own);
}, 120_000);

test('one that is damaged is replaced, and what was kept before stays', async () => {
  const { own, restore, rows } = await precious(2);
  const damage = 'SET allow_system_table_mods = on; DROP VIEW pg_catalog.pg_stat_user_tables CASCADE';
  await withSession(connection, own.database, undefined, (session) => session.query(damage));
  expect(await databases.changes(own)).toMatchObject({ kind: 'unknown' });
  expect(await restore()).toMatchObject({ kept: { name: 'before-restore-2' }, dropped: [] });
  await restore('before-restore');
  expect(await rows()).toBe(1);
  await databases.drop(own);
}, 120_000);
