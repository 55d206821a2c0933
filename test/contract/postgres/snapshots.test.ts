import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockKey, makingHash } from '../../../src/adapters/postgres/ownership';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import type { AdminConnection } from '../../../src/adapters/postgres/postgresServer';
import { withSession, type Session } from '../../../src/adapters/postgres/session';
import { administeredPostgres, openClient, runSql } from '../../support/administeredPostgres';
import { asServer, cutAt } from './cutAt';
import type { DatabasesUnderTest } from './databasesContract';
import { replacingContract } from './replacingContract';
import { snapshotsContract } from './snapshotsContract';
import { repositoryId, wanted } from './wanted';

let connection: AdminConnection;
let admin: Session;
let dispose: (() => Promise<void>) | undefined;
const on: Record<string, PostgresDatabases> = {};
const administrators = ['a superuser', 'a role that may create databases and roles'];

beforeAll(async () => {
  const postgres = await administeredPostgres();
  ({ connection, admin, dispose } = postgres);
  on['a superuser'] = postgres.asSuperuser;
  on['a role that may create databases and roles'] = postgres.asDeveloper;
}, 120_000);
afterAll(() => dispose?.());

async function inventory(): Promise<string[]> {
  const rows = await admin.query<{ name: string }>(
    `SELECT 'database ' || datname AS name FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')
     UNION ALL SELECT 'role ' || rolname FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%' ORDER BY 1`,
  );
  return rows.map(({ name }) => name.replace(/(?<=^role coppice_tpl_[0-9a-f]{12}_)[0-9a-f]{8}$/, 'x'));
}

/** Of all rows that matter, in their order. */
async function checksum(url: string): Promise<unknown> {
  const [row] = await runSql(
    url,
    `SELECT count(*)::int AS n, md5(string_agg(n || t, ',' ORDER BY n, t)) AS sum FROM notes`,
  );
  return row;
}

function found(as: string): PostgresDatabases {
  const databases = on[as];
  if (!databases) throw new Error(as);
  return databases;
}

for (const as of administrators) {
  const underTest = (): DatabasesUnderTest => ({
    databases: found(as),
    inventory: async () => (await inventory()).map((entry) => entry.replace(/^database /, '')),
    createForeign: async (name) => void (await admin.query(`CREATE DATABASE "${name}"`)),
    makeTables: async (url) => {
      const tables = ['a', 'b', 'c', 'd', 'migrations'].map((name) => `CREATE TABLE ${name} (n int)`);
      await runSql(url, tables.join(';'));
    },
    insert: (database, table, rows) =>
      withSession(connection, database, undefined, async (session) => {
        await session.query(`INSERT INTO public.${table} SELECT generate_series(1, ${rows})`);
      }),
  });
  snapshotsContract(as, underTest);
  replacingContract(as, underTest);
}

