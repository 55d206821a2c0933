import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makingHash } from '../../../src/adapters/postgres/ownership';
import { Session } from '../../../src/adapters/postgres/session';
import {
  administeredPostgres,
  openClient,
  runSql,
  type AdministeredPostgres,
} from '../../support/administeredPostgres';
import { until } from '../../support/until';

/* What a server does to those who work on it, and what is left of it. */

const repositoryId = 'abababababab';
const template = 'troubles_superuser';
let pg: AdministeredPostgres;
let counter = 0;

const request = (from = template) => {
  const database = `wt_troubles_${++counter}`;
  return {
    database,
    role: database,
    template: from,
    owner: { repositoryId, worktreeId: String(counter).padStart(12, '0') },
  };
};
const inDatabase = (name: string): string => {
  const url = new URL(pg.connection.url);
  url.pathname = `/${name}`;
  url.password = pg.connection.password ?? '';
  return url.href;
};
const names = async (like: string): Promise<unknown[]> =>
  pg.admin.query(
    `SELECT datname AS name FROM pg_database WHERE datname LIKE $1 UNION ALL
       SELECT 'role ' || rolname FROM pg_roles WHERE rolname LIKE $1 ORDER BY 1`,
    [like],
  );
const checksum = (url: string) => runSql(url, 'SELECT count(*), sum(hashtext(t::text)) FROM counts AS t');

beforeAll(async () => {
  pg = await administeredPostgres();
  for (const [who, on] of Object.entries({ superuser: pg.asSuperuser, developer: pg.asDeveloper }))
    await on.ensureTemplate({ name: `troubles_${who}`, repositoryId, recipe: 'r' }, async (url) => {
      await runSql(url, 'CREATE TABLE counts AS SELECT n, md5(n::text) AS text FROM generate_series(1, 2000) n');
    });
}, 120_000);
afterAll(() => pg?.dispose());

describe.each([
  ['superuser', () => pg.asSuperuser],
  ['developer', () => pg.asDeveloper],
] as const)('a role to which somebody gave rights in another database, of a %s', (who, on) => {
  const other = `others_${who}`;
  const grant = async (role: string): Promise<void> => {
    await runSql(inDatabase(other), `GRANT SELECT ON facts TO "${role}"`);
    // Who is no superuser takes back only what it gave itself.
    if (who === 'superuser') await pg.admin.query(`GRANT CONNECT ON DATABASE ${other} TO "${role}"`);
  };

  beforeAll(async () => {
    await pg.admin.query(`CREATE DATABASE ${other}`);
    await runSql(inDatabase(other), 'CREATE TABLE facts (n int)');
  });

  test('is dropped with its database as far as it can be, and then once nothing holds it', async () => {
    const mine = request(`troubles_${who}`);
    const { url } = await on().clone(mine);
    await grant(mine.role);
    await on().drop(mine);
    expect(await names(`${mine.database}%`)).toEqual([]);
    // Its name is free, and nobody is it.
    const again = await on().clone(mine);
    await expect(openClient(url)).rejects.toMatchObject({ code: '28P01' });
    expect(await runSql(again.url, 'SELECT count(*)::int AS n FROM counts')).toEqual([{ n: 2000 }]);
    await on().drop(mine);
    const held = (): Promise<unknown[]> =>
      pg.admin.query(
        `SELECT rolname FROM pg_roles WHERE rolname LIKE 'coppice\\_tpl\\_%' AND NOT rolcanlogin AND EXISTS (SELECT FROM pg_shdepend
           WHERE refclassid = 'pg_authid'::regclass AND refobjid = pg_roles.oid AND deptype = 'a' AND (SELECT oid FROM pg_database WHERE datname = $1) IN (dbid, objid))`,
        [other],
      );
    expect(await held()).toHaveLength(1);
    await runSql(inDatabase(other), 'DROP TABLE facts; CREATE TABLE facts (n int)');
    const next = request(`troubles_${who}`);
    await on().clone(next);
    expect(await held()).toEqual([]);
    await on().drop(next);
  });

  test('keeps nothing that was kept from being dropped', async () => {
    const mine = request(`troubles_${who}`);
    await on().clone(mine);
    await grant(mine.role);
    await on().drop({ ...mine, keepMs: 3600_000 });
    await on().dropKept({ owner: mine.owner });
    expect(await names('coppice\\_kept%')).toEqual([]);
    expect(await on().isKept(mine.owner)).toBe(false);
  });
});

