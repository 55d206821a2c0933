import { execFile, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockKey, makingHash } from '../../../src/adapters/postgres/ownership';
import type { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import { administeredPostgres, runSql, type AdministeredPostgres } from '../../support/administeredPostgres';
import { postgresClient } from '../../support/postgresClients';
import { until } from '../../support/until';
import { cutAt } from './cutAt';
import { repositoryId, wanted } from './wanted';

/* A client that dies while it makes a template of a plain dump, a clone of that, or takes one away. At each message: COPPICE_KILLS=all. */

const isWhole = process.env['COPPICE_KILLS'] === 'all';
const psql = postgresClient('psql');
const template = 'cut_template';
let pg: AdministeredPostgres;
let dump = '';
/** Of what has nothing to do with it. */
let others: unknown;

/** As pg_dump writes it: what makes the tables, their rows as text of COPY, and what comes after both. */
const dumpText = (rows: number): string =>
  [
    `SET statement_timeout = 0;\nSET client_encoding = 'UTF8';\nSELECT pg_catalog.set_config('search_path', '', false);`,
    'CREATE TABLE public.notes (n integer NOT NULL, t text);',
    'COPY public.notes (n, t) FROM stdin;',
    ...Array.from({ length: rows }, (_, n) => `${n}\tnote ${n} ${'x'.repeat(200)}`),
    '\\.\n',
    'ALTER TABLE ONLY public.notes ADD CONSTRAINT notes_pkey PRIMARY KEY (n);',
    '-- PostgreSQL database dump complete\n',
  ].join('\n');

const checksum = async (url: string): Promise<unknown> =>
  (await runSql(url, `SELECT count(*)::int AS n, md5(string_agg(n || t, ',' ORDER BY n)) AS sum FROM public.notes`))[0];

const inventory = (): Promise<unknown[]> =>
  pg.admin.query(
    `SELECT datname AS name, datallowconn AS open, shobj_description(oid, 'pg_database') AS said FROM pg_database WHERE datname NOT LIKE 'cut\\_template%'
       UNION ALL SELECT 'role ' || rolname, rolcanlogin, shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname NOT LIKE 'coppice\\_tpl\\_%' ORDER BY 1`,
  );
const named = async (like: string): Promise<unknown[]> =>
  (await inventory()).filter((each) => RegExp(like).test(JSON.stringify(each)));

/** The server may still be at the statement that it was sent last. */
async function quiet(...hashes: string[]): Promise<void> {
  for (const key of hashes.map(lockKey))
    await pg.admin.query(`SELECT pg_advisory_lock(${key}); SELECT pg_advisory_unlock(${key})`);
}

/** Runs it over a way that is cut at one message after the other, until it comes to its end. @returns how often it did not */
async function cutEach(
  work: (by: PostgresDatabases) => Promise<unknown>,
  before: (message: number) => Promise<unknown>,
  after: (message: number, isFailed: boolean) => Promise<void>,
  step: number,
): Promise<number> {
  let cuts = 0;
  for (let [message, wasCut] = [0, true]; wasCut; message += isWhole ? 1 : step) {
    await before(message);
    const way = await cutAt(pg.connection, message);
    const isFailed = await work(way.databases).then(
      () => false,
      () => true,
    );
    wasCut = way.wasCut();
    await way.close();
    if (isFailed) cuts++;
    await after(message, isFailed);
  }
  return cuts;
}

describe.skipIf(psql === undefined)('a template of a plain dump, and its clones', () => {
  const other = { ...wanted(9, template), database: 'wt_other', role: 'wt_other' };
  const own = wanted(1, template);
  const hash = makingHash('database', own.database);
  let [url, rows]: [string, unknown] = ['', undefined];

  /** The template of the dump as it is now. @param onPsql told of its process */
  const build = (by: PostgresDatabases, recipe: string, onPsql?: (child: ChildProcess) => void): Promise<unknown> =>
    by.ensureTemplate({ name: template, repositoryId, recipe }, async (at) => {
      const argv = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', dump, at];
      const running = promisify(execFile)(psql?.path ?? '', argv, { env: psql?.env });
      onPsql?.(running.child);
      await running;
    });

  beforeAll(async () => {
    pg = await administeredPostgres();
    dump = path.join(pg.home, 'dump.sql');
    await writeFile(dump, dumpText(500));
    await build(pg.asSuperuser, 'first');
    ({ url } = await pg.asSuperuser.clone(other));
    await runSql(url, 'DELETE FROM public.notes WHERE n > 100');
    [rows, others] = [await checksum(url), await inventory()];
  }, 120_000);
  afterAll(() => pg?.dispose());

  /** What was there before is there, and nothing else. */
  async function nothingElse(): Promise<void> {
    expect(await inventory()).toEqual(others);
    expect(await checksum(url)).toEqual(rows);
  }

  /** Of what a clone of the template has. */
  async function templateNow(): Promise<unknown> {
    const clone = await pg.asSuperuser.clone(own);
    const found = await checksum(clone.url);
    await pg.asSuperuser.drop(own);
    return found;
  }

  test('the template is whole or the one before, whichever message it was cut at, and a retry builds it', async () => {
    let [count, before]: [number, unknown] = [500, await templateNow()];
    const cuts = await cutEach(
      (by) => build(by, `of ${count}`),
      async () => writeFile(dump, dumpText(++count)),
      async (message) => {
        await quiet(makingHash('template', template));
        const left = await templateNow();
        const isNew = !isDeepStrictEqual(left, before);
        if (isNew) expect(left, `cut at message ${message}`).toMatchObject({ n: count });
        expect(await build(pg.asSuperuser, `of ${count}`)).toEqual({ name: template, built: !isNew });
        expect((before = await templateNow())).toMatchObject({ n: count });
        await nothingElse();
      },
      7,
    );
    expect(cuts).toBeGreaterThan(3);
  }, 240_000);

  test('nothing is left of one whose psql was killed in the middle of its rows', async () => {
    const before = await templateNow();
    await writeFile(dump, `${dumpText(20_000)}SELECT pg_catalog.pg_sleep(600);\n`);
    let child: ChildProcess | undefined;
    const building = build(pg.asSuperuser, 'killed', (begun) => (child = begun)).catch((error: unknown) => error);
    const sleeps = `SELECT FROM pg_stat_activity WHERE datname LIKE 'coppice\\_tmp%' AND query LIKE '%pg_sleep(600)%' AND state = 'active'`;
    await until(async () => (await pg.admin.query(sleeps)).length > 0, 60_000);
    child?.kill('SIGKILL');
    const message = expect.stringContaining(`The template database ${template} could not be built`) as string;
    expect(await building).toMatchObject({ message });
    await nothingElse();
    expect(await templateNow()).toEqual(before);
    await writeFile(dump, dumpText(700));
    await build(pg.asSuperuser, 'killed');
    expect(await templateNow()).toMatchObject({ n: 700 });
  }, 120_000);

  test('a clone is there or not, whichever message it was cut at, and a retry or a drop finishes it', async () => {
    const whole = await templateNow();
    const cuts = await cutEach(
      (by) => by.clone(own),
      async () => undefined,
      async (message) => {
        await quiet(hash);
        // No database of that name without the role that says whose it is.
        if ((await named('"wt_own_1"')).length > 0)
          expect(await named('"role wt_own_1"'), `at ${message}`).toHaveLength(1);
        if (message % 2 === 0) {
          const again = await pg.asSuperuser.clone(own);
          expect(await checksum(again.url), `at ${message}`).toEqual(whole);
          expect(await pg.asSuperuser.changes(own)).toEqual({ kind: 'unchanged' });
        }
        await pg.asSuperuser.drop(own);
        await nothingElse();
      },
      3,
    );
    expect(cuts).toBeGreaterThan(5);
  }, 240_000);

  test.each([0, 3600_000])(
    'a drop that keeps it for %i ms loses nothing on its way, and a retry finishes it',
    async (keepMs) => {
      let mine: unknown;
      const cuts = await cutEach(
        (by) => by.drop({ ...own, keepMs }),
        async (message) => {
          const made = await pg.asSuperuser.clone(own);
          await runSql(made.url, `INSERT INTO public.notes VALUES (${100_000 + message}, 'mine')`);
          mine = await checksum(made.url);
        },
        async (message) => {
          await quiet(hash);
          if (keepMs > 0 && message % 2 === 0) {
            // As an undo, or a create of the same worktree: with or without the delete having come to its end.
            const back = await pg.asSuperuser.clone(own);
            expect(back.created, `at ${message}`).toBe(false);
            expect(await checksum(back.url), `at ${message}`).toEqual(mine);
          }
          await pg.asSuperuser.drop({ ...own, keepMs });
          expect(await named('"wt_own_1"')).toEqual([]);
          expect(await pg.asSuperuser.isKept(own.owner), `at ${message}`).toBe(keepMs > 0);
          await pg.asSuperuser.dropKept({ owner: own.owner });
          await nothingElse();
        },
        3,
      );
      expect(cuts).toBeGreaterThan(1);
    },
    240_000,
  );
});
