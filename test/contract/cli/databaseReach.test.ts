import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliWorld } from './cliWorld';

const hasPsql = await promisify(execFile)('psql', ['--version']).then(
  () => true,
  () => false,
);

/** What a shell may say of another server. */
const hostile = {
  ...{ PGHOST: '203.0.113.1', PGHOSTADDR: '203.0.113.1', PGPORT: '1', PGUSER: 'nobody', PGPASSWORD: 'wrong' },
  ...{ PGDATABASE: 'template1', PGSERVICE: 'elsewhere', PGSERVICEFILE: '/nowhere', PGPASSFILE: '/nowhere' },
  ...{
    PGOPTIONS: '-c search_path=nowhere',
    PGSSLMODE: 'verify-full',
    PGCLIENTENCODING: 'LATIN1',
    PGCONNECT_TIMEOUT: '2',
  },
};

describe("what leads to an environment's database", { timeout: 120_000 }, () => {
  let world: CliWorld;
  let path = '';
  beforeAll(async () => {
    world = await CliWorld.create();
    ({ path } = await world.json<{ path: string }>(['create', 'work']));
  }, 120_000);
  afterAll(() => world.dispose());

  it('is printed as an address, and in parts', async () => {
    const { stdout, code } = await world.cli(['db', 'url'], { cwd: path, env: hostile });
    expect(code).toBe(0);
    const url = new URL(stdout.trim());
    expect([url.protocol, url.username, url.pathname]).toEqual(['postgresql:', 'wt_work', '/wt_work']);
    expect(await world.json(['database', 'url', 'work'])).toEqual({
      ...{ DATABASE_URL: url.href, DATABASE_HOST: url.hostname, DATABASE_PORT: url.port, DATABASE_USER: 'wt_work' },
      ...{ DATABASE_PASSWORD: url.password, DATABASE_NAME: 'wt_work' },
    });
    expect(await world.cli(['db', 'url'])).toMatchObject({ code: 8, stdout: '' });
  });

  it('is told to psql by the environment, with no password in the command line', async () => {
    const bin = join(world.folder, 'bin');
    await mkdir(bin);
    await writeFile(
      join(bin, 'psql'),
      `#!${process.execPath}\nconst pg = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^PG/.test(name)));\nconsole.log(JSON.stringify({ argv: process.argv.slice(2), pg }));\nprocess.exit(3);\n`,
    );
    await chmod(join(bin, 'psql'), 0o755);
    const { DATABASE_PASSWORD: password } = await world.json<{ DATABASE_PASSWORD: string }>(['db', 'url', 'work']);
    const env = { ...hostile, PATH: [bin, world.env['PATH']].join(delimiter) };
    const said = await world.cli(['database', 'psql', 'work', '--', '-c', '--json', "SELECT 'x'"], { env });
    expect(said.code).toBe(3);
    const { argv, pg } = JSON.parse(said.stdout) as { argv: string[]; pg: object };
    expect(argv).toEqual([expect.stringMatching(/^--dbname=postgresql:\/\/wt_work@/), '-c', '--json', "SELECT 'x'"]);
    expect(argv.join(' ')).not.toContain(password);
    expect(pg).toEqual({ PGPASSWORD: password });
  });

  it.skipIf(!hasPsql)('psql is in that database and no other, whatever the shell says', async () => {
    const query = ['--no-psqlrc', '-tAc', 'SELECT current_database(), current_user'];
    const said = await world.cli(['db', 'psql', '--', ...query], { cwd: path, env: hostile });
    expect(said).toMatchObject({ code: 0, stdout: 'wt_work|wt_work\n' });
    expect(
      await world.cli(['db', 'psql', 'work', '--', '--no-psqlrc', '-c', 'SELECT'], { env: hostile }),
    ).toMatchObject({
      code: 0,
    });
    expect((await world.cli(['db', 'psql', 'nobody', '--', '-l'])).code).toBe(8);
  });

  it.skipIf(!hasPsql)('leads to what was written there last, and then to what was since', async () => {
    const write = (sql: string) => world.cli(['db', 'psql', 'work', '--', '--no-psqlrc', '-qc', sql]);
    expect(
      (await write("CREATE TABLE written (id int, what text); INSERT INTO written VALUES (1, E'a\\x1b[31mb')")).code,
    ).toBe(0);
    const first = await world.cli(['database', 'rows'], { cwd: path, env: hostile });
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^written: 1 row\n {2}id {2}what\n {2}1 {3}a/m);
    expect(first.stdout).not.toContain('\u001b');
    const [, mark = ''] = /--since (\d+)$/m.exec(first.stdout) ?? [];
    expect((await write('INSERT INTO written VALUES (2, NULL)')).code).toBe(0);
    const { stdout } = await world.cli(['database', 'rows', 'work', '--since', mark]);
    expect(stdout).toMatch(/^written: 2 rows, 1 new\n {7}id {2}what\n {2}new {2}2 {3}NULL\n {7}1 /m);
    expect(await world.json<object>(['database', 'rows', 'work', '--since', mark])).toMatchObject({ left: [] });
    expect((await world.cli(['database', 'rows', 'work', '--since', "1'; --"])).code).toBe(2);
  });
});