describe('many at once', () => {
  test('fifty open connections do not make a delete wait', async () => {
    for (const keepMs of [0, 3600_000]) {
      const mine = request();
      const { url } = await pg.asSuperuser.clone(mine);
      const clients = await Promise.all(Array.from({ length: 50 }, () => openClient(url)));
      await Promise.all(clients.slice(0, 10).map((client, n) => client.query(`BEGIN; CREATE TABLE open_${n} ()`)));
      const began = performance.now();
      await pg.asSuperuser.drop({ ...mine, keepMs });
      // The server itself, asked to wait for each, takes 5 s.
      expect(performance.now() - began).toBeLessThan(4000);
      expect(await names(`${mine.database}%`)).toEqual([]);
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
    }
  });

  test('three creates of one name: one database, and two clear conflicts', async () => {
    const mine = request();
    const owners = ['a', 'b', 'c'].map((letter) => ({ repositoryId, worktreeId: letter.repeat(12) }));
    const results = await Promise.allSettled(owners.map((owner) => pg.asSuperuser.clone({ ...mine, owner })));
    const refused = results.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    const message = `The PostgreSQL database ${mine.database} exists and belongs to somebody else; it is left alone.`;
    expect(refused).toEqual([
      expect.objectContaining({ code: 'conflict', message }),
      expect.objectContaining({ code: 'conflict', message }),
    ]);
    const winner = owners[results.findIndex(({ status }) => status === 'fulfilled')];
    expect(await pg.asSuperuser.owner(mine.database)).toEqual(winner);
    expect(await names('coppice\\_tmp%')).toEqual([]);
    await pg.asSuperuser.drop({ ...mine, owner: winner ?? mine.owner });
  });

  test('five creates of one template while two other databases are written to', async () => {
    const busy = [request(), request()];
    const urls = await Promise.all(busy.map(async (each) => (await pg.asSuperuser.clone(each)).url));
    let [isOver, written] = [false, 0];
    const writers = urls.map(async (url) => {
      const client = await openClient(url);
      let own = 0;
      for (; !isOver; own += 500, written += 500)
        await client.query(`INSERT INTO counts SELECT n, repeat('x', 500) FROM generate_series(1, 500) n`);
      await client.end();
      return own;
    });
    await until(() => Promise.resolve(written > 0), 20_000);
    const wanted = Array.from({ length: 5 }, () => request());
    const clones = await Promise.all(wanted.map((each) => pg.asSuperuser.clone(each)));
    isOver = true;
    const counts = await Promise.all(writers);
    expect(clones.every(({ created }) => created)).toBe(true);
    const first = await checksum(clones[0]?.url ?? '');
    for (const { url } of clones) expect(await checksum(url)).toEqual(first);
    for (const [index, url] of urls.entries())
      expect(await runSql(url, 'SELECT count(*)::int AS n FROM counts')).toEqual([{ n: 2000 + (counts[index] ?? 0) }]);
    for (const each of [...wanted, ...busy]) await pg.asSuperuser.drop(each);
  });
});

test('what a dead attempt left, and somebody holds, keeps nobody waiting, and goes once it is let go', async () => {
  const left = `coppice_tmp_${makingHash('database', 'wt_dead')}_deadbeef`;
  await pg.admin.query(`CREATE DATABASE ${left}`);
  const holder = await Session.open(pg.connection);
  const [mine, later] = [request(), request()];
  try {
    await holder.query(`BEGIN; COMMENT ON DATABASE ${left} IS 'looked at'`);
    expect(await pg.asSuperuser.clone(mine, AbortSignal.timeout(30_000))).toMatchObject({ created: true });
    expect(await names('coppice\\_tmp%')).toEqual([{ name: left }]);
  } finally {
    await holder.close();
  }
  await pg.asSuperuser.clone(later);
  expect(await names('coppice\\_tmp%')).toEqual([]);
  for (const each of [mine, later]) await pg.asSuperuser.drop(each);
});

