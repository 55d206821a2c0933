import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GivenServer } from '../../../src/adapters/postgres/givenServer';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import type { AdminConnection } from '../../../src/adapters/postgres/postgresServer';
import { isSameOwner } from '../../../src/core/clusters/isSameOwner';
import { Session } from '../../../src/adapters/postgres/session';
import { testPostgres, type TestPostgres } from '../../support/postgres';
import { ownerOf, repositoryId, wanted } from './wanted';

let postgres: TestPostgres;
let connection: AdminConnection;
let admin: Session;
const on: Record<string, PostgresDatabases> = {};

beforeAll(async () => {
  postgres = await testPostgres({ settings: { fsync: 'off' } });
  connection = await postgres.server.start();
  admin = await Session.open(connection);
  await admin.query(
    `CREATE ROLE developer LOGIN CREATEDB CREATEROLE PASSWORD 'secret'; GRANT CONNECT ON DATABASE postgres TO developer`,
  );
  const url = new URL(connection.url);
  url.username = 'developer';
  url.pathname = '/';
  on['a superuser'] = new PostgresDatabases({ server: postgres.server });
  on['a role that may create databases and roles'] = new PostgresDatabases({
    server: new GivenServer({ url: url.href, password: () => Promise.resolve('secret') }),
  });
});
afterAll(async () => {
  await admin?.close();
  await postgres?.dispose();
});

const hourMs = 3600_000;

