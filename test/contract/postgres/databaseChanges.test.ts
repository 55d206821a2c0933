import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { takeBaseline } from '../../../src/adapters/postgres/databaseBaseline';
import { GivenServer } from '../../../src/adapters/postgres/givenServer';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import type { AdminConnection } from '../../../src/adapters/postgres/postgresServer';
import { isAlive, readPostmaster } from '../../../src/adapters/postgres/postmasterFile';
import { readChanges } from '../../../src/adapters/postgres/readChanges';
import { withSession } from '../../../src/adapters/postgres/session';
import type { DatabaseChanges } from '../../../src/core/databases/databaseChanges';
import { testPostgres, type TestPostgres } from '../../support/postgres';
import { until } from '../../support/until';

let postgres: TestPostgres;
let connection: AdminConnection;
let databases: PostgresDatabases;
let counter = 0;
let database = '';
let url = '';

const repositoryId = 'dddddddddddd';
const owner = { repositoryId, worktreeId: '111111111111' };
const wanted = () => ({ database, role: database, template: 'tpl_changes', owner });
const changes = () => databases.changes(wanted());

async function run(at: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: at });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

const schema = `CREATE TABLE notes (id serial PRIMARY KEY, n text); INSERT INTO notes (n) SELECT 'x' FROM generate_series(1, 20);
  CREATE SCHEMA shop; CREATE TABLE shop.orders (n int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE TABLE knex_migrations (n int); SELECT lo_create(0)`;

beforeAll(async () => {
  postgres = await testPostgres({ settings: { fsync: 'off' } });
  connection = await postgres.server.start();
  databases = new PostgresDatabases({ server: postgres.server });
  await databases.ensureTemplate({ name: 'tpl_changes', repositoryId, recipe: 'r' }, (at) => run(at, schema));
});
afterAll(() => postgres?.dispose());

beforeEach(async () => {
  database = `wt_changes_${++counter}`;
  ({ url } = await databases.clone(wanted()));
});

const changed = (rows: number, tables: Readonly<Record<string, number>>, bySchema = false): DatabaseChanges => ({
  kind: 'changed',
  rows,
  tables: Object.keys(tables).length,
  examples: Object.entries(tables).map(([table, count]) => ({ table, rows: count })),
  schema: bySchema,
});

test.each<[what: string, sql: string, DatabaseChanges]>([
  ['reading', 'SELECT count(*) FROM notes; SELECT f()', { kind: 'unchanged' }],
  ['looking after itself', 'VACUUM', { kind: 'unchanged' }],
  ['statistics', 'ANALYZE', { kind: 'unchanged' }],
  ['what is temporary', 'CREATE TEMP TABLE t (n int); INSERT INTO t VALUES (1)', { kind: 'unchanged' }],
  ['a schema of one migration', 'CREATE TABLE m (); INSERT INTO knex_migrations VALUES (1)', { kind: 'unchanged' }],
  ['rows', `INSERT INTO notes (n) VALUES ('y'), ('z')`, changed(2, { notes: 2 })],
  ['other values', `UPDATE notes SET n = 'y' WHERE id = 1`, changed(1, { notes: 1 })],
  ['rows that went', 'DELETE FROM notes', changed(20, { notes: 20 })],
  ['rows of a schema', 'INSERT INTO shop.orders VALUES (1)', changed(1, { 'shop.orders': 1 })],
  ['a table that was emptied', 'TRUNCATE notes', changed(0, {}, true)],
  ['a table', 'CREATE TABLE mine ()', changed(0, {}, true)],
  ['a column', 'ALTER TABLE notes ADD COLUMN more int', changed(0, {}, true)],
  [
    'a function that is another',
    `CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'`,
    changed(0, {}, true),
  ],
  ['a table that went', 'DROP TABLE shop.orders', changed(0, {}, true)],
  ['a large object', 'SELECT lo_create(0)', changed(1, { 'large objects': 1 })],
  [
    'what is in a large object of the template',
    `SELECT lo_put(oid, 0, 'mine') FROM pg_largeobject_metadata`,
    changed(1, { 'large objects': 1 }),
  ],
])('%s', async (_what, sql, expected) => {
  await run(url, sql);
  expect(await changes()).toEqual(expected);
});