describe.each(administrators)('snapshots of a real server, by %s', (as) => {
  const base = as === 'a superuser' ? 1 : 4;
  const databases = (): PostgresDatabases => found(as);
  const commit = undefined;
  let template = '';
  beforeAll(async () => {
    const schema = `CREATE TABLE notes (n int, t text); INSERT INTO notes SELECT i, md5(i::text) FROM generate_series(1, 500) i;
      CREATE SCHEMA more; CREATE TABLE more.things (n int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'`;
    const build = async (url: string): Promise<void> => void (await runSql(url, schema));
    template = (await databases().ensureTemplate({ name: `snap_${base}`, repositoryId, recipe: 'r' }, build)).name;
  });

  test('rows and checksums are those of their source; role, password and what is set of the database stay', async () => {
    const own = { ...wanted(base, template), commit };
    const { url } = await databases().clone(own);
    const fresh = await checksum(url);
    await runSql(url, `UPDATE notes SET t = 'mine' WHERE n % 3 = 0; DELETE FROM notes WHERE n > 400`);
    await runSql(
      url,
      `ALTER DATABASE ${own.database} SET application_name TO 'told'; COMMENT ON DATABASE ${own.database} IS 'it''s mine'`,
    );
    await admin.query(`ALTER DATABASE ${own.database} CONNECTION LIMIT 7`);
    const then = await checksum(url);
    const holdsIt = await openClient(url);
    const taken = await databases().takeSnapshot({ ...own, name: 'then' });
    expect(taken.bytes).toBeGreaterThan(1_000_000);
    await expect(holdsIt.query('SELECT 1')).rejects.toThrow();
    await holdsIt.end().catch(() => undefined);
    expect(await checksum(url)).toEqual(then);

    await runSql(
      url,
      `DROP FUNCTION f(); DROP SCHEMA more CASCADE; UPDATE notes SET t = 'later'; CREATE TABLE extra ()`,
    );
    const later = await checksum(url);
    const holdsThat = await openClient(url);
    await databases().restoreSnapshot({ ...own, name: 'then' });
    await expect(holdsThat.query('SELECT 1')).rejects.toThrow();
    await holdsThat.end().catch(() => undefined);
    expect(await checksum(url)).toEqual(then);
    expect(await runSql(url, 'SELECT f() AS one, (SELECT count(*)::int FROM more.things) AS none')).toEqual([
      { one: 1, none: 0 },
    ]);
    expect(await runSql(url, 'SHOW application_name')).toEqual([{ application_name: 'told' }]);
    const [row] = await admin.query(
      `SELECT shobj_description(oid, 'pg_database') AS comment, datconnlimit AS limit, datallowconn AS open,
         pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1`,
      [own.database],
    );
    expect(row).toEqual({ comment: "it's mine", limit: 7, open: true, owner: own.role });
    // It is the environment's as before.
    await runSql(url, 'CREATE TABLE more.other (); ALTER TABLE notes ADD COLUMN x int; DROP TABLE more.other');

    await databases().resetDatabase(own);
    expect(await checksum(url)).toEqual(fresh);
    expect(await databases().changes(own)).toEqual({ kind: 'unchanged' });
    await databases().restoreSnapshot({ ...own, name: 'before-restore' });
    expect(await checksum(url)).toEqual(later);
    await runSql(url, 'SELECT FROM extra');
    await databases().drop(own);
    expect((await inventory()).filter((name) => /coppice_(snap|tmp)_|wt_own/.test(name))).toEqual([]);
  }, 90_000);

  test('one that is kept has nothing of its role, and is all the role’s of who is brought to it', async () => {
    const [own, other] = [wanted(base, template), wanted(base + 1, template)].map((each) => ({ ...each, commit }));
    if (!own || !other) throw new Error('two');
    const { url: from } = await databases().clone(own);
    await runSql(
      from,
      `DELETE FROM notes WHERE n > 300; CREATE SCHEMA own; CREATE TABLE own.t (n int); CREATE FUNCTION own.g() RETURNS int LANGUAGE sql AS 'SELECT 2'; ALTER TABLE own.t ENABLE ROW LEVEL SECURITY;
       CREATE POLICY mine ON own.t TO ${own.role} USING (true); ALTER ROLE ${own.role} IN DATABASE ${own.database} SET work_mem = '7MB'`,
    );
    const then = await checksum(from);
    await databases().takeSnapshot({ ...own, name: 'lasting', keep: true });
    expect(await checksum(from)).toEqual(then);
    await runSql(from, `ALTER TABLE own.t ADD COLUMN x int`);
    await databases().drop(own);
    const { url } = await databases().clone(other);
    await databases().restoreSnapshot({ ...other, name: 'lasting' });
    expect(await checksum(url)).toEqual(then);
    expect(await runSql(url, 'SHOW work_mem')).toEqual([{ work_mem: '7MB' }]);
    expect(await runSql(url, `SELECT roles::text FROM pg_policies WHERE policyname = 'mine'`)).toEqual([
      { roles: `{${other.role}}` },
    ]);
    await runSql(
      url,
      'DROP FUNCTION f(); ALTER TABLE notes ADD COLUMN x int; DROP SCHEMA own CASCADE; DROP SCHEMA more CASCADE',
    );
    await databases().drop(other);
    await databases().dropKeptSnapshot({ repositoryId, name: 'lasting' });
    expect((await inventory()).filter((name) => /coppice_(snap|tmp)_|wt_own/.test(name))).toEqual([]);
  }, 90_000);

  test('nobody but the administrator can connect to one, own it or say what it is', async () => {
    const [own, other] = [wanted(base, template), wanted(base + 1, template)].map((each) => ({ ...each, commit }));
    if (!own || !other) throw new Error('two');
    const { url } = await databases().clone(own);
    const { url: others } = await databases().clone(other);
    await databases().takeSnapshot({ ...own, name: 'x' });
    await databases().resetDatabase(own);
    const closed = await admin.query<{ name: string }>(
      `SELECT datname AS name FROM pg_database WHERE datname LIKE 'coppice\\_snap\\_%'`,
    );
    expect(closed).toHaveLength(2);
    for (const { name } of closed) {
      for (const from of [url, others]) {
        const into = new URL(from);
        into.pathname = `/${name}`;
        await expect(runSql(into.href, 'SELECT 1')).rejects.toThrow(
          /not currently accepting connections|permission denied/,
        );
        for (const statement of [
          `DROP DATABASE ${name}`,
          `COMMENT ON DATABASE ${name} IS 'x'`,
          `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`,
          `ALTER DATABASE ${name} RENAME TO x`,
        ])
          await expect(runSql(from, statement)).rejects.toMatchObject({ code: '42501' });
      }
    }
    // What a role says of its own database makes that no snapshot.
    await runSql(
      others,
      `COMMENT ON DATABASE ${other.database} IS '{"coppice":1,"repositoryId":"${repositoryId}","worktreeId":"${own.owner.worktreeId}","snapshot":{"name":"y","takenAt":1}}'`,
    );
    expect((await databases().listSnapshots(own.owner)).map(({ name }) => name)).toEqual(['before-reset', 'x']);
    expect(await databases().owner(other.database)).toEqual(other.owner);
    for (const each of [own, other]) await databases().drop(each);
  }, 90_000);

  test('several at once take turns, and those who connect meanwhile get in afterwards', async () => {
    const own = { ...wanted(base, template), commit };
    const { url } = await databases().clone(own);
    let isOver = false;
    // A service that connects again whenever it is sent away.
    const service = async (): Promise<number> => {
      let served = 0;
      while (!isOver) {
        try {
          await runSql(url, 'SELECT count(*) FROM notes');
          served++;
        } catch {
          // It was sent away.
        }
      }
      return served;
    };
    const serving = service();
    try {
      await Promise.all([
        databases().takeSnapshot({ ...own, name: 'one' }),
        databases().takeSnapshot({ ...own, name: 'two' }),
        databases().resetDatabase(own),
      ]);
    } finally {
      isOver = true;
    }
    expect(await serving).toBeGreaterThan(0);
    const names = (await databases().listSnapshots(own.owner)).map(({ name }) => name);
    expect(names.sort()).toEqual(['before-reset', 'one', 'two']);
    expect(await runSql(url, 'SELECT count(*)::int AS n FROM notes')).toEqual([{ n: 500 }]);
    await databases().drop(own);
  }, 90_000);

  test('those of a database that is kept go when its time is over, before its role', async () => {
    const [own, next] = [wanted(base, template), wanted(base + 1, template)];
    await databases().clone(own);
    await databases().takeSnapshot({ ...own, commit, name: 'x' });
    await databases().drop({ ...own, keepMs: 1 });
    await databases().clone(next);
    expect(await databases().isKept(own.owner)).toBe(false);
    expect(await databases().listSnapshots(own.owner)).toEqual([]);
    expect((await inventory()).filter((name) => /coppice_(snap|kept)_/.test(name))).toEqual([]);
    await databases().drop(next);
  });

  test('one without room for it is not begun', async () => {
    const own = { ...wanted(base, template), commit };
    const { url } = await databases().clone(own);
    const before = await inventory();
    const holdsIt = await openClient(url);
    const server = asServer(connection, 20 * 1024 * 1024);
    const full = new PostgresDatabases({ server });
    for (const work of [() => full.takeSnapshot({ ...own, name: 'x' }), () => full.resetDatabase(own)])
      await expect(work()).rejects.toMatchObject({
        code: 'failed',
        message: expect.stringContaining('left.') as string,
      });
    // Nobody was sent away for nothing.
    await holdsIt.query('SELECT 1');
    await holdsIt.end();
    expect(await inventory()).toEqual(before);
    await databases().drop(own);
  });
});