async function open(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function run(url: string, statement: string): Promise<unknown[]> {
  const client = await open(url);
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

async function inventory(): Promise<string[]> {
  const rows = await admin.query<{ name: string }>(
    `SELECT 'database ' || datname AS name FROM pg_database UNION ALL SELECT 'role ' || rolname FROM pg_roles ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

async function comments(role: string): Promise<string | undefined> {
  const [row] = await admin.query<{ comment: string }>(
    `SELECT shobj_description(oid, 'pg_authid') AS comment FROM pg_roles WHERE rolname = $1`,
    [role],
  );
  return row?.comment;
}

describe.each(['a superuser', 'a role that may create databases and roles'])('a database that is kept, by %s', (as) => {
  const base = as === 'a superuser' ? 1 : 4;
  const databases = (): PostgresDatabases => {
    const found = on[as];
    if (!found) throw new Error(as);
    return found;
  };
  let template = '';
  beforeAll(async () => {
    const build = async (url: string): Promise<void> =>
      void (await run(url, 'CREATE TABLE notes (n int); INSERT INTO notes VALUES (1)'));
    template = (await databases().ensureTemplate({ name: `kept_${base}`, repositoryId, recipe: 'r' }, build)).name;
  });

  test('comes back to its owner with its rows, and to nobody else', async () => {
    const own = wanted(base, template);
    const { url } = await databases().clone(own);
    await run(url, 'INSERT INTO notes VALUES (2), (3)');
    const before = await databases().changes(own);
    const holdsIt = await open(url);
    const looksIn = await Session.open(connection, own.database);
    if (as !== 'a superuser') {
      // Nobody sends an administrator of the server away, and then nothing has changed.
      await expect(databases().drop({ ...own, keepMs: hourMs })).rejects.toMatchObject({ code: 'denied' });
      expect(await run(url, 'SELECT count(*)::int AS n FROM notes')).toEqual([{ n: 3 }]);
      await looksIn.close();
    }
    await databases().drop({ ...own, keepMs: hourMs });
    await expect(holdsIt.query('SELECT 1')).rejects.toThrow();
    await expect(looksIn.query('SELECT 1')).rejects.toThrow();
    await Promise.all([holdsIt.end().catch(() => undefined), looksIn.close()]);
    expect(await databases().owner(own.database)).toBeUndefined();
    expect((await databases().owned())?.map(({ name }) => name)).not.toContain(own.database);
    await expect(run(url, 'SELECT 1')).rejects.toThrow();
    expect([await databases().isKept(own.owner), await databases().isKept(ownerOf(9))]).toEqual([true, false]);

    // Its names are free meanwhile.
    const other = { ...own, owner: ownerOf(base + 1) };
    const others = await databases().clone(other);
    expect(others).toMatchObject({ created: true, broughtBack: false });
    expect(await run(others.url, 'SELECT count(*)::int AS n FROM notes')).toEqual([{ n: 1 }]);
    await expect(databases().clone(own)).rejects.toMatchObject({ code: 'conflict' });
    expect(await databases().isKept(own.owner)).toBe(true);
    await databases().drop(other);

    const back = await databases().clone(own);
    expect(back).toMatchObject({ created: false, broughtBack: true });
    expect(await run(back.url, 'SELECT n FROM notes ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(await databases().changes(own)).toEqual(before);
    expect(await databases().isKept(own.owner)).toBe(false);
    await databases().drop(own);
    expect((await inventory()).filter((name) => /kept_[0-9a-f]{12}|wt_own/.test(name))).toEqual([]);
  });

  test('is dropped with its role when its time is over, and not before', async () => {
    const [own, next] = [wanted(base, template), wanted(base + 1, template)];
    await databases().clone(own);
    await databases().drop({ ...own, keepMs: hourMs });
    await databases().clone(own);
    await databases().drop({ ...own, keepMs: 1 });
    expect(await databases().isKept(own.owner)).toBe(true);
    await databases().clone(next);
    expect(await databases().isKept(own.owner)).toBe(false);
    await databases().drop(next);
    // Its own create does not come too late as long as it is there, and once it was asked for it stays.
    await databases().clone(own);
    await databases().drop({ ...own, keepMs: 1 });
    expect(await databases().clone(own)).toMatchObject({ created: false, broughtBack: true });
    await databases().drop({ ...own, keepMs: 1 });
    expect([await databases().keepOn(own.owner), await databases().keepOn(ownerOf(9))]).toEqual([true, false]);
    await databases().clone(next);
    await databases().drop(next);
    expect(await databases().isKept(own.owner)).toBe(true);
    // The delete of a worktree that was brought back and never had its create, and one that keeps nothing.
    await databases().drop({ ...own, keepMs: hourMs });
    expect(await databases().isKept(own.owner)).toBe(true);
    await databases().drop(own);
    expect(await databases().isKept(own.owner)).toBe(false);
    expect((await inventory()).filter((name) => /kept_[0-9a-f]{12}|wt_own/.test(name))).toEqual([]);
  });

  test('is found by a create, and kept by the next delete, when the delete that kept it was cut off', async () => {
    const own = wanted(base, template);
    const { url } = await databases().clone(own);
    await run(url, 'INSERT INTO notes VALUES (2)');
    const closed = `ALTER ROLE ${own.role} NOLOGIN; ALTER DATABASE ${own.database} ALLOW_CONNECTIONS false`;
    await admin.query(closed);
    const found = await databases().clone(own);
    expect(found).toMatchObject({ created: false, broughtBack: false });
    expect(await run(found.url, 'SELECT count(*)::int AS n FROM notes')).toEqual([{ n: 2 }]);
    // What was written to it was asked about before it was closed by a delete, which says so.
    expect(await databases().changes(own)).toMatchObject({ kind: 'changed' });
    const mark = JSON.parse((await comments(own.role)) ?? '{}');
    const kept = JSON.stringify({ ...mark, kept: { database: own.database, until: 1 } }).replaceAll("'", "''");
    await admin.query(`${closed}; COMMENT ON ROLE ${own.role} IS '${kept}'`);
    expect(await databases().changes(own)).toEqual({ kind: 'unchanged' });
    await databases().drop({ ...own, keepMs: hourMs });
    // And the one after it finds nothing to do.
    await databases().drop({ ...own, keepMs: hourMs });
    expect(await run((await databases().clone(own)).url, 'SELECT count(*)::int AS n FROM notes')).toEqual([{ n: 2 }]);
    await databases().drop(own);
  });

  test('is dropped before its time with its role, also where a drop of it was cut off after the database', async () => {
    const own = wanted(base, template);
    await databases().clone(own);
    await databases().drop({ ...own, keepMs: hourMs });
    const [kept] = (await databases().listKept())?.filter(({ owner }) => isSameOwner(owner, own.owner)) ?? [];
    await admin.query(`DROP DATABASE ${kept?.name ?? ''}`);
    expect((await databases().listKept())?.map(({ name }) => name)).not.toContain(kept?.name);
    await databases().dropKept({ owner: own.owner });
    expect((await inventory()).filter((name) => /kept_[0-9a-f]{12}|wt_own/.test(name))).toEqual([]);
  });

  test('and one that a cut off drop has left, are told and dropped, and no other is', async () => {
    const own = wanted(base, template);
    await databases().clone(own);
    const broken = `wt_broken_${base}`;
    const stranger = `strange_${base}`;
    await admin.query(`CREATE DATABASE ${broken}`);
    await admin.query(`CREATE DATABASE ${stranger}`);
    const { repositoryId: of, worktreeId } = own.owner;
    const mark = JSON.stringify({ coppice: 1, repositoryId: of, worktreeId });
    await admin.query(`COMMENT ON DATABASE ${broken} IS '${mark}'; ALTER DATABASE ${broken} OWNER TO developer`);
    // As DROP DATABASE begins.
    await admin.query(`UPDATE pg_database SET datconnlimit = -2 WHERE datname IN ('${broken}', '${stranger}')`);
    const before = Date.now();
    const facts = await databases().facts();
    expect(facts?.invalid).toEqual([broken]);
    // The server is on this machine.
    expect(Math.abs((facts?.time ?? 0) - before)).toBeLessThan(60_000);
    for (const name of [stranger, own.database, template])
      await expect(databases().dropInvalid(name)).rejects.toMatchObject({ code: 'conflict' });
    await databases().dropInvalid(broken);
    await databases().dropInvalid(broken);
    expect((await databases().facts())?.invalid).toEqual([]);
    expect(await databases().owner(own.database)).toEqual(own.owner);
    await admin.query(`DROP DATABASE ${stranger}`);
    await databases().drop(own);
  });
});
