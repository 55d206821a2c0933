import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import type { AdminConnection } from '../../../src/adapters/postgres/postgresServer';
import { withSession, type Session } from '../../../src/adapters/postgres/session';
import { administeredPostgres, runSql } from '../../support/administeredPostgres';
import { repositoryDatabasesContract } from './repositoryDatabasesContract';
import { repositoryId, wanted } from './wanted';

let connection: AdminConnection;
let admin: Session;
let asSuperuser: PostgresDatabases;
let asDeveloper: PostgresDatabases;
let dispose: (() => Promise<void>) | undefined;

beforeAll(async () => {
  ({ connection, admin, asSuperuser, asDeveloper, dispose } = await administeredPostgres());
}, 120_000);
afterAll(() => dispose?.());

for (const [as, on] of [
  ['a superuser', () => asSuperuser],
  ['a role that may create databases and roles', () => asDeveloper],
] as const)
  repositoryDatabasesContract(as, () => ({
    databases: on(),
    inventory: async () =>
      (await admin.query<{ name: string }>('SELECT datname AS name FROM pg_database ORDER BY 1')).map(
        ({ name }) => name,
      ),
    createForeign: async (name) => void (await admin.query(`CREATE DATABASE "${name}"`)),
    makeTables: async (url) => void (await runSql(url, 'CREATE TABLE a (n int)')),
    insert: (database, table, rows) =>
      withSession(connection, database, undefined, async (session) => {
        await session.query(`INSERT INTO public.${table} SELECT generate_series(1, ${rows})`);
      }),
  }));

test('sessions and times are told where they can be, and a role says nothing of its own protection', async () => {
  const build = async (url: string): Promise<void> => void (await runSql(url, 'CREATE TABLE a (n int)'));
  const { name: template } = await asSuperuser.ensureTemplate({ name: 'protected', repositoryId, recipe: 'r' }, build);
  const own = wanted(1, template);
  const { url } = await asSuperuser.clone(own);
  const find = async (by: PostgresDatabases) =>
    (await by.ofRepository(repositoryId)).find(({ name }) => name === own.database);
  const client = new Client({ connectionString: url });
  await client.connect();
  const found = await find(asSuperuser);
  expect(found?.sessions).toBe(1);
  expect(Math.abs((found?.madeAt ?? 0) - Date.now())).toBeLessThan(120_000);
  expect((await find(asDeveloper))?.madeAt).toBeUndefined();
  await asSuperuser.protect({ ...own, isProtected: true });
  await expect(client.query(`COMMENT ON ROLE ${own.role} IS 'mine'`)).rejects.toMatchObject({ code: '42501' });
  await client.query(`COMMENT ON DATABASE ${own.database} IS 'mine'`);
  await client.end();
  expect(await asSuperuser.isProtected(own)).toBe(true);
  await expect(asSuperuser.drop(own)).rejects.toMatchObject({ code: 'conflict' });
  await asSuperuser.protect({ ...own, isProtected: false });
  await asSuperuser.drop(own);
  expect(await find(asSuperuser)).toBeUndefined();
}, 60_000);