test('what an open session wrote a moment ago is seen, though it has told nothing of it yet', async () => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('INSERT INTO shop.orders VALUES (0)');
    // The second one within a second is what a session keeps to itself.
    await client.query(`INSERT INTO notes (n) VALUES ('y'), ('z')`);
    expect(await changes()).toMatchObject({ kind: 'changed' });
  } finally {
    await client.end();
  }
});

test('an open session that wrote nothing is no change', async () => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SELECT count(*) FROM notes');
    expect(await changes()).toEqual({ kind: 'unchanged' });
  } finally {
    await client.end();
  }
});

test('a table that cannot be looked at now makes it unknown, in time', async () => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN; LOCK TABLE notes IN ACCESS EXCLUSIVE MODE');
    const before = performance.now();
    expect(await changes()).toMatchObject({ kind: 'unknown' });
    expect(performance.now() - before).toBeLessThan(6000);
  } finally {
    await client.end();
  }
});

test('what the owner of a database sets for it decides nothing for the administrator', async () => {
  await run(
    url,
    `CREATE SCHEMA evil; CREATE FUNCTION evil.age(xid) RETURNS int LANGUAGE sql AS 'SELECT 0';
     CREATE FUNCTION evil.current_database() RETURNS name LANGUAGE plpgsql AS $$ BEGIN RAISE 'called as %', current_user; END $$;
     ALTER DATABASE "${database}" SET search_path = evil, pg_catalog; ALTER DATABASE "${database}" SET statement_timeout = 1`,
  );
  expect(await changes()).toEqual(changed(0, {}, true));
});

test('a database of before is looked through, and says what it cannot tell', async () => {
  const mark = JSON.stringify({ coppice: 1, ...owner });
  await withSession(connection, undefined, undefined, (session) =>
    session.query(`COMMENT ON ROLE "${database}" IS '${mark}'`),
  );
  expect(await changes()).toEqual({
    kind: 'unknown',
    reason: 'The server lost its counts, as in a crash, so that rows may have been deleted.',
  });
  await run(url, `INSERT INTO notes (n) VALUES ('y')`);
  expect(await changes()).toEqual(changed(1, { notes: 1 }));
});

test('a session that has looked through all tables goes on as it was', async () => {
  const limits = `SELECT current_setting('statement_timeout') AS timeout, current_setting('row_security') AS security`;
  await withSession(connection, database, undefined, async (session) => {
    const before = await session.query(limits);
    const { transaction, objects } = await takeBaseline(session, undefined);
    const since = { transaction, objects, countedSince: '' };
    expect(await readChanges(session, since, undefined)).toMatchObject({ kind: 'unknown' });
    expect(await session.query(limits)).toEqual(before);
  });
});

test('a server that was stopped in order still knows, and is started to be asked', async () => {
  await run(url, `INSERT INTO notes (n) VALUES ('y')`);
  await postgres.server.stop();
  expect(await changes()).toEqual(changed(1, { notes: 1 }));
  connection = await postgres.server.start();
});

test('after a crash, which takes the counters, what was written is still seen, and what may have been deleted', async () => {
  const written = database;
  await run(url, `UPDATE notes SET n = 'y' WHERE id < 4`);
  const shrunk = `wt_changes_${++counter}`;
  const { url: other } = await databases.clone({ ...wanted(), database: shrunk, role: shrunk });
  await run(other, 'DELETE FROM notes WHERE id = 1');
  database = `wt_changes_${++counter}`;
  await databases.clone(wanted());
  const postmaster = await readPostmaster(`${postgres.server.folder}/server/data`);
  if (!postmaster) throw new Error('no server');
  process.kill(postmaster.pid, 'SIGQUIT');
  await until(() => !isAlive(postmaster.pid));
  connection = await postgres.server.start();
  expect(await databases.changes({ database: written, owner })).toEqual(changed(3, { notes: 3 }));
  expect(await databases.changes({ database: shrunk, owner })).toEqual({
    kind: 'unknown',
    reason: 'The server lost its counts, as in a crash, so that rows may have been deleted.',
  });
  expect(await changes()).toEqual({ kind: 'unchanged' });
});

test('a server that cannot be asked makes it unknown, with the reason', async () => {
  const nowhere = new PostgresDatabases({
    server: new GivenServer({ url: 'postgresql://me@127.0.0.1:1/', password: () => Promise.resolve('x') }),
  });
  expect(await nowhere.changes(wanted())).toEqual({
    kind: 'unknown',
    reason: expect.stringContaining('PostgreSQL does not answer') as string,
  });
});
