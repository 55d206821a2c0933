import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockKey, makingHash } from '../../../src/adapters/postgres/ownership';
import type { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import type { AdminConnection } from '../../../src/adapters/postgres/postgresServer';
import { withSession, type Session } from '../../../src/adapters/postgres/session';
import { administeredPostgres, openClient, runSql } from '../../support/administeredPostgres';
import { cutAt } from './cutAt';
import { repositoryId, wanted } from './wanted';

let connection: AdminConnection;
let admin: Session;
let asSuperuser: PostgresDatabases;
let asDeveloper: PostgresDatabases;
let dispose: (() => Promise<void>) | undefined;

beforeAll(async () => {
  ({ connection, admin, asSuperuser, asDeveloper, dispose } = await administeredPostgres());
  await admin.query(`CREATE ROLE reader LOGIN PASSWORD 'p'`);
  await admin.query('CREATE DATABASE elsewhere');
}, 120_000);
afterAll(() => dispose?.());

const checksum = async (url: string): Promise<unknown> =>
  (await runSql(url, `SELECT count(*)::int AS n, md5(string_agg(n || t, ',' ORDER BY n, t)) AS sum FROM notes`))[0];

/** All that the server itself knows of a database and its role, its statistics aside. */
async function known(name: string): Promise<unknown> {
  const [row] = await admin.query(
    `SELECT pg_get_userbyid(datdba) AS owner, datacl::text AS acl, datallowconn AS open, datconnlimit AS limit,
       shobj_description(d.oid, 'pg_database') AS said, shobj_description(r.oid, 'pg_authid') AS mark,
       (SELECT json_agg(json_build_array(setrole::regrole::text, setconfig) ORDER BY 1::text) FROM pg_db_role_setting WHERE setdatabase = d.oid) AS settings
       FROM pg_database d JOIN pg_roles r ON r.rolname = d.datname WHERE datname = $1`,
    [name],
  );
  return row;
}

async function inventory(): Promise<string[]> {
  const rows = await admin.query<{ name: string }>(
    `SELECT datname AS name FROM pg_database UNION ALL SELECT 'role ' || rolname FROM pg_roles ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

describe.each([
  ['superuser', () => asSuperuser, 1],
  ['developer', () => asDeveloper, 4],
] as const)('a fork by a %s', (who, on, base) => {
  const commit = undefined;
  let template = '';
  beforeAll(async () => {
    const schema = `CREATE TABLE notes (n int, t text); INSERT INTO notes SELECT i, md5(i::text) FROM generate_series(1, 300) i`;
    const build = async (url: string): Promise<void> => void (await runSql(url, schema));
    ({ name: template } = await on().ensureTemplate({ name: `forked_${who}`, repositoryId, recipe: 'r' }, build));
  });

  test('has the rows of its source, which stays as it is; all in it is its own role’s, which has no right there', async () => {
    const [source, own] = [wanted(base, template), { ...wanted(base + 1, template), commit }];
    const { url: from } = await on().clone(source);
    const { url } = await on().clone(own);
    await runSql(
      from,
      `UPDATE notes SET t = 'mine' WHERE n % 3 = 0; DELETE FROM notes WHERE n > 200; CREATE SCHEMA more; CREATE TABLE more.things (n serial); CREATE FUNCTION more.g() RETURNS int LANGUAGE sql AS 'SELECT 2';
       CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; CREATE TYPE mood AS ENUM ('well');
       CREATE VIEW seen AS SELECT n FROM notes; GRANT SELECT ON notes TO reader; SELECT lo_create(4711);
       ALTER TABLE notes ENABLE ROW LEVEL SECURITY; ALTER TABLE notes FORCE ROW LEVEL SECURITY;
       CREATE POLICY own ON notes TO ${source.role} USING (true);
       ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader; ALTER ROLE ${source.role} IN DATABASE ${source.database} SET work_mem = '7MB';
       COMMENT ON DATABASE ${source.database} IS 'it''s mine'`,
    );
    const then = await checksum(from);
    const before = await known(source.database);
    await runSql(url, `INSERT INTO notes VALUES (-1, 'replaced')`);
    const inIt = await openClient(from);
    expect(await on().forkDatabase({ ...own, from: source })).toMatchObject({ kept: { name: 'before-fork' } });
    await expect(inIt.query('SELECT 1')).rejects.toThrow();
    await inIt.end().catch(() => undefined);

    expect(await checksum(url)).toEqual(then);
    expect(await checksum(from)).toEqual(then);
    expect(await known(source.database)).toEqual(before);
    expect(await known(own.database)).toMatchObject({ owner: own.role, said: "it's mine" });
    expect(
      await runSql(url, `SELECT f() AS one, nextval('more.things_n_seq')::int AS next; SELECT lo_unlink(4711)`),
    ).toEqual([{ lo_unlink: 1 }]);
    expect(await runSql(url, 'SHOW work_mem')).toEqual([{ work_mem: '7MB' }]);
    await runSql(
      url,
      `DROP VIEW seen; ALTER TYPE mood ADD VALUE 'ill'; DROP SCHEMA more CASCADE; CREATE TABLE later ()`,
    );
    expect(
      await runSql(
        url,
        `SELECT has_table_privilege('reader', 'later', 'SELECT') AS reads, has_table_privilege('reader', 'notes', 'SELECT') AS read`,
      ),
    ).toEqual([{ reads: true, read: true }]);
    // Nothing is the source's role's there, nor the fork's here.
    const left = await admin.query(
      `SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND (dbid, refobjid) IN (
         SELECT d.oid, r.oid FROM pg_database d, pg_roles r WHERE (datname, rolname) IN (($1, $2), ($2, $1)))`,
      [own.database, source.database],
    );
    expect(left).toEqual([]);
    for (const [as, to] of [
      [url, source.database],
      [from, own.database],
    ] as const) {
      const into = new URL(as);
      into.pathname = `/${to}`;
      await expect(runSql(into.href, 'SELECT 1')).rejects.toMatchObject({ code: '42501' });
      await expect(runSql(as, `SET ROLE ${to}`)).rejects.toMatchObject({ code: '42501' });
    }
    await on().drop(source);
    expect(await checksum(url)).toEqual(then);
    await on().drop(own);
    expect((await inventory()).filter((name) => /wt_own|coppice_(tmp|snap|kept)/.test(name))).toEqual([]);
  }, 90_000);

  test('made with an environment is a copy of what the other has now, and its own when that is gone', async () => {
    const [source, own] = [wanted(base, template), wanted(base + 1, template)];
    const { url: from } = await on().clone(source);
    await runSql(from, `INSERT INTO notes VALUES (1000, 'now')`);
    const then = await checksum(from);
    const { url, created } = await on().clone({ ...own, from: source });
    expect(created).toBe(true);
    expect(await checksum(url)).toEqual(then);
    await runSql(from, 'DELETE FROM notes');
    expect(await on().changes(own)).toMatchObject({ kind: 'changed', rows: 1 });
    expect(await checksum((await on().clone({ ...own, from: source })).url)).toEqual(then);
    await on().drop(own);
    await on().drop(source);
  }, 90_000);

  test('is on foreign servers what its source is there, as a clone is what its template was', async () => {
    const build = async (url: string): Promise<void> => {
      const { pathname } = new URL(url);
      await withSession(connection, pathname.slice(1), undefined, (session) =>
        session.query(`CREATE FOREIGN DATA WRAPPER far; GRANT USAGE ON FOREIGN DATA WRAPPER far TO PUBLIC;
          CREATE SERVER given FOREIGN DATA WRAPPER far; GRANT USAGE ON FOREIGN SERVER given TO PUBLIC`),
      );
      await runSql(
        url,
        `CREATE SERVER "a'b" FOREIGN DATA WRAPPER far; CREATE USER MAPPING FOR PUBLIC SERVER "a'b" OPTIONS (user 'all');
         CREATE USER MAPPING FOR CURRENT_USER SERVER "a'b" OPTIONS (user 'me', "pass word" 'it''s "x"');
         CREATE USER MAPPING FOR CURRENT_USER SERVER given`,
      );
    };
    const { name } = await on().ensureTemplate({ name: `mapped_${who}`, repositoryId, recipe: 'r' }, build);
    const mapped = (role: string) => [
      { server: "a'b", role: 'public', options: ['user=all'] },
      { server: "a'b", role, options: ['user=me', 'pass word=it\'s "x"'] },
      { server: 'given', role, options: null },
    ];
    const all = (url: string) =>
      runSql(
        url,
        'SELECT srvname AS server, usename AS role, umoptions AS options FROM pg_user_mappings ORDER BY srvname, usename',
      );
    const [source, own] = [wanted(base, name), wanted(base + 1, name)];
    const { url: from } = await on().clone(source);
    expect(await all(from)).toEqual(mapped(source.role));
    const { url } = await on().clone({ ...own, from: source });
    expect(await all(url)).toEqual(mapped(own.role));
    expect(await all(from)).toEqual(mapped(source.role));
    for (const each of [own, source]) await on().drop(each);
  }, 90_000);

  // To see what was written all tables are looked through, for a moment at most: the rest of the fork has its own time.
  test('takes the time that it takes to give all of it away', async () => {
    const [source, own] = [wanted(base, template), wanted(base + 1, template)];
    const { url: from } = await on().clone(source);
    await runSql(from, `INSERT INTO notes VALUES (1000, 'now'); CREATE SCHEMA more`);
    await withSession(connection, source.database, undefined, (session) =>
      session.query(`CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(4); END $$;
        CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('ALTER SCHEMA') EXECUTE FUNCTION slow()`),
    );
    const { url } = await on().clone({ ...own, from: source });
    expect(await checksum(url)).toEqual(await checksum(from));
    for (const each of [own, source]) await on().drop(each);
  }, 90_000);

  test('several that cross take turns', async () => {
    const [one, other] = [wanted(base, template), wanted(base + 1, template)].map((each) => ({ ...each, commit }));
    if (!one || !other) throw new Error('two');
    const urls = [(await on().clone(one)).url, (await on().clone(other)).url];
    for (const [index, url] of urls.entries()) await runSql(url, `DELETE FROM notes WHERE n > ${10 * (index + 1)}`);
    await Promise.all([
      ...[1, 2, 3].flatMap(() => [
        on().forkDatabase({ ...one, from: other }),
        on().forkDatabase({ ...other, from: one }),
      ]),
      on().takeSnapshot({ ...one, name: 'one' }),
    ]);
    const [now, then] = await Promise.all(urls.map(checksum));
    expect(now).toEqual(then);
    for (const each of [one, other]) await on().drop(each);
  }, 90_000);
});

describe('rights that all databases share', () => {
  const [source, own] = [wanted(1, 'forked_superuser'), { ...wanted(2, 'forked_superuser'), commit: undefined }];

  test('stay with the role of the source, and what an administrator gave it in its database is given to the fork’s', async () => {
    const { url: from } = await asSuperuser.clone(source);
    const { url } = await asSuperuser.clone(own);
    await admin.query(`GRANT CONNECT, TEMPORARY ON DATABASE elsewhere TO ${source.role} WITH GRANT OPTION`);
    await withSession(connection, source.database, undefined, (session) =>
      session.query(`CREATE SCHEMA "a'b"; GRANT USAGE ON SCHEMA "a'b" TO ${source.role}; CREATE TABLE "a'b"."c""d" (n int, "x y" int);
        GRANT SELECT ("x y"), UPDATE (n) ON "a'b"."c""d" TO ${source.role} WITH GRANT OPTION; CREATE FUNCTION "a'b".g(int) RETURNS int LANGUAGE sql AS 'SELECT 2';
        REVOKE ALL ON FUNCTION "a'b".g FROM PUBLIC; GRANT EXECUTE ON FUNCTION "a'b".g TO ${source.role}`),
    );
    const acl = async () => (await admin.query(`SELECT datacl::text FROM pg_database WHERE datname = 'elsewhere'`))[0];
    const before = await acl();
    await asSuperuser.forkDatabase({ ...own, from: source });
    expect(await acl()).toEqual(before);
    for (const each of [from, url])
      expect(await runSql(each, `SELECT "a'b".g(1) AS two, (SELECT count("x y")::int FROM "a'b"."c""d") AS n`)).toEqual(
        [{ two: 2, n: 0 }],
      );
    await expect(runSql(url, `SELECT * FROM "a'b"."c""d"`)).rejects.toMatchObject({ code: '42501' });
  }, 60_000);

  test('that cannot be put back are a refusal, which changes nothing', async ({ skip }) => {
    const [server] = await admin.query<{ version: number }>(
      `SELECT current_setting('server_version_num')::int AS version`,
    );
    // Nobody can be granted such a right there.
    if ((server?.version ?? 0) < 150000) skip();
    await admin.query(`GRANT SET ON PARAMETER log_statement TO ${source.role}`);
    const before = [await inventory(), await known(source.database), await known(own.database)];
    await expect(asSuperuser.forkDatabase({ ...own, from: source })).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining(source.role) as string,
    });
    expect([await inventory(), await known(source.database), await known(own.database)]).toEqual(before);
    for (const each of [source, own]) await asSuperuser.drop(each);
  }, 60_000);
});

test('killed at messages to the server, one in seventeen, it loses no state, and a retry succeeds', async () => {
  const [source, own] = [wanted(7, 'forked_superuser'), { ...wanted(8, 'forked_superuser'), commit: undefined }];
  const { url: from } = await asSuperuser.clone(source);
  await runSql(from, `DELETE FROM notes WHERE n > 20`);
  const [theirs, before] = [await checksum(from), await known(source.database)];
  const locks = [source, own].map(({ database }) => lockKey(makingHash('database', database)));
  let cuts = 0;
  for (let message = 1, wasCut = true; wasCut; message += 17) {
    const { url } = await asSuperuser.clone(own);
    await runSql(url, `INSERT INTO notes VALUES (1000, 'now')`);
    const mine = await checksum(url);
    const way = await cutAt(connection, message);
    const isFailed = await way.databases.forkDatabase({ ...own, from: source }).then(
      () => false,
      () => true,
    );
    wasCut = way.wasCut();
    await way.close();
    // The server may still be at the statement that it was sent last.
    for (const lock of locks) await admin.query(`SELECT pg_advisory_lock(${lock}); SELECT pg_advisory_unlock(${lock})`);
    expect(await known(source.database)).toEqual(before);
    expect(await checksum(from)).toEqual(theirs);
    const isDone = (await asSuperuser.listSnapshots(own.owner)).length > 0;
    expect(await checksum(url)).toEqual(isDone ? theirs : mine);
    if (isFailed) {
      cuts++;
      await asSuperuser.forkDatabase({ ...own, from: source });
    }
    expect(await checksum(url)).toEqual(theirs);
    await asSuperuser.restoreSnapshot({ ...own, name: 'before-fork' });
    expect(await checksum(url)).toEqual(mine);
    expect((await inventory()).filter((name) => name.includes('coppice_tmp_'))).toEqual([]);
    await asSuperuser.drop(own);
  }
  expect(cuts).toBeGreaterThan(3);
  await asSuperuser.drop(source);
  expect((await inventory()).filter((name) => /coppice_(snap|tmp)_|wt_own/.test(name))).toEqual([]);
}, 180_000);
