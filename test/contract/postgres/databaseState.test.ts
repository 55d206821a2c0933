import { Client } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { databaseState } from '../../../src/adapters/postgres/databaseState';
import type { AdminConnection } from '../../../src/adapters/postgres/postgresServer';
import { Session } from '../../../src/adapters/postgres/session';
import { testPostgres, type TestPostgres } from '../../support/postgres';

let postgres: TestPostgres;
let connection: AdminConnection;
let admin: Session;
/** Of an administrator who is no superuser, and of nobody who works there. */
let developer: AdminConnection;

beforeAll(async () => {
  postgres = await testPostgres({ settings: { fsync: 'off' } });
  connection = await postgres.server.start();
  admin = await Session.open(connection);
  await admin.query(
    `CREATE ROLE developer LOGIN CREATEDB CREATEROLE PASSWORD 'secret'; CREATE ROLE somebody LOGIN PASSWORD 'secret'`,
  );
  await admin.query('CREATE DATABASE shop OWNER developer');
  developer = { ...connection, url: urlOf('developer'), password: 'secret' };
  await written(
    `CREATE TABLE notes (n int); CREATE SEQUENCE orders; CREATE SEQUENCE "un""used"; GRANT SELECT ON SEQUENCE "un""used" TO developer; GRANT USAGE ON SEQUENCE orders TO developer; SELECT lo_create(4242); GRANT ALL ON notes TO somebody, developer`,
  );
});
afterAll(async () => {
  await admin?.close();
  await postgres?.dispose();
});

function urlOf(role: string): string {
  const url = new URL(connection.url);
  url.username = role;
  url.password = 'secret';
  url.pathname = '/shop';
  return url.href;
}

async function written(sql: string): Promise<void> {
  const session = await Session.open(connection, 'shop');
  try {
    await session.query('SET search_path = public');
    await session.query(sql);
  } finally {
    await session.close();
  }
}

/** Once the sessions of before are gone, which tell what they wrote when they leave. */
async function state(as = connection): Promise<string> {
  let told: string | undefined;
  await vi.waitFor(
    async () => {
      const rows = await admin.query("SELECT FROM pg_stat_activity WHERE datname = 'shop'");
      expect(rows).toEqual([]);
      told = await databaseState(as, 'shop', undefined);
      expect(told).toBeDefined();
    },
    { timeout: 20_000, interval: 20 },
  );
  return told ?? '';
}

test.each([
  ['a row', 'INSERT INTO notes VALUES (1)'],
  ['what is in a large object', `SELECT lo_put(4242, 0, 'first')`],
  ['what is written over in it', `SELECT lo_put(4242, 0, 'SECOND')`],
  ['where a sequence stands', `SELECT setval('orders', 1000)`],
  ['where a sequence begins that was never used', `SELECT setval('"un""used"', 1000, false)`],
  ['a comment', `COMMENT ON TABLE notes IS 'mine'`],
  ['a cast', 'CREATE CAST (int AS text) WITH INOUT'],
  ['default privileges', 'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO somebody'],
])('%s makes another state', async (_what, sql) => {
  const before = await state();
  expect(await state()).toBe(before);
  await written(sql);
  expect(await state()).not.toBe(before);
});

test.each(['VACUUM ANALYZE', 'VACUUM FREEZE', 'SELECT count(*) FROM notes'])('%s makes none', async (sql) => {
  const before = await state();
  await written(sql);
  expect(await state()).toBe(before);
});

test('it cannot be told while somebody else works there, of whom an administrator who is no superuser is told nothing', async () => {
  const before = await state(developer);
  const client = new Client({ connectionString: urlOf('somebody') });
  await client.connect();
  try {
    await client.query('INSERT INTO public.notes VALUES (2)');
    await client.query('INSERT INTO public.notes VALUES (3)');
    expect(await databaseState(developer, 'shop', undefined)).toBeUndefined();
  } finally {
    await client.end();
  }
  expect(await state(developer)).not.toBe(before);
});

test('it cannot be told where a sequence is that says nothing to the administrator', async () => {
  await written('CREATE SEQUENCE hidden');
  await state();
  expect(await databaseState(developer, 'shop', undefined)).toBeUndefined();
  await written('GRANT SELECT ON SEQUENCE hidden TO developer');
  expect(await state(developer)).toMatch(/./);
});
