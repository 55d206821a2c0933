import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import { PostgresQueries } from '../../../src/adapters/postgres/postgresQueries';
import { testPostgres, type TestPostgres } from '../../support/postgres';
import { repositoryId, wanted } from './wanted';

const limits = { timeoutMs: 1000, maxRows: 100, maxBytes: 100_000 };

describe('a query of an environment’s own database', () => {
  let postgres: TestPostgres;
  let owner: Client;
  let url = '';
  const queries = new PostgresQueries();
  const read = (sql: string, signal = new AbortController().signal) => queries.read({ url, sql, ...limits }, signal);

  beforeAll(async () => {
    postgres = await testPostgres({ settings: { fsync: 'off' } });
    await postgres.server.start();
    const databases = new PostgresDatabases({ server: postgres.server });
    await databases.ensureTemplate({ name: 'tpl_queries', repositoryId, recipe: 'r' }, async () => undefined);
    ({ url } = await databases.clone(wanted(1, 'tpl_queries')));
    owner = new Client({ connectionString: url });
    await owner.connect();
    await owner.query('CREATE TABLE orders (id serial, what text); INSERT INTO orders (what) VALUES ($$one$$), (NULL)');
    await owner.query(
      'CREATE FUNCTION sneak() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders; RETURN 1; END $$',
    );
  });
  afterAll(async () => {
    await owner?.end();
    await postgres?.dispose();
  });

  it('tells columns and cells as text, also where there is no row', async () => {
    expect(await read('SELECT id, what, now() IS NULL AS no FROM orders ORDER BY id')).toEqual({
      columns: ['id', 'what', 'no'],
      rows: [
        ['1', 'one', 'f'],
        ['2', null, 'f'],
      ],
      isCut: false,
    });
    expect(await read('SELECT id FROM orders WHERE false')).toEqual({ columns: ['id'], rows: [], isCut: false });
    expect((await read('SELECT current_user::text')).rows).toEqual([[decodeURIComponent(new URL(url).username)]]);
  });

  it.each([
    "INSERT INTO orders (what) VALUES ('x')",
    'DELETE FROM orders',
    'DROP TABLE orders',
    'COMMIT; DELETE FROM orders',
    'SELECT 1; DELETE FROM orders',
    'SELECT sneak()',
    'WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone',
    "SELECT set_config('transaction_read_only', 'off', false), sneak()",
    'DO $$ BEGIN COMMIT; DELETE FROM orders; END $$',
    "SELECT nextval('orders_id_seq')",
    "COPY orders TO '/tmp/out'",
    'SELECT pg_read_file($$/etc/passwd$$)',
    'VACUUM orders',
    'nonsense',
  ])('is refused where it would do more than read: %s', async (sql) => {
    await expect(read(sql)).rejects.toMatchObject({ message: expect.stringMatching(/^The query failed: /) as unknown });
    expect((await owner.query('SELECT count(*)::int AS n FROM orders')).rows).toEqual([{ n: 2 }]);
  });

  it('leaves nothing set for the next one', async () => {
    await read('SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE').catch(() => undefined);
    await read('COMMIT').catch(() => undefined);
    await expect(read('DELETE FROM orders')).rejects.toThrow(/read-only/);
  });

  it('is ended in time, and told so', async () => {
    const started = performance.now();
    await expect(read('SELECT pg_sleep(60)')).rejects.toMatchObject({ code: 'timeout' });
    await expect(read("SELECT set_config('statement_timeout', '0', false), pg_sleep(60)")).rejects.toMatchObject({
      code: 'timeout',
    });
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('is cut where it has more rows, or more in them, than are wanted', async () => {
    const many = await read('SELECT generate_series(1, 1000000000) AS n');
    expect(many).toMatchObject({ columns: ['n'], isCut: true });
    expect(many.rows).toHaveLength(100);
    const long = await read("SELECT repeat('x', 60000) FROM generate_series(1, 50)");
    expect(long).toMatchObject({ isCut: true });
    expect(long.rows).toHaveLength(1);
  });

  it('ends when it is cancelled', async () => {
    const controller = new AbortController();
    const reading = read('SELECT pg_sleep(60)', controller.signal);
    setTimeout(() => controller.abort(), 50);
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });
});
