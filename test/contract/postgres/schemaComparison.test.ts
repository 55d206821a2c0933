import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import { PostgresSchemas } from '../../../src/adapters/postgres/postgresSchemas';
import { compareDatabases } from '../../../src/app/environment/database/compareDatabases';
import { EnvironmentWorld } from '../../support/environmentWorld';
import { testPostgres, type TestPostgres } from '../../support/postgres';
import { run } from '../../support/sleeper';

describe('a comparison with a template of PostgreSQL', () => {
  let postgres: TestPostgres;
  let client: Client;
  let ports: Parameters<typeof compareDatabases>[0];
  let folder: string;

  beforeAll(async () => {
    postgres = await testPostgres({ settings: { fsync: 'off' } });
    const world = new EnvironmentWorld();
    const { identity, worktree } = await world.createBranch('x');
    folder = worktree.path;
    const template = (await world.environmentFiles.read(folder)).database?.template ?? '';
    const { repositoryId } = identity.owner;
    const databases = new PostgresDatabases({ server: postgres.server });
    await databases.ensureTemplate({ name: template, repositoryId, recipe: 'r' }, async (url) => {
      const own = new Client({ connectionString: url });
      await own.connect();
      await own.query('CREATE TABLE first (n int)').finally(() => own.end());
    });
    await databases.clone({ database: 'wt_x', role: 'wt_x', template, owner: identity.owner });
    const schemas = new PostgresSchemas(postgres.server);
    ports = { ...world.createPorts(), schemas, cluster: { identity: identity.cluster } };
    const { url, password } = await postgres.server.connect();
    const to = new URL(url);
    to.pathname = '/postgres';
    if (password !== undefined) to.password = password;
    client = new Client({ connectionString: to.href });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await postgres?.dispose();
  });

  const compare = (signal = run.signal) => compareDatabases(ports)({ folder, with: undefined }, { ...run, signal });
  /**
   * Whoever has ended a comparison ends its process, too: what runs on then never comes to its end. A session that is kept for the next
   * question has nothing under way.
   */
  const left = async (queries = 'coppice_tmp|advisory'): Promise<unknown[]> => {
    const { rows } = await client.query(
      `SELECT datname AS name FROM pg_database WHERE datname LIKE 'coppice\\_tmp\\_%'
       UNION ALL SELECT query FROM pg_stat_activity
       WHERE application_name = 'coppice' AND query ~ $1 AND NOT (state = 'idle' AND query = 'DISCARD ALL')`,
      [queries],
    );
    return rows;
  };

  it('has nothing under way once it is refused', async () => {
    await client.query('ALTER DATABASE wt_x ALLOW_CONNECTIONS false');
    try {
      await expect(compare()).rejects.toMatchObject({ code: 'conflict' });
      expect(await left('.*')).toEqual([]);
    } finally {
      await client.query('ALTER DATABASE wt_x ALLOW_CONNECTIONS true');
    }
  });

  it('has nothing under way once it is cancelled, whenever that is', async () => {
    for (const ms of [1, 10, 20, 40, 60, 90, 120]) {
      const signal = AbortSignal.timeout(ms);
      await compare(signal).catch((error: unknown) => expect(signal.aborted, String(error)).toBe(true));
      expect(await left(), `after ${ms} ms`).toEqual([]);
    }
    expect(await compare()).toMatchObject({ changes: [], same: 3 });
    expect(await left()).toEqual([]);
  });

  it('tells what only an administrator makes', async () => {
    const { url, password } = await postgres.server.connect();
    const to = new URL(url);
    to.pathname = '/wt_x';
    if (password !== undefined) to.password = password;
    const inside = new Client({ connectionString: to.href });
    await inside.connect();
    await inside
      .query(
        `CREATE FOREIGN DATA WRAPPER papers OPTIONS (kind 'x'); CREATE SERVER shelf TYPE 'wood' FOREIGN DATA WRAPPER papers OPTIONS (host 'h');
         GRANT USAGE ON FOREIGN SERVER shelf TO PUBLIC;
         CREATE OPERATOR CLASS public.backwards FOR TYPE int USING btree AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =,
           OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 btint4cmp(int, int)`,
      )
      .finally(() => inside.end());
    const { changes } = await compare();
    expect(changes.map(({ kind, name, parts }) => [kind, name, parts.map(({ after }) => after)])).toEqual([
      ['foreign data wrapper', 'papers', ['OPTIONS (kind=x)']],
      ['foreign server', 'shelf', [`FOREIGN DATA WRAPPER papers TYPE 'wood' OPTIONS (host=h)`, 'USAGE']],
      [
        'operator class',
        'public.backwards USING btree',
        [
          expect.stringMatching(
            /^FOR TYPE integer\nOPERATOR 1 >\(integer,integer\)\n[^]*\nFUNCTION 1 btint4cmp\(integer,integer\)$/,
          ),
        ],
      ],
    ]);
  });
});