describe('killed at messages to the server, one in seven of each kind, and fewer where there are many', () => {
  const own = { ...wanted(8, 'snap_1'), commit: undefined };
  /** What there is to be found of it: the state at hand, and those in snapshots. */
  const kinds = ['takeSnapshot', 'restoreSnapshot', 'resetDatabase', 'keepSnapshot'] as const;

  /** Checksums of the database and of all snapshots. */
  async function states(url: string): Promise<unknown[]> {
    const snapshots = await admin.query<{ name: string }>(
      `SELECT datname AS name FROM pg_database WHERE datname LIKE 'coppice\\_snap\\_%'`,
    );
    const found = [await checksum(url)];
    for (const { name } of snapshots) {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      const inside = new URL(connection.url);
      inside.pathname = `/${name}`;
      inside.password = connection.password ?? '';
      found.push(await checksum(inside.href));
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    }
    return found;
  }

  test.each(kinds)(
    '%s loses neither state, and a retry succeeds',
    async (kind) => {
      const databases = found('a superuser');
      const begin = (by: PostgresDatabases): Promise<unknown> =>
        kind === 'resetDatabase'
          ? by.resetDatabase(own)
          : kind === 'restoreSnapshot'
            ? by.restoreSnapshot({ ...own, name: 'old' })
            : by.takeSnapshot({ ...own, name: 'new', keep: kind === 'keepSnapshot' });
      const lock = lockKey(makingHash('database', own.database));
      const isTaken = kind === 'takeSnapshot' || kind === 'keepSnapshot';
      let cuts = 0;
      for (let message = kinds.indexOf(kind), wasCut = true; wasCut; message += kind === 'keepSnapshot' ? 13 : 7) {
        const { url } = await databases.clone(own);
        await runSql(url, `DELETE FROM notes WHERE n > 10`);
        const old = await checksum(url);
        await databases.takeSnapshot({ ...own, name: 'old' });
        await runSql(url, `INSERT INTO notes VALUES (1000, 'now')`);
        const now = await checksum(url);
        const way = await cutAt(connection, message);
        const isFailed = await begin(way.databases).then(
          () => false,
          () => true,
        );
        wasCut = way.wasCut();
        await way.close();
        // The server may still be at the statement that it was sent last.
        await admin.query(`SELECT pg_advisory_lock(${lock}); SELECT pg_advisory_unlock(${lock})`);
        const left = await states(url);
        expect(left).toContainEqual(old);
        expect(left).toContainEqual(now);
        if (isFailed) {
          cuts++;
          const names = (await databases.listSnapshots(own.owner)).map(({ name }) => name);
          if (isTaken && names.includes('new')) await databases.dropSnapshot({ ...own, name: 'new' });
          await begin(databases);
        }
        const all = await states(url);
        expect(all).toContainEqual(old);
        expect(all).toContainEqual(now);
        if (!isTaken) expect(all[0]).not.toEqual(now);
        expect((await inventory()).filter((name) => name.includes('coppice_tmp_'))).toEqual([]);
        await databases.drop(own);
        for (const { database } of await databases.listKeptSnapshots(repositoryId))
          await databases.dropKeptSnapshot({ repositoryId, name: database });
        expect((await inventory()).filter((name) => /coppice_snap_|wt_own/.test(name))).toEqual([]);
      }
      expect(cuts).toBeGreaterThan(3);
    },
    180_000,
  );
});
