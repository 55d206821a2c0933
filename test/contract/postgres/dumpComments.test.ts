import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { administeredPostgres, runSql, type AdministeredPostgres } from '../../support/administeredPostgres';
import { postgresClient } from '../../support/postgresClients';
import { repositoryId, wanted } from './wanted';

/*
 * Dumps that say something of the database itself, in the very comment in which Coppice says whose a database is: as a person does, and as
 * a dump of a template or of an environment's database does, which has Coppice's own words in it.
 */

const run = promisify(execFile);
const clients = {
  psql: postgresClient('psql'),
  dump: postgresClient('pg_dump'),
  restore: postgresClient('pg_restore'),
};
const hasAll = async (): Promise<boolean> => {
  if (!clients.psql || !clients.dump || !clients.restore) return false;
  // One of an older version dumps no newer server.
  const { stdout } = await run(clients.dump.path, ['--version'], { env: clients.dump.env });
  return Number(/\d+/.exec(stdout)?.[0]) >= 18;
};

let pg: AdministeredPostgres;
let counter = 0;

const admin = (database: string): string => {
  const url = new URL(pg.connection.url);
  url.pathname = `/${database}`;
  url.password = pg.connection.password ?? '';
  return url.href;
};
const said = async (database: string): Promise<unknown> =>
  (
    await pg.admin.query<{ said: string | null }>(
      `SELECT shobj_description(oid, 'pg_database') AS said FROM pg_database WHERE datname = $1`,
      [database],
    )
  )[0]?.said;
const checksum = async (url: string): Promise<unknown> =>
  (await runSql(url, `SELECT count(*)::int AS n, md5(string_agg(n || t, ',' ORDER BY n)) AS sum FROM public.notes`))[0];

beforeAll(async () => {
  pg = await administeredPostgres();
}, 120_000);
afterAll(() => pg?.dispose());

