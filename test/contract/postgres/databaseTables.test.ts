import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import { PostgresTables } from '../../../src/adapters/postgres/postgresTables';
import type { FoundTable } from '../../../src/core/ports/databaseTables';
import { FakeDatabaseTables } from '../../support/fakes/fakeDatabaseTables';
import { testPostgres, type TestPostgres } from '../../support/postgres';
import { databaseTablesContract } from './databaseTablesContract';
import { ownerOf, repositoryId, wanted } from './wanted';

const owner = ownerOf(1);

describe('tables in memory', () => {
  const fake = new FakeDatabaseTables();
  fake.own('wt_own_1', owner);
  databaseTablesContract(() => ({
    ...{ tables: fake, database: 'wt_own_1', owner, url: 'postgresql://wt_own_1@127.0.0.1/wt_own_1' },
    put: async (schema, name, rows) => fake.put('wt_own_1', schema, name, rows),
  }));
});

describe('tables of PostgreSQL', () => {
  let postgres: TestPostgres;
  let tables: PostgresTables;
  let client: Client;
  let url = '';

  beforeAll(async () => {
    postgres = await testPostgres({ settings: { fsync: 'off' } });
    tables = new PostgresTables(postgres.server, 60_000);
    expect(await tables.read({ database: 'wt_own_1', owner, tables: [] })).toBe('The PostgreSQL server does not run.');
    await postgres.server.start();
    const databases = new PostgresDatabases({ server: postgres.server });
    const template = { name: 'tpl_tables', repositoryId, recipe: 'r' };
    await databases.ensureTemplate(template, async () => undefined);
    ({ url } = await databases.clone(wanted(1, 'tpl_tables')));
    // The owner of the environment's database: an agent has its address.
    client = new Client({ connectionString: url });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await postgres?.dispose();
  });
  beforeEach(() => client.query('CREATE SCHEMA IF NOT EXISTS shop'));

  databaseTablesContract(() => ({
    ...{ tables, database: 'wt_own_1', owner, url },
    put: async (schema, name, rows) => {
      await client.query(
        `DROP TABLE IF EXISTS ${schema}."${name}"; CREATE TABLE ${schema}."${name}" (name text, n int)`,
      );
      for (const each of rows)
        await client.query(`INSERT INTO ${schema}."${name}" VALUES ($1, $2)`, [each.name, each.n]);
    },
  }));

  const read = async (name: string): Promise<FoundTable | undefined> => {
    const found = await tables.read({ database: 'wt_own_1', owner, tables: [{ name, columns: ['name', 'n'] }] });
    if (typeof found === 'string') throw new Error(found);
    return found[0];
  };

  // Each would have a function of the owner's run by the administrator who reads it.
  const trap = `CREATE OR REPLACE FUNCTION trap(anyelement) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS $$
    BEGIN IF current_user NOT LIKE 'wt%' THEN RAISE EXCEPTION 'run by %', current_user USING ERRCODE = 'XX001'; END IF; RETURN true; END $$`;
  it.each([
    ['a view', 'CREATE VIEW t AS SELECT 1 AS n WHERE trap(1)'],
    ['a materialized view', 'CREATE MATERIALIZED VIEW t AS SELECT 1 AS n'],
    [
      'a policy',
      'CREATE TABLE t (n int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (trap(n))',
    ],
    ['an expression', 'CREATE TABLE t (n int); CREATE INDEX ON t ((trap(1) AND n > 0))'],
    ['a condition', 'CREATE TABLE t (n int); CREATE INDEX ON t (n) WHERE trap(1)'],
    ['a check', 'CREATE TABLE t (n int CHECK (trap(n)))'],
    ['a type', "CREATE TYPE kind AS ENUM ('a'); CREATE TABLE t (name kind)"],
    ['a domain', 'CREATE DOMAIN word AS text; CREATE TABLE t (name word)'],
    ['a computed column', 'CREATE TABLE t (name text, n int GENERATED ALWAYS AS (1) STORED)'],
    ['a partitioned table', 'CREATE TABLE t (n int) PARTITION BY LIST (n)'],
  ])('are not read through %s', async (_what, sql) => {
    await client.query(`BEGIN; ${trap}; ${sql}; COMMIT`);
    try {
      expect(await read('t')).toMatchObject({ kind: 'unreadable' });
    } finally {
      await client.query(
        `DO $$ DECLARE r record; BEGIN FOR r IN SELECT relname, relkind FROM pg_class WHERE relname = 't' LOOP EXECUTE
          CASE r.relkind WHEN 'v' THEN 'DROP VIEW t' WHEN 'm' THEN 'DROP MATERIALIZED VIEW t' ELSE 'DROP TABLE t' END; END LOOP; END $$;
          DROP TYPE IF EXISTS kind; DROP DOMAIN IF EXISTS word; DROP FUNCTION trap`,
      );
    }
  });

  it('are read without what inherits from them', async () => {
    await client.query('CREATE TABLE parent (name text, n int); CREATE TABLE child () INHERITS (parent)');
    await client.query("INSERT INTO parent VALUES ('own', 1); INSERT INTO child VALUES ('other', 2)");
    expect(await read('parent')).toEqual({ kind: 'rows', rows: [{ name: 'own', n: 1 }] });
  });

  it('are read by what PostgreSQL itself calls a function, whatever the owner calls so', async () => {
    await client.query('CREATE TABLE mine (name text, n int); INSERT INTO mine VALUES (repeat($$x$$, 1000), 1)');
    await client.query(`CREATE FUNCTION public.left(text, int) RETURNS text LANGUAGE sql AS $$ SELECT 'mine' $$;
      ALTER ROLE CURRENT_USER SET search_path = public, pg_catalog`);
    expect(await read('mine')).toEqual({ kind: 'rows', rows: [{ name: 'x'.repeat(400), n: 1 }] });
  });

  it('are told as held while a migration changes them, and nobody waits long', async () => {
    await client.query('CREATE TABLE held (name text, n int)');
    await client.query('BEGIN; LOCK TABLE held');
    try {
      expect(await read('held')).toEqual({
        kind: 'unreadable',
        reason: 'public.held is held by somebody: a migration may be under way.',
      });
    } finally {
      await client.query('ROLLBACK');
    }
    expect(await read('held')).toEqual({ kind: 'rows', rows: [] });
  });

  it('that are no bookkeeping are not read at all', async () => {
    await client.query('CREATE TABLE many (n int); INSERT INTO many SELECT 1 FROM generate_series(1, 20001)');
    expect(await read('many')).toMatchObject({ kind: 'unreadable' });
  });

  it('have names that reach no SQL', async () => {
    const name = `a"; DROP TABLE mine; --`;
    await client.query(`CREATE TABLE "${name.replace('"', '""')}" (name text, n int)`);
    expect(await read(name)).toEqual({ kind: 'rows', rows: [] });
    expect(await read('mine')).toMatchObject({ kind: 'rows' });
  });
});
