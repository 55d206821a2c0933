import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GivenServer } from '../../../src/adapters/postgres/givenServer';
import { lockKey, makingHash } from '../../../src/adapters/postgres/ownership';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import type { AdminConnection } from '../../../src/adapters/postgres/postgresServer';
import { Session, withSession } from '../../../src/adapters/postgres/session';
import { isAbort } from '../../../src/core/errors';
import { relayDatabase, relayedFrom } from '../../support/databaseRelay';
import { postgresPrograms, testPostgres, type TestPostgres } from '../../support/postgres';
import { databasesContract, type DatabasesUnderTest } from './databasesContract';
import { postgresVersion } from '../../support/toolVersions';
import { until } from '../../support/until';
import { verifies } from '../../support/verified';
import { repositoryId, wanted } from './wanted';

verifies('PostgreSQL', () => postgresVersion(postgresPrograms), {
  obtained:
    process.env['COPPICE_POSTGRES_PROGRAMS'] === undefined
      ? 'npm, of the development dependencies'
      : 'given by COPPICE_POSTGRES_PROGRAMS',
  asked: 'the contract of databases: templates, clones, roles, owners, what others left behind',
});

let postgres: TestPostgres;
let connection: AdminConnection;
let admin: Session;
let databases: PostgresDatabases;
let unprivileged: PostgresDatabases;

beforeAll(async () => {
  postgres = await testPostgres({ settings: { fsync: 'off' } });
  connection = await postgres.server.start();
  admin = await Session.open(connection);
  databases = new PostgresDatabases({ server: postgres.server });
  await admin.query(
    `CREATE ROLE developer LOGIN CREATEDB CREATEROLE PASSWORD 'p/w@:'; GRANT CONNECT ON DATABASE postgres TO developer`,
  );
  const url = new URL(connection.url);
  url.username = 'developer';
  url.pathname = '/';
  unprivileged = new PostgresDatabases({
    server: new GivenServer({ url: url.href, password: () => Promise.resolve('p/w@:') }),
  });
});

afterAll(async () => {
  await admin?.close();
  await postgres?.dispose();
});

async function inventory(): Promise<string[]> {
  const rows = await admin.query<{ name: string }>(
    `SELECT 'database ' || datname AS name FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')
     UNION ALL SELECT 'role ' || rolname FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%' ORDER BY 1`,
  );
  // A template's role has a random name.
  return rows.map(({ name }) => name.replace(/(?<=^role coppice_tpl_[0-9a-f]{12}_)[0-9a-f]{8}$/, 'x'));
}

const createForeign = async (name: string): Promise<void> => {
  await admin.query(`CREATE DATABASE "${name}"`);
};
const makeTables = async (url: string): Promise<void> => {
  const tables = ['a', 'b', 'c', 'd', 'migrations'].map((name) => `CREATE TABLE ${name} (n int)`);
  await run(url, [...tables, 'INSERT INTO a SELECT generate_series(1, 5)'].join(';'));
};
const insert = async (database: string, table: string, rows: number): Promise<void> => {
  await withSession(connection, database, undefined, (session) =>
    session.query(`INSERT INTO public.${table} SELECT generate_series(1, ${rows})`),
  );
};
const inventoryWithoutRemainders = async (name: string): Promise<string[]> =>
  (await inventory()).filter((entry) => entry.endsWith(` ${name}`));

databasesContract('PostgreSQL as a superuser', (): DatabasesUnderTest => ({
  databases,
  inventory: async () => (await inventory()).map((entry) => entry.replace(/^database /, '')),
  createForeign,
  makeTables,
  insert,
}));

databasesContract('PostgreSQL as a role that may create databases and roles', (): DatabasesUnderTest => ({
  databases: unprivileged,
  inventory: async () => (await inventory()).map((entry) => entry.replace(/^database /, '')),
  createForeign,
  makeTables,
  insert,
}));

async function run<T = unknown>(url: string, ...statements: string[]): Promise<T[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    let rows: T[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows as T[];
    return rows;
  } finally {
    await client.end();
  }
}

const schema = `CREATE TABLE counts (id serial PRIMARY KEY, n int NOT NULL); INSERT INTO counts (n) SELECT generate_series(1, 100);
  CREATE TYPE mood AS ENUM ('a', 'b'); CREATE SCHEMA more; CREATE TABLE more.things (m mood); CREATE VIEW v AS SELECT n FROM counts;
  CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE EXTENSION citext;
  ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC; GRANT SELECT ON counts TO PUBLIC`;

