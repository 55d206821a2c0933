import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { fetchedClients as clients } from '../../support/postgresClients';
import { hasProgram, obtainedProgram } from '../../support/usedPrograms';
import { verifies } from '../../support/verified';
import { CliWorld } from './cliWorld';

const run = promisify(execFile);
/** Of this machine, without what it says of databases itself. */
const plain: Readonly<Record<string, string | undefined>> = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG'))),
  LD_LIBRARY_PATH: clients,
};

/** What makes a session another one: of libpq, and of the drivers that read more names. */
const ofSessions = {
  PGOPTIONS: '-c search_path=pg_temp,nowhere -c default_transaction_read_only=on -c bytea_output=escape',
  PGCLIENTENCODING: 'LATIN1',
  PGDATESTYLE: 'German, DMY',
  PGTZ: 'Asia/Tokyo',
  PGGEQO: 'off',
  PGAPPNAME: 'somebody',
  PGTARGETSESSIONATTRS: 'standby',
  PGSERVICE: 'nothing',
  PGSSLMODE: 'require',
  PGREQUIREAUTH: 'gss',
  PGCHANNELBINDING: 'require',
};
/** What leads it elsewhere, and what only some read. */
const others = {
  PGHOST: '192.0.2.1',
  PGHOSTADDR: '192.0.2.1',
  PGPORT: '1',
  PGUSER: 'nobody',
  PGDATABASE: 'nowhere',
  PGPASSWORD: 'wrong',
  PGPASSFILE: '/nowhere/pgpass',
  PGSERVICEFILE: '/nowhere/service',
  PGSYSCONFDIR: '/nowhere',
  PGSSLNEGOTIATION: 'direct',
  PGGSSENCMODE: 'require',
  PGMINPROTOCOLVERSION: '3.2',
  PGCONNECT_TIMEOUT: '1',
  PGCLIENT_ENCODING: 'LATIN1',
  PGREPLICATION: 'database',
  PGDATA: '/nowhere/data',
};

/** What differs with the session that runs it, in a file for psql. */
const seed = `
CREATE TABLE said AS SELECT current_setting('TimeZone') AS zone, current_setting('DateStyle') AS dates,
  current_setting('search_path') AS path, current_setting('client_encoding') AS encoding, current_setting('geqo') AS geqo,
  current_setting('application_name') AS program, current_setting('bytea_output') AS bytes, session_user AS whoever;
CREATE TABLE kept (word text DEFAULT 'grün ☂', at timestamptz DEFAULT '2026-01-02 03:04', day date DEFAULT '03.02.2026');
INSERT INTO kept VALUES (DEFAULT, DEFAULT, '04.03.2026'), ('ÿ', '2026-07-01 12:00', DEFAULT);
CREATE VIEW seen AS SELECT word, at::text AS at, day::text AS day FROM kept;
CREATE TABLE counted AS SELECT at::text, day::text, length(word), word::bytea::text AS raw FROM kept;
`;

describe.skipIf(!hasProgram(clients, 'pg_dump'))('a shell that says otherwise of databases', () => {
  const version = async (): Promise<string> => {
    const { stdout } = await run(join(clients, 'pg_dump'), ['--version'], { env: plain });
    return /[\d.]+/.exec(stdout)?.[0] ?? '';
  };
  verifies('pg_dump', version, {
    obtained: obtainedProgram(join(clients, 'pg_dump')),
    asked: 'the bytes of template, clone and fork, made in a shell with other PG* variables and in one without',
  });

  /** The bytes that pg_dump writes of it, and what it leaves out of a database. */
  async function dumped(
    world: CliWorld,
    database: string,
  ): Promise<{ readonly dump: string; readonly facts: unknown }> {
    const connection = await world.postgres.probe();
    if (!connection) throw new Error('PostgreSQL does not run');
    const url = new URL(connection.url);
    url.password = connection.password ?? '';
    url.pathname = `/${database}`;
    // Since its minor versions of 2025 it writes a random key around its text, unless it is given one.
    const argv = ['--dbname', url.href, '--restrict-key', 'coppice'];
    const { stdout } = await run(join(clients, 'pg_dump'), argv, { env: plain, maxBuffer: 1e8 });
    const facts = await world.postgres.sql(
      `SELECT d.*, (SELECT array_agg(setconfig ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid) AS settings
         FROM (SELECT oid, encoding, datlocprovider, datcollate, datctype, datlocale, datconnlimit, datacl::text FROM pg_database
          WHERE datname = '${database}') d`,
    );
    const [{ oid: _, ...told } = {}] = facts;
    // The role that fills a template is drawn each time, and owns what is in it.
    return { dump: stdout.replaceAll(/coppice_tpl_[0-9a-f]+_[0-9a-f]+/g, 'coppice_tpl_drawn'), facts: told };
  }

  it('leaves template and clones the same byte by byte', { timeout: 600_000 }, async () => {
    const world = await CliWorld.create();
    try {
      world.env['PATH'] = [clients, world.env['PATH']].join(delimiter);
      world.env['LD_LIBRARY_PATH'] = clients;
      for (const name of Object.keys(world.env)) if (name.startsWith('PG')) Reflect.deleteProperty(world.env, name);
      const file = join(world.repository, 'db', 'more.sql');
      await writeFile(file, seed);
      for (const path of ['db/migrate.js', 'db/migrations/002-numbers.sql'] as const) {
        const text = await readFile(join(world.repository, path), 'utf8');
        await writeFile(
          join(world.repository, path),
          text.replaceAll('now()', () => '$$2026-01-02 03:04:05$$'),
        );
      }
      await writeFile(
        join(world.repository, 'coppice.yaml'),
        [
          'version: 1',
          'services: {app: {command: "node -e setInterval(Date,1000)"}}',
          'database:',
          '  template: fibonacci_template',
          '  migrate: node db/migrate.js',
          '  seed: psql -X -v ON_ERROR_STOP=1 -f db/more.sql',
          '',
        ].join('\n'),
      );
      await world.git('add', '-A');
      await world.git('commit', '-qm', 'Fill it by psql, too');

      const made = async (env: Readonly<Record<string, string>>): Promise<unknown> => {
        await world.json(['create', 'topic'], { env });
        const folder = world.worktree('topic');
        await mkdir(join(folder, 'db', 'migrations'), { recursive: true });
        await writeFile(
          join(folder, 'db', 'migrations', '003-own.sql'),
          "CREATE TABLE own AS SELECT current_setting('TimeZone') AS zone, '01.02.2026'::date AS day;\n",
        );
        await world.json(['database', 'migrate', 'topic'], { env });
        await world.json(['create', 'other'], { env });
        await world.json(['database', 'fork', 'topic', 'other'], { env });
        // A template takes no connections: of its bytes a copy is dumped.
        await world.sql('CREATE DATABASE of_template TEMPLATE fibonacci_template STRATEGY WAL_LOG');
        const names = ['of_template', 'wt_topic', 'wt_other'];
        const told = await Promise.all(names.map(async (name) => [name, await dumped(world, name)]));
        await world.sql('DROP DATABASE of_template');
        for (const name of ['topic', 'other'])
          await world.json(['delete', name, '--discard', 'untracked,unpushed,database'], { env });
        expect((await world.cli(['cluster', 'stop'], { env })).code).toBe(0);
        await rm(world.postgres.folder, { recursive: true });
        return Object.fromEntries(told);
      };
      const expected = await made({});
      expect(await made({ ...ofSessions, ...others })).toEqual(expected);
      expect(JSON.stringify(expected)).toMatch(/grün ☂.*CREATE TABLE public\.own/s);
    } finally {
      await world.dispose();
    }
  });
});
