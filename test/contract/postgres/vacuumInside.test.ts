import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GivenServer } from '../../../src/adapters/postgres/givenServer';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import type { AdminConnection } from '../../../src/adapters/postgres/postgresServer';
import { Session } from '../../../src/adapters/postgres/session';
import { testPostgres, type TestPostgres } from '../../support/postgres';
import { until } from '../../support/until';
import { ownerOf, repositoryId, wanted } from './wanted';

// The server's own vacuum is in a database whenever it likes, and stays as long as it needs: here one that takes minutes.
let postgres: TestPostgres;
let connection: AdminConnection;
let admin: Session;
let databases: PostgresDatabases;

const isInside = async (database: string): Promise<boolean> => {
  const rows = await admin.query(
    `SELECT pid FROM pg_stat_activity WHERE backend_type = 'autovacuum worker' AND datname = $1`,
    [database],
  );
  return rows.length > 0;
};

async function run(url: string, ...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The vacuum waits 100 ms after each page that it reads. */
const neverDone = [
  `CREATE TABLE wide (n int, text text) WITH (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0,
     autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)`,
  `INSERT INTO wide SELECT n, repeat('x', 500) FROM generate_series(1, 20000) n`,
  'DELETE FROM wide WHERE n % 2 = 0',
];

beforeAll(async () => {
  postgres = await testPostgres({ settings: { fsync: 'off', autovacuum_naptime: '1s' } });
  connection = await postgres.server.start();
  admin = await Session.open(connection);
  await admin.query(
    `CREATE ROLE developer LOGIN CREATEDB CREATEROLE PASSWORD 'secret'; GRANT CONNECT ON DATABASE postgres TO developer`,
  );
  const url = new URL(connection.url);
  url.username = 'developer';
  url.pathname = '/';
  const server = new GivenServer({ url: url.href, password: () => Promise.resolve('secret') });
  databases = new PostgresDatabases({ server });
});
afterAll(async () => {
  await admin?.close();
  await postgres?.dispose();
});

const build = (url: string): Promise<void> => run(url, 'CREATE TABLE notes (n int)');
const request = { name: 'vacuumed', repositoryId, recipe: 'r' };

test('an administrator who is no superuser drops, keeps and takes back a database that is being vacuumed', async () => {
  const { name: template } = await databases.ensureTemplate(request, build);
  const own = wanted(1, template);
  const { url } = await databases.clone(own);
  await run(url, ...neverDone);
  await until(() => isInside(own.database), 60_000);
  await databases.drop({ ...own, keepMs: 3600_000 });
  expect(await databases.isKept(ownerOf(1))).toBe(true);
  expect(await databases.clone(own)).toMatchObject({ broughtBack: true });

  await until(() => isInside(own.database), 60_000);
  await databases.drop(own);
  expect(await databases.owner(own.database)).toBeUndefined();
  expect(await databases.isKept(ownerOf(1))).toBe(false);
}, 240_000);

test('builds its template anew while the one before is being vacuumed, and clones it', async () => {
  const { name: template } = await databases.ensureTemplate({ ...request, recipe: 'wide' }, async (url) => {
    await run(url, ...neverDone);
    // It comes already to what is being built.
    await until(() => isInside(new URL(url).pathname.slice(1)), 60_000);
  });
  await until(() => isInside(template), 60_000);
  const own = wanted(2, template);
  expect(await databases.clone(own)).toMatchObject({ created: true });
  await until(() => isInside(template), 60_000);
  expect(await databases.ensureTemplate({ ...request, recipe: 'r' }, build)).toEqual({ name: template, built: true });
  await databases.drop(own);
}, 240_000);
