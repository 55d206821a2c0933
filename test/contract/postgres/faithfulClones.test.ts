import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HostCommands } from '../../../src/adapters/exec/hostCommands';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import type { AdminConnection } from '../../../src/adapters/postgres/postgresServer';
import type { Session } from '../../../src/adapters/postgres/session';
import { GivenServer } from '../../../src/adapters/postgres/givenServer';
import { administeredPostgres, runSql } from '../../support/administeredPostgres';

/* What a clone has, whose it is, and what decides neither. */

let connection: AdminConnection;
let admin: Session;
let asSuperuser: PostgresDatabases;
let asDeveloper: PostgresDatabases;
let dispose: (() => Promise<void>) | undefined;
let home = '';

beforeAll(async () => {
  ({ connection, admin, asSuperuser, asDeveloper, dispose, home } = await administeredPostgres());
  await admin.query(`CREATE ROLE reader LOGIN PASSWORD 'p'`);
}, 120_000);
afterAll(() => dispose?.());

const repositoryId = 'eeeeeeeeeeee';
let counter = 0;
const request = (template: string) => {
  const database = `wt_faithful_${++counter}`;
  return { database, role: database, template, owner: { repositoryId, worktreeId: String(counter).padStart(12, '0') } };
};

describe.each([
  ['superuser', () => asSuperuser],
  ['developer', () => asDeveloper],
] as const)('a clone by a %s', (who, on) => {
  const template = `faithful_${who}`;
  let url = '';
  let wanted: ReturnType<typeof request>;

  beforeAll(async () => {
    await on().ensureTemplate({ name: template, repositoryId, recipe: 'r' }, async (at) => {
      const own = new URL(at).pathname.slice(1);
      const builder = new URL(at).username;
      await runSql(
        at,
        `CREATE SCHEMA app; CREATE SCHEMA "Odd, one"; CREATE TABLE app.t (n int); COMMENT ON DATABASE "${own}" IS 'kept'`,
        `ALTER DATABASE "${own}" SET search_path = app, "Odd, one", public; ALTER DATABASE "${own}" SET application_name = 'it''s 1'`,
        `ALTER DATABASE "${own}" SET timezone = 'Asia/Tokyo'; ALTER DATABASE "${own}" SET statement_timeout = '90s'`,
        `ALTER ROLE CURRENT_USER IN DATABASE "${own}" SET work_mem = '7MB'; ALTER ROLE CURRENT_USER SET lock_timeout = '8s'`,
        `GRANT CONNECT, TEMP ON DATABASE "${own}" TO reader; GRANT CONNECT ON DATABASE "${own}" TO PUBLIC`,
        `ALTER DATABASE "${own}" CONNECTION LIMIT 7`,
        `ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO reader;
         ALTER DEFAULT PRIVILEGES FOR ROLE "${builder}" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
         ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO reader WITH GRANT OPTION; GRANT USAGE ON SCHEMA app TO reader`,
      );
    });
    wanted = request(template);
    ({ url } = await on().clone(wanted));
  });

  test('has the settings of the database and those of its role in it', async () => {
    const show = `SELECT current_setting('search_path') AS path, current_setting('application_name') AS name,
      current_setting('timezone') AS zone, current_setting('statement_timeout') AS timeout,
      current_setting('work_mem') AS memory, current_setting('lock_timeout') AS lock`;
    expect(await runSql(url, show)).toEqual([
      {
        path: 'app, "Odd, one", public',
        name: "it's 1",
        zone: 'Asia/Tokyo',
        timeout: '90s',
        memory: '7MB',
        lock: '8s',
      },
    ]);
    expect(await runSql(url, 'SELECT FROM t')).toEqual([]);
  });

  test('has the grants, the limit and the comment of the database; nobody else may connect', async () => {
    const rows = await admin.query(
      `SELECT datconnlimit AS limit, shobj_description(oid, 'pg_database') AS comment,
         has_database_privilege('reader', oid, 'CONNECT') AS reader, has_database_privilege('reader', oid, 'TEMP') AS temp,
         has_database_privilege('pg_monitor', oid, 'CONNECT') AS everybody FROM pg_database WHERE datname = $1`,
      [wanted.database],
    );
    expect(rows).toEqual([{ limit: 7, comment: 'kept', reader: true, temp: true, everybody: false }]);
    expect(await on().owner(wanted.database)).toEqual(wanted.owner);
  });

  test('gives by default what the role that filled the template gave', async () => {
    await runSql(
      url,
      `CREATE TABLE app.later (n int); CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE SEQUENCE app.s`,
    );
    const rows = await runSql(
      url,
      `SELECT has_table_privilege('reader', 'app.later', 'SELECT') AS reads, has_table_privilege('reader', 'app.later', 'INSERT') AS writes,
         has_function_privilege('reader', 'app.f()', 'EXECUTE') AS calls, has_sequence_privilege('reader', 'app.s', 'USAGE WITH GRANT OPTION') AS next,
         has_table_privilege('app.later', 'DELETE') AS own`,
    );
    expect(rows).toEqual([{ reads: true, writes: false, calls: false, next: true, own: true }]);
  });

  test('has nothing of the role that filled the template, and counts as unchanged', async () => {
    const rows = await runSql(
      url,
      `SELECT FROM pg_shdepend s JOIN pg_roles r ON r.oid = refobjid WHERE rolname LIKE 'coppice%tpl%' AND dbid =
         (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    expect(rows).toEqual([]);
    const another = request(template);
    await on().clone(another);
    expect(await on().changes(another)).toEqual({ kind: 'unchanged' });
    await on().drop(another);
  });

  test('is still its own when its role has written over the comment, and found and dropped', async () => {
    const mine = request(template);
    const first = await on().clone(mine);
    await runSql(first.url, `COMMENT ON DATABASE "${mine.database}" IS 'my notes'`);
    expect(await on().owner(mine.database)).toEqual(mine.owner);
    expect(await on().changes(mine)).toEqual({ kind: 'unchanged' });
    expect((await on().clone(mine)).created).toBe(false);
    await runSql((await on().clone(mine)).url, `COMMENT ON DATABASE "${mine.database}" IS NULL`);
    await on().drop(mine);
    expect(await on().owner(mine.database)).toBeUndefined();
  });

  test('no role makes its database look like that of another environment', async () => {
    const [mine, other] = [request(template), request(template)];
    const { url: at } = await on().clone(mine);
    const lie = JSON.stringify({ coppice: 1, ...other.owner });
    await runSql(at, `COMMENT ON DATABASE "${mine.database}" IS '${lie}'`);
    expect(await on().owner(mine.database)).toEqual(mine.owner);
    await expect(on().drop({ ...mine, owner: other.owner })).rejects.toMatchObject({ code: 'conflict' });
    await expect(on().clone({ ...mine, owner: other.owner })).rejects.toMatchObject({ code: 'conflict' });
    // Nor that of its role, nor a database under another name, nor one with another owner.
    for (const attempt of [
      `COMMENT ON ROLE "${mine.role}" IS '${lie}'`,
      `ALTER DATABASE "${mine.database}" RENAME TO "${other.database}"`,
      `ALTER DATABASE "${mine.database}" OWNER TO "${wanted.role}"`,
      `CREATE DATABASE "${other.database}"`,
    ]) {
      await expect(runSql(at, attempt), attempt).rejects.toMatchObject({ code: '42501' });
    }
    await on().drop(mine);
  });

  test('a database that a person gave another owner is told by its comment, as before', async () => {
    const mine = request(template);
    await on().clone(mine);
    const mark = JSON.stringify({ coppice: 1, ...mine.owner });
    await admin.query(
      `COMMENT ON DATABASE "${mine.database}" IS '${mark}'; ALTER DATABASE "${mine.database}" OWNER TO reader`,
    );
    expect(await on().owner(mine.database)).toEqual(mine.owner);
    await admin.query(`ALTER DATABASE "${mine.database}" OWNER TO "${mine.role}"`);
    await on().drop(mine);
  });
});

describe('what the calling shell says of databases', () => {
  const callers = {
    PGHOST: '192.0.2.1',
    PGPORT: '1',
    PGUSER: 'nobody',
    PGDATABASE: 'nowhere',
    PGPASSWORD: 'wrong',
    PGOPTIONS: '-c search_path=pg_temp -c default_transaction_read_only=on',
    PGCLIENTENCODING: 'LATIN1',
    PGCLIENT_ENCODING: 'LATIN1',
    PGSSLMODE: 'require',
    PGSSLNEGOTIATION: 'direct',
    PGREPLICATION: 'database',
    PGSERVICE: 'nothing',
    PGAPPNAME: 'somebody',
    PGTZ: 'Asia/Tokyo',
    PGDATESTYLE: 'German',
    PGSYSCONFDIR: '/nowhere',
  };
  const before = { ...process.env };
  afterEach(() => {
    for (const name of Object.keys(callers)) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
  });

  test('decides nothing of a template, and is there again for others', async () => {
    const fill = `
      const { Client } = require(${JSON.stringify(require.resolve('pg'))});
      const client = new Client({ connectionString: process.env.DATABASE_URL });
      (async () => {
        await client.connect();
        await client.query("CREATE TABLE public_or_not (x text); INSERT INTO public_or_not VALUES ('grün ☂')");
        await client.end();
      })();`;
    const dump = async (name: string, env: NodeJS.ProcessEnv): Promise<unknown> => {
      const commands = new HostCommands(env, home);
      await asSuperuser.ensureTemplate({ name, repositoryId, recipe: 'r' }, async (url) => {
        await commands.run([process.execPath, '-e', fill], { cwd: home, env: { DATABASE_URL: url } });
      });
      const { url } = await asSuperuser.clone(request(name));
      for (const each of Object.keys(callers)) Reflect.deleteProperty(process.env, each);
      return runSql(
        url,
        'SELECT n.nspname, x, length(x) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace, public.public_or_not WHERE relname = $$public_or_not$$',
      );
    };
    const plain = await dump('faithful_plain', process.env);
    Object.assign(process.env, callers);
    const called = dump('faithful_called', { ...process.env });
    expect(process.env['PGOPTIONS']).toBe(callers.PGOPTIONS);
    expect(await called).toEqual(plain);
    expect(plain).toEqual([{ nspname: 'public', x: 'grün ☂', length: 6 }]);
  });

  test('leads nobody to another server', async () => {
    Object.assign(process.env, callers);
    const url = new URL(connection.url);
    url.port = '';
    await expect(
      new PostgresDatabases({
        server: new GivenServer({ url: url.href, password: () => Promise.resolve('x') }),
      }).connect(),
    ).rejects.not.toThrow(/ECONNREFUSED 127\.0\.0\.1:1\b/);
    await expect(asSuperuser.connect()).resolves.toBeUndefined();
  });

  test('reaches no command of the repository, all else does', async () => {
    const lines: string[] = [];
    const own = { PGP_KEY: 'kept', PG_URL: 'kept', OTHER: 'kept' };
    await new HostCommands({ ...process.env, ...callers, ...own }, home).run(
      [
        process.execPath,
        '-e',
        `console.log(Object.keys(process.env).filter((n) => /^(PG|OTHER)/.test(n)).sort().join())`,
      ],
      { cwd: home, env: { PGSSLMODE: 'disable' }, onLine: (line) => lines.push(line) },
    );
    expect(lines).toEqual(['OTHER,PGP_KEY,PGSSLMODE,PG_URL']);
  });
});
