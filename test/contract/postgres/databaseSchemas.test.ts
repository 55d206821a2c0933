import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import { PostgresSchemas } from '../../../src/adapters/postgres/postgresSchemas';
import { compareSchemas } from '../../../src/core/databaseSchema/compareSchemas';
import type { DatabaseSchema } from '../../../src/core/databaseSchema/databaseSchema';
import { FakeDatabaseSchemas } from '../../support/fakes/fakeDatabaseSchemas';
import { testPostgres, type TestPostgres } from '../../support/postgres';
import { databaseSchemasContract } from './databaseSchemasContract';
import { kindsOfChange, schemaOfAllKinds } from './schemaKinds';
import { ownerOf, repositoryId, wanted } from './wanted';

const owner = ownerOf(1);

describe('schemas in memory', () => {
  const fake = new FakeDatabaseSchemas();
  const table = (name: string) => ({
    ...({ kind: 'table', name } as const),
    parts: [{ kind: 'column', name: 'n', text: 'integer' } as const],
  });
  fake.template('tpl_fake', repositoryId, [table('public.first')]);
  fake.own('wt_own_1', owner, [table('public.first')]);
  databaseSchemasContract(() => ({
    ...{ schemas: fake, database: 'wt_own_1', owner, template: 'tpl_fake' },
    addTable: async () => fake.own('wt_own_1', owner, [table('public.first'), table('public.added')]),
  }));
});