describe('a backend that is ended while it clones', () => {
  /** Somebody in the way keeps it waiting, so that it is certainly at it. */
  async function endedBy(end: (pid: number, other: Session) => Promise<unknown>) {
    const [mine, bystander] = [request(), request()];
    const { url } = await pg.asSuperuser.clone(bystander);
    const before = [await checksum(url), await names('%')];
    const [blocker, other] = [await Session.open(pg.connection), await Session.open(pg.connection)];
    await blocker.query(`BEGIN; COMMENT ON DATABASE ${template} IS NULL`);
    const cloning = pg.asSuperuser.clone(mine).catch((error: unknown) => error);
    let pid = 0;
    await until(async () => {
      const [row] = await other.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE query LIKE 'CREATE DATABASE%' AND wait_event_type = 'Lock'`,
      );
      pid = row?.pid ?? 0;
      return pid > 0;
    }, 20_000);
    await end(pid, other);
    const failure = await cloning;
    await Promise.all([blocker, other].map((each) => each.query('ROLLBACK').catch(() => undefined)));
    await Promise.all([blocker.close(), other.close()]);
    return { failure, mine, bystander, url, before };
  }

  test.each([
    ['pg_terminate_backend', 'unreachable', 'PostgreSQL ended the session: it stops, or somebody ended it.'],
    ['pg_cancel_backend', 'timeout', 'PostgreSQL stopped it: it took too long, or somebody ended it.'],
  ] as const)('by %s: says so, leaves nothing, and a retry succeeds', async (by, code, why) => {
    const { failure, mine, bystander, url, before } = await endedBy((pid, other) =>
      other.query(`SELECT ${by}($1)`, [pid]),
    );
    expect(failure).toMatchObject({ code, message: `Clone the database ${mine.database}: ${why}` });
    const made = await pg.asSuperuser.clone(mine);
    expect(await checksum(made.url)).toEqual(before[0]);
    await pg.asSuperuser.drop(mine);
    expect([await checksum(url), await names('%')]).toEqual(before);
    await pg.asSuperuser.drop(bystander);
  });

  // The server then ends all of its processes, and begins anew.
  test.skipIf(process.platform === 'win32')('by a signal that nobody can handle: the same', async () => {
    const { failure, mine, bystander, url, before } = await endedBy((pid) =>
      Promise.resolve(process.kill(pid, 'SIGKILL')),
    );
    expect(failure).toMatchObject({ code: 'unreachable' });
    await pg.admin.close();
    const made = await pg.asSuperuser.clone(mine);
    pg = { ...pg, admin: await Session.open(pg.connection) };
    expect(await checksum(made.url)).toEqual(before[0]);
    await pg.asSuperuser.drop(mine);
    expect([await checksum(url), await names('%')]).toEqual(before);
    await pg.asSuperuser.drop(bystander);
  });

  // What a crash leaves that comes in the middle of the copy: seen with a real one of 200 MB, whose files were there for good.
  test.skipIf(process.platform === 'win32')(
    'what a crash has left on the disk is told, and no copy under way',
    async () => {
      const facts = () => pg.asSuperuser.facts();
      expect(await facts()).not.toHaveProperty('unknownFolders');
      const made = `COPY (SELECT repeat('x', 1000)) TO PROGRAM 'mkdir base/99999; cat > base/99999/1'`;
      await pg.admin.query(made);
      expect((await facts())?.unknownFolders).toEqual([
        { folder: expect.stringMatching(/^\/.+\/base\/99999$/) as string, bytes: 1001 },
      ]);
      expect(await pg.asDeveloper.facts()).not.toHaveProperty('unknownFolders');
      const other = await Session.open(pg.connection);
      await other.query('BEGIN; LOCK TABLE pg_database IN ROW EXCLUSIVE MODE');
      expect(await facts()).not.toHaveProperty('unknownFolders');
      await other.close();
      await until(async () => (await facts())?.unknownFolders !== undefined, 10_000);
      await pg.admin.query(`COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; rm -r base/99999'`);
    },
  );
});
