import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import type { AdminConnection } from '../../../src/adapters/postgres/postgresServer';
import { withoutSessions } from '../../../src/adapters/postgres/withoutSessions';
import { Session, withSession } from '../../../src/adapters/postgres/session';
import { testPostgres, type TestPostgres } from '../../support/postgres';
import { until } from '../../support/until';
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

test('it is given up before those who wait for the database use up the connections of the server', async () => {
  const own = wanted(3, template);
  const { url } = await databases.clone(own);
  const admin = await Session.open(connection);
  const watch = await Session.open(connection);
  const locks = async (session: Session, isGranted: boolean): Promise<number> => {
    const [row] = await session.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'object' AND classid = 'pg_database'::regclass AND granted = $1
         AND mode = CASE WHEN granted THEN 'AccessExclusiveLock' ELSE 'RowExclusiveLock' END`,
      [isGranted],
    );
    return row?.n ?? 0;
  };
  const clients: Client[] = [];
  try {
    const [row] = await admin.query<{ most: number }>(`SELECT current_setting('max_connections')::int AS most`);
    const most = row?.most ?? 0;
    const asLongAsItTakes = `ALTER DATABASE ${own.database} RENAME TO wt_aside; SELECT pg_sleep(300)`;
    let isOver = false;
    const over = withoutSessions(connection, own.database, undefined, (signal) =>
      admin.query(asLongAsItTakes, [], signal),
    ).then(
      () => undefined,
      (error: unknown) => {
        isOver = true;
        return error;
      },
    );
    await until(async () => isOver || (await locks(watch, true)) > 0, 60_000);
    while (!isOver && clients.length < most) {
      const client = new Client({ connectionString: url });
      client.on('error', () => undefined);
      clients.push(client);
      void client.connect().catch(() => undefined);
      await until(async () => isOver || (await locks(watch, false)) >= clients.length, 60_000);
    }
    expect(await over).toMatchObject({ code: 'conflict', message: expect.stringContaining(own.database) as string });
    expect(clients.length).toBeLessThan(most);
    // It has its name, and lets in whoever comes.
    await run(url, 'SELECT FROM notes');
  } finally {
    for (const client of clients) await client.end().catch(() => undefined);
    await watch.close();
    await admin.close();
  }
  await databases.drop(own);
}, 120_000);

test('one that a cut off drop has left is dropped, and its snapshots stay with the role whose they are', async () => {
  const own = { ...wanted(4, template), commit: undefined };
  await databases.clone(own);
  await databases.takeSnapshot({ ...own, name: 's' });
  await withSession(connection, undefined, undefined, (session) =>
    session.query('UPDATE pg_database SET datconnlimit = -2 WHERE datname = $1', [own.database]),
  );
  await databases.dropInvalid(own.database);
  expect(await databases.owner(own.database)).toBeUndefined();
  expect(await databases.listSnapshots(own.owner)).toMatchObject([{ name: 's' }]);
  expect(await databases.clone(own)).toMatchObject({ created: true });
  await databases.drop(own);
  expect(await databases.listSnapshots(own.owner)).toEqual([]);
}, 120_000);