describe('schemas of PostgreSQL', () => {
  let postgres: TestPostgres;
  let schemas: PostgresSchemas;
  let databases: PostgresDatabases;
  const clients: Client[] = [];
  const connect = async (url: string): Promise<Client> => {
    const client = new Client({ connectionString: url });
    clients.push(client);
    await client.connect();
    return client;
  };
  /** The administrator's, in a database. */
  const admin = async (database: string): Promise<Client> => {
    const { url, password } = await postgres.server.connect();
    const to = new URL(url);
    to.pathname = `/${database}`;
    if (password !== undefined) to.password = password;
    return connect(to.href);
  };
  const build = (name: string, sql: string) =>
    databases.ensureTemplate({ name, repositoryId, recipe: 'r' }, async (url) => {
      const client = new Client({ connectionString: url });
      await client.connect();
      await client.query(sql).finally(() => client.end());
    });

  beforeAll(async () => {
    postgres = await testPostgres({ settings: { fsync: 'off' } });
    schemas = new PostgresSchemas(postgres.server);
    databases = new PostgresDatabases({ server: postgres.server });
    await build('tpl_first', 'CREATE TABLE first (n int)');
    await build('tpl_kinds', schemaOfAllKinds);
    await databases.clone(wanted(1, 'tpl_first'));
  });
  afterAll(async () => {
    for (const client of clients) await client.end();
    await postgres?.dispose();
  });

  databaseSchemasContract(() => ({
    ...{ schemas, database: 'wt_own_1', owner, template: 'tpl_first' },
    addTable: async () => {
      const client = await admin('wt_own_1');
      await client.query('SET ROLE wt_own_1; CREATE TABLE added (n int)');
    },
  }));

  describe('of a clone with all kinds', () => {
    let client: Client;
    let template: DatabaseSchema;
    const read = () => schemas.read({ kind: 'environment', database: 'wt_own_2', owner: ownerOf(2) });
    const told = async (): Promise<string[]> => {
      const signs = { added: '+', removed: '-', changed: '~', same: '=' };
      return compareSchemas(template, await read()).changes.flatMap(({ change, kind, name, parts }) => [
        `${signs[change]} ${kind} ${name}`,
        ...parts.flatMap((part) =>
          part.change === 'same' ? [] : `  ${signs[part.change]} ${part.kind} ${part.name}`.trimEnd(),
        ),
      ]);
    };

    beforeAll(async () => {
      client = await connect((await databases.clone(wanted(2, 'tpl_kinds'))).url);
      template = await schemas.read({ kind: 'template', name: 'tpl_kinds', repositoryId });
    });

    it('none is told where nothing was changed', async () => {
      expect(await told()).toEqual([]);
      expect(new Set(template.objects.map(({ kind }) => kind)).size).toBe(12);
    });

    it.each(kindsOfChange)('$what: what differs is told, and nothing once it is back', async (kind) => {
      for (const statement of kind.sql.split(/;\s*(?=[A-Z])/)) await client.query(statement);
      const now = await told();
      await client.query(kind.back);
      expect(now).toEqual(kind.told);
      expect(await told()).toEqual([]);
    });

    it('is told alike whatever the owner of the database has set for its sessions', async () => {
      const settings = {
        ...{
          search_path: 'shop, pg_catalog',
          quote_all_identifiers: 'on',
          datestyle: "'SQL, DMY'",
          timezone: "'Asia/Tokyo'",
        },
        ...{ intervalstyle: 'sql_standard', bytea_output: 'escape', default_transaction_isolation: "'read committed'" },
      };
      const set = (to: (name: string, value: string) => string) =>
        client.query(
          Object.entries(settings)
            .map(([name, value]) => `ALTER DATABASE wt_own_2 ${to(name, value)}`)
            .join('; '),
        );
      await set((name, value) => `SET ${name} = ${value}`);
      const now = await told();
      await set((name) => `RESET ${name}`);
      expect(now.filter((line) => !/^ {2}|^\+ setting /.test(line))).toEqual([]);
      expect(now.filter((line) => line.startsWith('+ setting '))).toHaveLength(Object.keys(settings).length);
    });

    // Each would be called by who asks a catalogue, were it found or run.
    it('is told by what PostgreSQL itself calls a function or an operator, and runs nothing of the owner', async () => {
      const trap = (name: string, takes: string, gives: string, volatility = 'IMMUTABLE') =>
        `CREATE FUNCTION public.${name}(${takes}) RETURNS ${gives} LANGUAGE plpgsql ${volatility} AS $$
          BEGIN RAISE EXCEPTION 'run by %', current_user USING ERRCODE = 'XX001'; END $$`;
      const traps = [
        ...['quote_ident(text)', 'quote_ident(name)', 'pg_get_viewdef(oid, bool)', 'pg_get_functiondef(oid)'],
        ...['format_type(oid, int)', 'concat_ws(text, text, text)'],
      ];
      await client.query(
        [
          ...traps.map((each) => trap(each.split('(')[0] ?? '', each.slice(each.indexOf('(') + 1, -1), 'text')),
          trap('joined', 'text, name', 'text'),
          'CREATE OPERATOR public.|| (LEFTARG = text, RIGHTARG = name, FUNCTION = public.joined)',
          trap('checked', 'int', 'bool'),
          'CREATE DOMAIN public.trapped AS int CHECK (checked(VALUE))',
          'CREATE TABLE public.traps (n int DEFAULT (checked(1))::int CHECK (checked(n)), g bool GENERATED ALWAYS AS (checked(n)) STORED)',
          'CREATE INDEX ON public.traps (checked(n)) WHERE checked(n)',
          'ALTER TABLE public.traps ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON public.traps USING (checked(n))',
          'CREATE VIEW public.trap AS SELECT checked(1) AS n',
        ].join('; '),
      );
      const now = await told();
      await client.query(
        `DROP VIEW trap; DROP TABLE traps; DROP DOMAIN trapped; DROP FUNCTION checked; DROP OPERATOR public.|| (text, name);
          DROP FUNCTION joined; ${traps.map((each) => `DROP FUNCTION public.${each}`).join('; ')}`,
      );
      expect(now).toEqual(expect.arrayContaining(['+ table public.traps', '+ view public.trap', '  + policy p']));
      expect(await told()).toEqual([]);
    });

    it('is told as held while a migration changes it, and nobody waits long', async () => {
      await client.query('BEGIN; LOCK TABLE shop.orders');
      try {
        await expect(read()).rejects.toMatchObject({
          code: 'conflict',
          message: 'Something in the database wt_own_2 is held by somebody: a migration may be under way.',
        });
      } finally {
        await client.query('ROLLBACK');
      }
      expect(await told()).toEqual([]);
    });

    it('is of one moment, whatever comes and goes meanwhile', async () => {
      const other = await connect((await databases.clone(wanted(2, 'tpl_kinds'))).url);
      let isOver = false;
      const work = (async () => {
        while (!isOver)
          await other.query(
            'BEGIN; CREATE TABLE shop.twin_a (n int CHECK (n > 0)); CREATE VIEW shop.twin_b AS SELECT n FROM shop.twin_a; COMMIT; DROP TABLE shop.twin_a CASCADE',
          );
      })();
      const seen: number[] = [];
      try {
        for (let n = 0; n < 20; n += 1) {
          const now = await read().catch((error: unknown) => {
            expect(error).toMatchObject({ code: 'conflict' });
            return undefined;
          });
          if (now) seen.push(now.objects.filter(({ name }) => name.startsWith('shop.twin_')).length);
        }
      } finally {
        isOver = true;
        await work;
      }
      expect(seen.every((count) => count === 0 || count === 2)).toBe(true);
      expect(await told()).toEqual([]);
    });

    it('leaves nothing of the copy that a template is read of, also where it is cut off', async () => {
      const left = async (): Promise<string[]> => {
        const session = await admin('postgres');
        const { rows } = await session.query<{ datname: string }>(
          `SELECT datname FROM pg_database WHERE datname LIKE 'coppice\\_tmp\\_%'`,
        );
        return rows.map(({ datname }) => datname);
      };
      expect(await left()).toEqual([]);
      const source = { kind: 'template', name: 'tpl_kinds', repositoryId } as const;
      for (const ms of [1, 20, 60, 120]) {
        const signal = AbortSignal.timeout(ms);
        await schemas.read(source, signal).catch((error: unknown) => expect(signal.aborted, String(error)).toBe(true));
        expect(await left()).toEqual([]);
      }
      expect(await schemas.read(source)).toEqual(template);
    });
  });
});
