import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import { PostgresLatestRows } from '../../../src/adapters/postgres/postgresLatestRows';
import { testPostgres, type TestPostgres } from '../../support/postgres';
import { repositoryId, wanted } from './wanted';

const limits = { timeoutMs: 5000, maxRows: 3, maxCell: 20 };

describe('what was written last to an environment’s own database', () => {
  let postgres: TestPostgres;
  let owner: Client;
  let url = '';
  const latest = new PostgresLatestRows();
  const read = (since?: string) => latest.read({ url, since, ...limits }, new AbortController().signal);
  const tableOf = async (name: string, since?: string) =>
    (await read(since)).tables.find((table) => table.name === name);

  beforeAll(async () => {
    postgres = await testPostgres({ settings: { fsync: 'off' } });
    await postgres.server.start();
    const databases = new PostgresDatabases({ server: postgres.server });
    const template = { name: 'tpl_latest', repositoryId, recipe: 'r' };
    await databases.ensureTemplate(template, async (templateUrl) => {
      const builder = new Client({ connectionString: templateUrl });
      await builder.connect();
      await builder.query(`
        CREATE TABLE visits (id int PRIMARY KEY, count int);
        CREATE TABLE "odd ""name" (what text);
        INSERT INTO visits VALUES (1, 0), (2, 0);
        INSERT INTO "odd ""name" VALUES ('of the template')`);
      await builder.end();
    });
    ({ url } = await databases.clone(wanted(1, template.name)));
    owner = new Client({ connectionString: url });
    await owner.connect();
  });
  afterAll(async () => {
    await owner?.end();
    await postgres?.dispose();
  });

  it('is nothing where all is as the template has it', async () => {
    expect(await read()).toMatchObject({ tables: [], left: [] });
  });

  it('is the row that a request has changed, and not the others of its table', async () => {
    await owner.query('UPDATE visits SET count = count + 1 WHERE id = 2');
    expect(await tableOf('visits')).toEqual({
      ...{ name: 'visits', columns: ['id', 'count'], isCut: false, deleted: 0 },
      rows: [{ cells: ['2', '1'], isNew: false }],
    });
  });

  it('has the table that was written last first, whatever it is called, and cuts what is long and many', async () => {
    const { mark } = await read();
    await owner.query(`INSERT INTO "odd ""name" VALUES (NULL), ('${'x'.repeat(50)}')`);
    for (let at = 0; at < 4; at++) await owner.query(`INSERT INTO "odd ""name" VALUES ('row ${at}')`);
    const { tables } = await read(mark);
    expect(tables.map(({ name }) => name)).toEqual(['odd "name', 'visits']);
    expect(tables[0]).toMatchObject({
      isCut: true,
      rows: ['row 3', 'row 2', 'row 1'].map((one) => ({ cells: [one] })),
    });
    await owner.query(`UPDATE "odd ""name" SET what = '${'y'.repeat(50)}' WHERE what = 'row 0'`);
    expect((await tableOf('odd "name'))?.rows[0]?.cells).toEqual([`${'y'.repeat(20)}…`]);
    await owner.query(`UPDATE "odd ""name" SET what = NULL WHERE what = 'row 1'`);
    expect((await tableOf('odd "name'))?.rows[0]?.cells).toEqual([null]);
  });

  it('says what was written since an earlier look, in a transaction that had not begun then', async () => {
    const { mark } = await read();
    const isNew = async () => (await tableOf('visits', mark))?.rows.map(({ cells, isNew: fresh }) => [cells[0], fresh]);
    expect(await isNew()).toEqual([['2', false]]);
    await owner.query('UPDATE visits SET count = 9 WHERE id = 1');
    expect(await isNew()).toEqual([
      ['1', true],
      ['2', false],
    ]);
  });

  it('tells tables that it cannot look at, and waits for nobody who has locked one', async () => {
    await owner.query(`
      CREATE TABLE hidden (id int); INSERT INTO hidden VALUES (1);
      ALTER TABLE hidden ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE TABLE held (id int); INSERT INTO held VALUES (1)`);
    await owner.query('BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE');
    const started = performance.now();
    const { left, tables } = await read();
    await owner.query('ROLLBACK');
    expect([...left].sort()).toEqual(['held', 'hidden']);
    expect(tables.map(({ name }) => name)).toContain('visits');
    expect(performance.now() - started).toBeLessThan(20_000);
    expect((await tableOf('held'))?.rows).toHaveLength(1);
  });

  it('writes nothing, also where reading calls what somebody has written', async () => {
    await owner.query(`
      CREATE TABLE called (id int); INSERT INTO called VALUES (1);
      CREATE FUNCTION public.age(xid) RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM called; RETURN 1; END $$;
      ALTER ROLE CURRENT_USER SET search_path = public, pg_catalog`);
    expect((await tableOf('called'))?.rows).toHaveLength(1);
    expect((await owner.query('SELECT count(*)::int AS n FROM called')).rows).toEqual([{ n: 1 }]);
    await owner.query('ALTER ROLE CURRENT_USER RESET search_path');
  });

  it('counts what was deleted', async () => {
    await owner.query('DELETE FROM called');
    await expect.poll(async () => (await tableOf('called'))?.deleted, { timeout: 20_000 }).toBe(1);
    expect((await tableOf('called'))?.rows).toEqual([]);
  });
});
