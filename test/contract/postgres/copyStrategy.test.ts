import { afterAll, beforeAll, expect, test } from 'vitest';
import { readServer, type ServerFacts } from '../../../src/adapters/postgres/catalog';
import { copyStrategy } from '../../../src/adapters/postgres/copyStrategy';
import { Session, withSession } from '../../../src/adapters/postgres/session';
import type { AdminConnection } from '../../../src/adapters/postgres/postgresServer';
import { testPostgres, type TestPostgres } from '../../support/postgres';

const methodOf = async (session: Session): Promise<unknown> =>
  (await session.query("SELECT current_setting('file_copy_method', true) AS method"))[0]?.['method'];
let postgres: TestPostgres;
let connection: AdminConnection;
let admin: Session;
let server: ServerFacts;

beforeAll(async () => {
  // With what it waits for by default: most tests have a server that waits for no disk.
  postgres = await testPostgres();
  connection = await postgres.server.start();
  admin = await Session.open(connection);
  server = await readServer(admin);
  for (const [name, rows] of Object.entries({ small: 10, middling: 40_000, large: 120_000 })) {
    await admin.query(`CREATE DATABASE ${name}`);
    await withSession(connection, name, undefined, (inside) =>
      inside.query(`CREATE TABLE public.t AS SELECT repeat('x', 900) AS x FROM generate_series(1, ${rows})`),
    );
  }
}, 120_000);

afterAll(async () => {
  await admin?.close();
  await postgres?.dispose();
});

test('large templates are copied by file, small ones through the log', async ({ skip }) => {
  skip(server.version < 150000, 'it has one way to copy a database');
  expect(await copyStrategy(admin, 'small', server)).toBe('');
  const byFile = await copyStrategy(admin, 'large', server);
  expect(byFile).toBe(' STRATEGY FILE_COPY');
  expect(await copyStrategy(admin, 'large', { ...server, version: 140000 })).toBe('');
  await admin.query(`CREATE DATABASE copied TEMPLATE large${byFile}`);
  const [row] = await withSession(connection, 'copied', undefined, (inside) =>
    inside.query<{ n: number }>('SELECT count(*)::int AS n FROM public.t'),
  );
  expect(row).toEqual({ n: 120_000 });
});

/** The same server, of whose disk something else is known. @returns how it copies files; undefined: it does not */
async function on(sharesBlocks: boolean | undefined, database = 'large'): Promise<unknown> {
  const known = sharesBlocks === undefined ? {} : { sharesBlocks: () => Promise.resolve(sharesBlocks) };
  const { url, password } = connection;
  return withSession({ url, password, ...known }, undefined, undefined, async (session) => {
    // What an earlier copy has set says nothing of this one.
    await session.query(`SET file_copy_method = ${sharesBlocks === false ? 'clone' : 'copy'}`);
    return (await copyStrategy(session, database, server)) === '' ? undefined : methodOf(session);
  });
}

test('files are cloned where that shares their blocks or nobody knows, and copied where it does not', async ({
  skip,
}) => {
  skip(server.version < 180000, 'it has one way to copy a file');
  expect(await on(true)).toBe('clone');
  expect(await on(undefined)).toBe('clone');
  expect(await on(false)).toBe('copy');
  // What is neither large nor small is written whole where no blocks are shared.
  expect([await on(true, 'middling'), await on(false, 'middling'), await on(true, 'small')]).toEqual([
    'clone',
    undefined,
    undefined,
  ]);
});

test('a server that waits for no disk copies small ones by file, too, whoever asks', async ({ skip }) => {
  skip(server.version < 150000, 'it has one way to copy a database');
  await admin.query('ALTER SYSTEM SET fsync = off');
  await admin.query('SELECT pg_reload_conf()');
  await expect.poll(() => copyStrategy(admin, 'small', server)).toBe(' STRATEGY FILE_COPY');
  expect(await copyStrategy(admin, 'small', { ...server, isSuperuser: false })).toBe(' STRATEGY FILE_COPY');
  expect(await copyStrategy(admin, 'small', { ...server, version: 140000 })).toBe('');
  await admin.query('ALTER SYSTEM RESET fsync');
  await admin.query('SELECT pg_reload_conf()');
  await expect.poll(() => copyStrategy(admin, 'small', server)).toBe('');
});