describe.skipIf(!(await hasAll())).each(['plain', 'custom'] as const)('a %s dump', (format) => {
  /** A database of somebody's, as a dump that also says how it is made, and what its comment is. */
  async function dumped(from: string): Promise<{ file: string; source: unknown }> {
    const file = path.join(pg.home, `dump-${++counter}`);
    const argv = ['--create', '--no-owner', '--no-acl', `--format=${format}`, '--file', file, '--dbname', admin(from)];
    await run(clients.dump?.path ?? '', argv, { env: clients.dump?.env });
    return { file, source: await checksum(admin(from)) };
  }

  /** What a project's script does with it: into the database that it is given, with what is said of the database. */
  async function restore(file: string, from: string, at: string): Promise<void> {
    if (format === 'custom')
      await run(clients.restore?.path ?? '', ['--no-owner', '--exit-on-error', '--dbname', at, file], {
        env: clients.restore?.env,
      });
    const { stdout } =
      format === 'custom'
        ? await run(clients.restore?.path ?? '', ['--create', '--file', '-', file], { env: clients.restore?.env })
        : await run('cat', [file]);
    const name = new URL(at).pathname.slice(1);
    const isComment = (line: string): boolean => line.startsWith('COMMENT ON DATABASE ');
    const lines = stdout.split('\n').filter((line) => !/^(?:CREATE|ALTER) DATABASE |^\\connect /.test(line));
    const script = path.join(pg.home, `script-${++counter}.sql`);
    const kept = format === 'custom' ? lines.filter(isComment) : lines;
    await writeFile(
      script,
      kept
        .map((line) => (isComment(line) ? line.replace(`DATABASE ${from} `, `DATABASE "${name}" `) : line))
        .join('\n'),
    );
    await run(clients.psql?.path ?? '', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', script, at], {
      env: clients.psql?.env,
    });
  }

  const template = `dumped_${format}`;
  const base = format === 'plain' ? 1 : 4;
  const [own, other] = [wanted(base, template), wanted(base + 1, template)];
  const ensure = async (recipe: string, file: string, from: string): Promise<void> =>
    void (await pg.asDeveloper.ensureTemplate({ name: template, repositoryId, recipe }, (at) =>
      restore(file, from, at),
    ));

  test('says of the clones what a person says, and whose they are stays what it is', async () => {
    const from = `persons_${format}`;
    await pg.admin.query(`CREATE DATABASE ${from}`);
    await runSql(
      admin(from),
      `CREATE TABLE notes (n int, t text); INSERT INTO notes SELECT i, md5(i::text) FROM generate_series(1, 300) i`,
      `COMMENT ON DATABASE ${from} IS 'it''s the shop'`,
    );
    const { file, source } = await dumped(from);
    await ensure('persons', file, from);
    const { url } = await pg.asDeveloper.clone(own);
    expect([await said(own.database), await checksum(url)]).toEqual(["it's the shop", source]);
    expect(await pg.asDeveloper.owner(own.database)).toEqual(own.owner);
    expect(await pg.asDeveloper.changes(own)).toEqual({ kind: 'unchanged' });
    // The template is known as one, and not built again.
    expect(
      await pg.asDeveloper.ensureTemplate({ name: template, repositoryId, recipe: 'persons' }, async () => undefined),
    ).toEqual({ name: template, built: false });

    // Brought into what an environment has already, as by a migration: nothing of what is known of it is lost.
    await runSql(url, 'DROP TABLE notes');
    await pg.asDeveloper.noteMigrated({ ...own, recipe: 'm' });
    await restore(file, from, url);
    expect([await said(own.database), await checksum(url)]).toEqual(["it's the shop", source]);
    expect(await pg.asDeveloper.owner(own.database)).toEqual(own.owner);
    const mark = (
      await pg.admin.query(`SELECT shobj_description(oid, 'pg_authid') AS mark FROM pg_roles WHERE rolname = $1`, [
        own.role,
      ])
    )[0];
    expect(JSON.stringify(mark)).toMatch(/migrated/);
    await pg.asDeveloper.takeSnapshot({ ...own, commit: undefined, name: 'then' });
    await pg.asDeveloper.resetDatabase({ ...own, commit: undefined });
    await pg.asDeveloper.restoreSnapshot({ ...own, commit: undefined, name: 'then' });
    await pg.asDeveloper.clone({ ...other, from: own });
    await pg.asDeveloper.drop({ ...own, keepMs: 3600_000 });
    expect(await pg.asDeveloper.clone(own)).toMatchObject({ broughtBack: true });
    for (const each of [own, other]) {
      expect(await said(each.database)).toBe("it's the shop");
      expect(await pg.asDeveloper.owner(each.database)).toEqual(each.owner);
      await pg.asDeveloper.drop(each);
    }
  }, 120_000);

  // The database of the one environment, or a template, becomes the template of the others.
  test.each(['environment', 'template'] as const)(
    'of a database of Coppice’s own, %s, says nothing of whose a clone is',
    async (kind) => {
      const plain = `ours_${format}_${kind}`;
      await pg.asSuperuser.ensureTemplate({ name: plain, repositoryId, recipe: 'r' }, async (at) => {
        const comment = `COMMENT ON DATABASE "${new URL(at).pathname.slice(1)}" IS 'of old'`;
        await runSql(
          at,
          `CREATE TABLE notes (n int, t text); INSERT INTO notes VALUES (1, 'one'); ${kind === 'template' ? comment : ''}`,
        );
      });
      const theirs = wanted(base + 2, plain);
      if (kind === 'environment') await pg.asSuperuser.clone(theirs);
      // A template lets nobody in: a copy of it is dumped, with what it says of itself.
      const from = kind === 'environment' ? theirs.database : `copy_of_${plain}`;
      if (kind === 'template') {
        await pg.admin.query(`CREATE DATABASE ${from} TEMPLATE ${plain}`);
        await pg.admin.query(`COMMENT ON DATABASE ${from} IS '${String(await said(plain)).replaceAll("'", "''")}'`);
      }
      expect(await said(from)).toContain(repositoryId);
      const { file, source } = await dumped(from);
      await ensure(`of ${kind}`, file, from);
      const { url } = await pg.asDeveloper.clone(own);
      expect(await checksum(url)).toEqual(source);
      const comment = await said(own.database);
      if (kind === 'template') expect(comment).toBe('of old');
      else expect(comment).toBe(JSON.stringify({ coppice: 1, ...own.owner }));
      expect(await pg.asDeveloper.owner(own.database)).toEqual(own.owner);
      // Where somebody gives it another owner, its own comment says whose it is: that of the database that was dumped must not.
      await pg.admin.query(`ALTER DATABASE ${own.database} OWNER TO developer`);
      expect(await pg.asDeveloper.owner(own.database)).toEqual(kind === 'template' ? 'foreign' : own.owner);
      await pg.admin.query(`ALTER DATABASE ${own.database} OWNER TO ${own.role}`);
      await pg.asDeveloper.drop(own);
      if (kind === 'environment') await pg.asSuperuser.drop(theirs);
    },
    60_000,
  );
});