const ready = (on: PostgresDatabases, name: string) =>
  on.ensureTemplate({ name, repositoryId, recipe: schema }, async (url) => {
    await run(url, schema);
  });

describe.each([
  ['superuser', () => databases],
  ['developer', () => unprivileged],
] as const)('an environment of a server administered by a %s', (who, on) => {
  const [a, b, c] = who === 'superuser' ? [1, 2, 3] : [4, 5, 6];
  const template = `own_${who}`;
  let first = '';
  let second = '';

  beforeAll(async () => {
    await ready(on(), template);
    [first, second] = (await Promise.all([a, b].map(async (n) => (await on().clone(wanted(n, template))).url))) as [
      string,
      string,
    ];
  });

  test('has the rows of the template, and changes only its own', async () => {
    await run(first, 'DELETE FROM counts WHERE n > 1');
    expect(await run(first, 'SELECT count(*)::int AS n FROM counts')).toEqual([{ n: 1 }]);
    expect(await run(second, 'SELECT count(*)::int AS n FROM counts')).toEqual([{ n: 100 }]);
  });

  test('owns everything in it', async () => {
    await run(
      second,
      'ALTER TABLE counts ADD COLUMN more int',
      `ALTER TYPE mood ADD VALUE 'c'`,
      'INSERT INTO counts (n) VALUES (7)',
      'DROP VIEW v',
      'DROP FUNCTION f()',
      'CREATE TABLE more.other ()',
      'DROP SCHEMA more CASCADE',
      'CREATE TABLE public.mine ()',
    );
    const owners = await run<{ owner: string }>(
      second,
      `SELECT DISTINCT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE relnamespace = 'public'::regnamespace`,
    );
    expect(owners).toEqual([{ owner: `wt_own_${b}` }]);
  });

  test('is closed to every other environment, and so are template and administration', async () => {
    const attempt = (database: string): Promise<unknown> => {
      const url = new URL(first);
      url.pathname = `/${database}`;
      return run(url.href, 'SELECT 1').then(
        () => 'connected',
        (error: unknown) => (error instanceof Error ? Reflect.get(error, 'code') : error),
      );
    };
    expect(await attempt(`wt_own_${b}`)).toBe('42501');
    expect(await attempt(template)).toMatch(/^(55000|42501)$/);
    expect(await attempt('postgres')).toBe('42501');
    expect(await attempt('template1')).toBe('42501');
    expect(await attempt(`wt_own_${a}`)).toBe('connected');
    await expect(run(first, 'CREATE DATABASE x')).rejects.toMatchObject({ code: '42501' });
    await expect(run(first, 'CREATE ROLE x')).rejects.toMatchObject({ code: '42501' });
    await expect(run(first, `SET ROLE wt_own_${b}`)).rejects.toMatchObject({ code: '42501' });
    await expect(run(first, `COPY (SELECT 1) TO PROGRAM 'true'`)).rejects.toMatchObject({ code: '42501' });
    await expect(run(first, `DROP DATABASE "wt_own_${b}"`)).rejects.toMatchObject({ code: '42501' });
  });

  test('found again, its old password is no longer good', async () => {
    const { url } = await on().clone(wanted(b, template));
    await expect(run(second, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(await run(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('pods have an address of their own where one is said, and the way back is the one from here', async () => {
    const podAddress = 'db.infra:6543';
    const apart = new PostgresDatabases({ server: postgres.server, podAddress });
    const { url } = await apart.clone(wanted(b, template));
    const podUrl = await apart.podUrl(url);
    expect(podUrl).toBe(url.replace(`@127.0.0.1:${new URL(url).port}/`, `@${podAddress}/`));
    expect(await apart.isCurrent(podUrl, 'pods')).toBe(true);
    expect(await apart.isCurrent(url, 'pods')).toBe(false);
    expect(await apart.isCurrent(url, 'machine')).toBe(true);
    expect(await on().isCurrent(podUrl, 'pods')).toBe(false);
    expect(await apart.machineUrl(podUrl)).toBe(url);
    expect(await run((await apart.machineUrl(podUrl)) ?? '', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await apart.machineUrl('no url')).toBeUndefined();
  });

  // Only there has a machine more than one address of its own to come from.
  test.runIf(process.platform === 'linux')(
    'its sessions are seen from where they come, those of here aside',
    async () => {
      const { url } = await on().clone(wanted(b, template));
      const relay = await relayDatabase(postgres.server, '127.0.0.1');
      const relayed = new URL(url);
      relayed.host = relay.address;
      const open = async (connectionString: string): Promise<Client> => {
        const client = new Client({ connectionString });
        await client.connect();
        return client;
      };
      const here = await open(url);
      expect(await on().peers(`wt_own_${b}`)).toEqual([]);
      const pod = await open(relayed.href);
      expect(await on().peers(`wt_own_${b}`)).toEqual([relayedFrom]);
      expect(await on().peers(`wt_own_${a}`)).toEqual([]);
      await Promise.all([here.end(), pod.end()]);
      await relay.close();
    },
  );

  test('is dropped under the feet of its sessions', async () => {
    const { url } = await on().clone(wanted(c, template));
    const client = new Client({ connectionString: url });
    const ended = new Promise((resolve) => client.once('end', resolve));
    client.on('error', () => undefined);
    await client.connect();
    await on().drop(wanted(c, template));
    await ended;
    expect(await inventoryWithoutRemainders(`wt_own_${c}`)).toEqual([]);
  });

  test('a new recipe replaces the template and its role; a clone of the old one stays', async () => {
    const change = { name: `${template}_2`, repositoryId };
    await on().ensureTemplate(
      { ...change, recipe: '1' },
      async (url) =>
        void (await run(url, 'CREATE TABLE one (); ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC')),
    );
    const old = await on().clone({ ...wanted(c, change.name) });
    const rolesBefore = (await inventory()).filter((entry) => entry.startsWith('role coppice_tpl_')).length;
    await on().ensureTemplate({ ...change, recipe: '2' }, async (url) => void (await run(url, 'CREATE TABLE two ()')));
    expect((await inventory()).filter((entry) => entry.startsWith('role coppice_tpl_'))).toHaveLength(rolesBefore);
    expect((await inventory()).filter((entry) => entry.includes('coppice_tmp_'))).toEqual([]);
    expect(await run(old.url, 'SELECT FROM one')).toEqual([]);
    await on().drop(wanted(c, change.name));
    const fresh = await on().clone(wanted(c, change.name));
    expect(await run(fresh.url, 'SELECT FROM two')).toEqual([]);
    await on().drop(wanted(c, change.name));
  });
});

describe('what others left behind', () => {
  test('leftovers of dead attempts are dropped by the next run, those of the living are not', async () => {
    await ready(databases, 'own_left');
    const dead = `coppice_tmp_${makingHash('database', 'wt_dead')}_deadbeef`;
    const livingHash = makingHash('database', 'wt_living');
    const living = `coppice_tmp_${livingHash}_deadbeef`;
    const unlike = 'coppice_tmp_notes';
    for (const name of [dead, living, unlike]) await admin.query(`CREATE DATABASE "${name}"`);
    await admin.query(`CREATE ROLE coppice_tpl_${makingHash('template', 'gone')}_deadbeef`);
    const other = await Session.open(connection);
    try {
      await other.query(`SELECT pg_advisory_lock(${lockKey(livingHash)})`);
      await databases.clone(wanted(7, 'own_left'));
      const names = (await inventory()).filter((name) => name.includes('deadbeef') || name.includes('notes'));
      expect(names).toEqual([`database ${living}`, `database ${unlike}`]);
      expect(await inventoryWithoutRemainders(`coppice_tpl_${makingHash('template', 'gone')}_x`)).toEqual([]);
    } finally {
      await other.close();
    }
    await databases.drop(wanted(7, 'own_left'));
    expect((await inventory()).filter((name) => name.includes('deadbeef'))).toEqual([]);
    await admin.query(`DROP DATABASE "${unlike}"`);
  });

  test('a database whose dropping was cut off is made anew', async () => {
    await ready(databases, 'own_left');
    await databases.clone(wanted(8, 'own_left'));
    await admin.query(`UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'wt_own_8'`);
    const { url, created } = await databases.clone(wanted(8, 'own_left'));
    expect(created).toBe(true);
    expect(await run(url, 'SELECT count(*)::int AS n FROM counts')).toEqual([{ n: 100 }]);
    await admin.query(`UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'wt_own_8'`);
    await databases.drop(wanted(8, 'own_left'));
    expect(await inventoryWithoutRemainders('wt_own_8')).toEqual([]);
  });

  test('a role of that name that is none of ours is left alone', async () => {
    await ready(databases, 'own_left');
    await admin.query('CREATE ROLE wt_own_9');
    await expect(databases.clone(wanted(9, 'own_left'))).rejects.toMatchObject({ code: 'conflict' });
    await expect(databases.drop(wanted(9, 'own_left'))).rejects.toMatchObject({ code: 'conflict' });
    expect(await inventoryWithoutRemainders('wt_own_9')).toEqual(['role wt_own_9']);
    await admin.query('DROP ROLE wt_own_9');
  });
});

describe('waiting and failing', () => {
  test('waiting for another process that builds is cancelled at once, and its lock is not left behind', async () => {
    const hash = makingHash('template', 'own_waiting');
    await admin.query(`SELECT pg_advisory_lock(${lockKey(hash)})`);
    const controller = new AbortController();
    const waiting = databases
      .ensureTemplate({ name: 'own_waiting', repositoryId, recipe: 'r' }, () => Promise.resolve(), controller.signal)
      .catch((error: unknown) => error);
    const isWaiting = async (): Promise<boolean> =>
      (await admin.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).length > 0;
    await expect.poll(isWaiting, { timeout: 5000 }).toBe(true);
    controller.abort();
    expect(isAbort(await waiting)).toBe(true);
    expect(await isWaiting()).toBe(false);
    await admin.query(`SELECT pg_advisory_unlock(${lockKey(hash)})`);
    expect((await admin.query(`SELECT FROM pg_locks WHERE locktype = 'advisory'`)).length).toBe(0);
  });

  test('a clone that is cancelled while the server copies leaves nothing', async () => {
    await ready(databases, 'own_left');
    const before = await inventory();
    // A session in the way of CREATE DATABASE keeps it waiting: it wants the template's lock.
    await admin.query('BEGIN; COMMENT ON DATABASE own_left IS NULL');
    const controller = new AbortController();
    const cloning = databases.clone(wanted(8, 'own_left'), controller.signal).catch((error: unknown) => error);
    const other = await Session.open(connection);
    try {
      const waits = (): Promise<unknown[]> =>
        other.query(`SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE DATABASE%' AND wait_event_type = 'Lock'`);
      await expect.poll(async () => (await waits()).length, { timeout: 5000 }).toBe(1);
      controller.abort();
      expect(isAbort(await cloning)).toBe(true);
    } finally {
      await admin.query('ROLLBACK');
      await other.close();
    }
    expect(await inventory()).toEqual(before);
    expect((await databases.clone(wanted(8, 'own_left'))).created).toBe(true);
    await databases.drop(wanted(8, 'own_left'));
  });

  test('no connection stays open for longer than a moment', async () => {
    const open = `SELECT FROM pg_stat_activity WHERE application_name = 'coppice' AND pid <> pg_backend_pid()`;
    await until(async () => (await admin.query(open)).length === 0);
  });

  test('a clone that would fill the disk is not begun', async () => {
    await ready(databases, 'own_left');
    const before = await inventory();
    const own = () => Promise.resolve(connection);
    const server = { connect: own, find: own, exists: () => Promise.resolve(true) };
    const full = new PostgresDatabases({ server: { ...server, freeBytes: () => Promise.resolve(20 * 1024 * 1024) } });
    await expect(full.clone(wanted(8, 'own_left'))).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(
        /^A clone of own_left needs about \d+ MiB, and the disk .* has 20 MiB left\.$/,
      ) as string,
    });
    expect(await inventory()).toEqual(before);
  });

  const given = (url: string, password = 'x'): PostgresDatabases =>
    new PostgresDatabases({ server: new GivenServer({ url, password: () => Promise.resolve(password) }) });

  test('each failure has its code, and no message has the password', async () => {
    const secret = 'a-wrong-secret';
    const wrong = await given(connection.url, secret)
      .connect()
      .catch((error: unknown) => error);
    expect(wrong).toMatchObject({ code: 'denied' });
    expect(String(wrong)).not.toContain(secret);
    await expect(given('postgresql://me@127.0.0.1:1/').connect()).rejects.toMatchObject({ code: 'unreachable' });
    await expect(given('postgresql://me@nowhere.invalid/').connect()).rejects.toMatchObject({ code: 'unreachable' });
    for (const url of ['', 'x', 'http://a/b', 'postgresql://host-without-user/']) {
      await expect(given(url).connect()).rejects.toMatchObject({ code: 'notConfigured' });
    }
    await admin.query(`CREATE ROLE poor LOGIN PASSWORD 'p'; GRANT CONNECT ON DATABASE postgres TO poor`);
    const poor = new URL(connection.url);
    poor.username = 'poor';
    await expect(given(poor.href, 'p').connect()).rejects.toMatchObject({ code: 'denied' });
    await admin.query('DROP OWNED BY poor; DROP ROLE poor');
  });
});
