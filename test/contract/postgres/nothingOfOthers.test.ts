import fc from 'fast-check';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makingHash } from '../../../src/adapters/postgres/ownership';
import type { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import { PostgresSchemas } from '../../../src/adapters/postgres/postgresSchemas';
import { PostgresTables } from '../../../src/adapters/postgres/postgresTables';
import { withSession } from '../../../src/adapters/postgres/session';
import { isAppError } from '../../../src/core/errors';
import {
  administeredPostgres,
  openClient,
  runSql,
  type AdministeredPostgres,
} from '../../support/administeredPostgres';
import { asServer } from './cutAt';

/* Whatever else a server has: what is not stamped as ours is never dropped, renamed, changed or ended. */

/** More of each is asked for by COPPICE_PROPERTY_RUNS: a run makes databases, which takes a second. */
const runs = Number(process.env['COPPICE_PROPERTY_RUNS'] ?? 4);
const repositoryId = 'acacacacacac';
const template = 'of_ours';
const ofDeveloper = 'of_ours_too';
const owner = { repositoryId, worktreeId: '1'.repeat(12) };
const own = { database: 'wt_of_ours', role: 'wt_of_ours', template, owner };
const hash = makingHash('database', own.database);
const commit = undefined;
/** Whom none of what is there names. */
const ofNobody = {
  ...{ database: 'wt_of_others', role: 'wt_of_others' },
  owner: { repositoryId, worktreeId: '4'.repeat(12) },
};

let pg: AdministeredPostgres;
beforeAll(async () => {
  pg = await administeredPostgres();
  for (const [name, on] of Object.entries({ [template]: pg.asSuperuser, [ofDeveloper]: pg.asDeveloper }))
    await on.ensureTemplate({ name, repositoryId, recipe: 'r' }, async (url) => {
      await runSql(url, 'CREATE TABLE counts AS SELECT generate_series(1, 10) n');
    });
}, 120_000);
afterAll(() => pg?.dispose());

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const attempt = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    await work();
    return 'done';
  } catch (error) {
    if (!isAppError(error)) throw error;
    return error.code;
  }
};

/** All that another one may be lost of: by its number, which no name and no comment changes. */
const everything = (): Promise<Record<string, unknown>[]> =>
  pg.admin.query(
    `SELECT 'database' AS kind, d.oid, datname AS name, datdba AS owner, datallowconn AS open, datistemplate AS template,
         datconnlimit AS "limit", shobj_description(d.oid, 'pg_database') AS comment FROM pg_database d
       UNION ALL SELECT 'role', oid, rolname, NULL, rolcanlogin, NULL, rolconnlimit, shobj_description(oid, 'pg_authid') FROM pg_roles
       ORDER BY 1, 2`,
  );

describe('a thousand hostile names', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'wt_',
      'coppice_tmp_',
      "'",
      '"',
      '; DROP DATABASE postgres; --',
      '\0',
      '\n',
      '\\',
      '$$',
      '%',
      '..',
      '/',
    ),
    fc.constantFrom(
      'postgres',
      'template1',
      'pg_',
      own.database,
      hash,
      '-',
      ' ',
      '\u202e',
      'ß',
      '💥',
      "E'",
      '?',
      '@',
      '#',
    ),
    fc.string({ maxLength: 8 }),
    fc.string({ minLength: 60, maxLength: 70 }),
  );
  /** Some name of ours, or of a template or a snapshot, which people choose. */
  const isFit = (name: string): boolean =>
    /^[a-z_][a-z0-9_]{0,62}$/.test(name) || /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(name);
  const names = fc
    .sample(fc.array(piece, { minLength: 1, maxLength: 4 }), { numRuns: 2000, seed: 20261130 })
    .map((pieces) => pieces.join(''))
    .filter((name) => !isFit(name))
    .slice(0, 1000);

  test('are refused by every command that changes something, before anything is asked of the server', async () => {
    expect(names).toHaveLength(1000);
    const before = await everything();
    const on: PostgresDatabases = pg.asSuperuser;
    const server = asServer(pg.connection);
    const [schemas, tables] = [new PostgresSchemas(server), new PostgresTables(server)];
    const commands = (bad: string): Readonly<Record<string, () => Promise<unknown>>> => ({
      template: () => on.ensureTemplate({ name: bad, repositoryId, recipe: 'r' }, () => Promise.resolve()),
      ages: () => on.ages({ name: bad, repositoryId, recipe: 'r' }),
      clone: () => on.clone({ ...own, database: bad }),
      cloneRole: () => on.clone({ ...own, role: bad }),
      cloneOf: () => on.clone({ ...own, template: bad }),
      cloneFrom: () => on.clone({ ...own, from: { ...own, database: bad } }),
      drop: () => on.drop({ ...own, database: bad }),
      dropRole: () => on.drop({ ...own, role: bad, keepMs: 1000 }),
      changes: () => on.changes({ ...own, database: bad }),
      migrated: () => on.noteMigrated({ ...own, database: bad, recipe: 'r' }),
      migratedRole: () => on.noteMigrated({ ...own, role: bad, recipe: undefined, isAlone: true }),
      unmigrated: () => on.isUnmigrated({ ...own, database: bad }),
      protect: () => on.protect({ ...own, role: bad, isProtected: true }),
      protectDatabase: () => on.protect({ ...own, database: bad, isProtected: true }),
      protected: () => on.isProtected({ ...own, database: bad }),
      snapshot: () => on.takeSnapshot({ ...own, database: bad, name: 'one', commit }),
      snapshotName: () => on.takeSnapshot({ ...own, name: bad, commit, keep: true }),
      restore: () => on.restoreSnapshot({ ...own, role: bad, name: 'one', commit }),
      restoreName: () => on.restoreSnapshot({ ...own, name: bad, commit }),
      reset: () => on.resetDatabase({ ...own, template: bad, commit }),
      fork: () => on.forkDatabase({ ...own, from: { ...own, role: bad }, commit }),
      forkInto: () => on.forkDatabase({ ...own, database: bad, from: ofNobody, commit }),
      deleteSnapshot: () => on.dropSnapshot({ ...own, database: bad, name: 'one' }),
      deleteSnapshotName: () => on.dropSnapshot({ ...own, name: bad }),
      compare: () => schemas.read({ kind: 'environment', database: bad, owner }),
      compareTemplate: () => schemas.read({ kind: 'template', name: bad, repositoryId }),
      rows: () => tables.read({ database: bad, owner, tables: [] }),
      peers: async () => on.peers(bad),
    });
    const wrong: string[] = [];
    for (const name of names)
      for (const [command, run] of Object.entries(commands(name))) {
        const said = await attempt(run);
        if (said !== 'invalidInput') wrong.push(`${command} ${JSON.stringify(name)}: ${said}`);
      }
    expect(wrong).toEqual([]);
    expect(await everything()).toEqual(before);
  });

  test('are quoted by those that only look, or drop nothing but what is ours', async () => {
    const some = names.slice(0, 5 * runs);
    // A server takes no text with a zero.
    const takes = some.filter((name) => !name.includes('\0') && Buffer.byteLength(name) < 64);
    const there = takes.slice(0, 3);
    for (const name of there) await pg.admin.query(`CREATE DATABASE ${quoted(name)}`);
    const before = await everything();
    for (const name of some) {
      const isThere = there.includes(name);
      expect(await attempt(() => pg.asSuperuser.dropInvalid(name))).toBe(
        isThere ? 'conflict' : name.includes('\0') ? 'failed' : 'done',
      );
      expect(await attempt(() => pg.asSuperuser.dropKept({ owner, name }))).toBe('done');
      expect(await attempt(() => pg.asSuperuser.dropKeptSnapshot({ repositoryId, name }))).toBe('notFound');
      if (!name.includes('\0')) expect(await pg.asSuperuser.owner(name)).toBe(isThere ? 'foreign' : undefined);
    }
    expect(await everything()).toEqual(before);
    for (const name of there) await pg.admin.query(`DROP DATABASE ${quoted(name)}`);
  });

  test('are what a table, its schema and a column of it may be called that a branch tells to look for', async () => {
    const some = [...new Set(names)]
      .filter((name) => !name.includes('\0') && Buffer.byteLength(name) < 64)
      .slice(0, 10 * runs);
    await pg.asSuperuser.clone(own);
    await withSession(pg.connection, own.database, undefined, async (inside) => {
      for (const name of some.slice(1))
        await inside.query(
          `CREATE SCHEMA IF NOT EXISTS ${quoted(name)}; CREATE TABLE ${quoted(name)}.${quoted(name)} (${quoted(name)} int);
             INSERT INTO ${quoted(name)}.${quoted(name)} VALUES (7)`,
        );
    });
    const tables = some.map((name) => ({ schema: name, name, columns: [name] }));
    const found = await new PostgresTables(asServer(pg.connection), 60_000).read({ ...own, tables });
    const there = some.slice(1).map((name) => ({ kind: 'rows', rows: [{ [name]: 7 }] }));
    expect(found).toEqual([{ kind: 'none' }, ...there]);
    await pg.asSuperuser.drop(own);
  });
});

interface State {
  readonly comment: string | undefined;
  readonly ofRole: string | undefined;
  readonly isTemplate: boolean;
  readonly isClosed: boolean;
}

describe('what is not stamped as ours', () => {
  const stranger = { repositoryId: 'bdbdbdbdbdbd', worktreeId: '2'.repeat(12) };
  const neighbour = { repositoryId, worktreeId: '3'.repeat(12) };
  const said = (what: object): string => JSON.stringify({ coppice: 1, ...what });
  const snapshot = { name: 'one', takenAt: 1 };
  /** Names that ours might be taken for. Each is a database and a role, all the time. */
  const names = [
    ...['wt_of_others', 'WT_of_ours', 'wt_of_ours ', 'wtXofXours', 'of_ours_old', `${template}_2`, 'coppice_spare'],
    ...[`coppice_tmp_${hash}`, `coppice_tmp_${hash}_DEADBEEF`, `coppiceXtmpX${hash}Xdeadbeef`, 'coppice_tmp_notes'],
    ...[
      `xcoppice_tmp_${hash}_deadbeef`,
      `coppice_kept_${hash}_old`,
      `coppice_snap_${hash}_deadbeef_2`,
      'coppice_snap_x',
    ],
    ...[`coppice_tpl_${hash}`, `coppice_tpl_${hash}_deadbeef_2`, `coppice_lasting_${hash}_deadbeef0`],
  ];
  const clients: Client[] = [];
  const numbers = new Set<unknown>();
  const theirs = async () => (await everything()).filter(({ oid }) => numbers.has(oid));

  beforeAll(async () => {
    const ours = new Set((await everything()).map(({ oid }) => oid));
    for (const each of names) {
      await pg.admin.query(`CREATE DATABASE ${quoted(each)} OWNER developer`);
      // Who has made a role may drop it: only what it is called and says keeps it.
      await pg.admin.query(`CREATE ROLE ${quoted(each)} ADMIN developer`);
      const url = new URL(pg.connection.url);
      url.pathname = `/${encodeURIComponent(each)}`;
      url.password = pg.connection.password ?? '';
      clients.push(await openClient(url.href));
    }
    for (const { oid } of await everything()) if (!ours.has(oid)) numbers.add(oid);
  }, 60_000);
  afterAll(() => Promise.all(clients.map((client) => client.end().catch(() => undefined))));

  const comment = fc.constantFrom(
    ...[
      undefined,
      '',
      'notes',
      '{',
      'null',
      '{"coppice":1}',
      said({ repositoryId }),
      said({ worktreeId: owner.worktreeId }),
    ],
    ...[JSON.stringify({ coppice: 2, ...owner }), JSON.stringify(owner), said(neighbour), said(stranger)],
    ...[said({ ...stranger, snapshot }), said({ ...neighbour, snapshot }), said({ ...stranger, recipe: 'r' })],
    said({ ...stranger, snapshot: { ...snapshot, name: 'lasting', isKept: true } }),
    said({ ...neighbour, kept: { database: own.database, until: 1 } }),
  );
  const state = fc.record({ comment, ofRole: comment, isTemplate: fc.boolean(), isClosed: fc.boolean() });
  /** Somebody has the very names that are ours. */
  const taken = fc.option(state, { nil: undefined, freq: 4 });
  const commands: readonly (readonly [string, (on: PostgresDatabases, mine: typeof own) => Promise<unknown>])[] = [
    ['clone', (on, mine) => on.clone(mine)],
    ['clone a copy', (on, mine) => on.clone({ ...mine, from: ofNobody })],
    ['snapshot', (on, mine) => on.takeSnapshot({ ...mine, name: 'one', commit })],
    ['snapshot once', (on, mine) => on.takeSnapshot({ ...mine, name: 'two', commit, unlessKept: true })],
    ['keep a snapshot', (on, mine) => on.takeSnapshot({ ...mine, name: 'lasting', commit, keep: true })],
    ['note a migration', (on, mine) => on.noteMigrated({ ...mine, recipe: undefined, isAlone: true })],
    ['restore', (on, mine) => on.restoreSnapshot({ ...mine, name: 'one', commit })],
    ['restore what is kept', (on, mine) => on.restoreSnapshot({ ...mine, name: 'lasting', commit })],
    ['reset', (on, mine) => on.resetDatabase({ ...mine, commit })],
    ['fork', (on, mine) => on.forkDatabase({ ...mine, from: ofNobody, commit })],
    ['protect', (on, mine) => on.protect({ ...mine, isProtected: true })],
    ['protect no more', (on, mine) => on.protect({ ...mine, isProtected: false })],
    ['delete the snapshot', (on, mine) => on.dropSnapshot({ ...mine, name: 'one' })],
    ['delete what is kept of it', (on) => on.dropKeptSnapshot({ repositoryId, name: 'lasting' })],
    ['drop and keep', (on, mine) => on.drop({ ...mine, keepMs: 1 })],
    ['keep on', (on) => on.keepOn(owner)],
    ['drop what is kept', (on) => on.dropKept({ owner })],
    ['drop', (on, mine) => on.drop(mine)],
    ['drop what a drop has left', (on) => Promise.all(names.map((name) => attempt(() => on.dropInvalid(name))))],
    [
      'build',
      (on, mine) =>
        on.ensureTemplate({ name: mine.template, repositoryId, recipe: 'r', anew: true }, () => Promise.resolve()),
    ],
    ['look', async (on) => [await on.facts(), await on.owned(), await on.ofRepository(repositoryId)]],
    ['look at what was written', (on, mine) => on.changes(mine)],
    [
      'look at what is kept',
      async (on) => [await on.listSnapshots(owner), await on.listKept(), await on.listKeptSnapshots(repositoryId)],
    ],
    ['compare', (_, mine) => new PostgresSchemas(asServer(pg.connection)).read({ kind: 'environment', ...mine })],
    [
      'compare the template',
      () => new PostgresSchemas(asServer(pg.connection)).read({ kind: 'template', name: template, repositoryId }),
    ],
  ];
  const command = fc.constantFrom(...commands);

  const literal = (text: string | undefined): string =>
    text === undefined ? 'NULL' : `'${text.replaceAll("'", "''")}'`;
  const become = (name: string, { comment: text, ofRole, isTemplate, isClosed }: State) =>
    pg.admin.query(
      `COMMENT ON DATABASE ${quoted(name)} IS ${literal(text)}; COMMENT ON ROLE ${quoted(name)} IS ${literal(ofRole)};
         ALTER DATABASE ${quoted(name)} WITH IS_TEMPLATE ${isTemplate} ALLOW_CONNECTIONS ${!isClosed}`,
    );
  async function taking(name: string, of: State): Promise<() => Promise<void>> {
    await pg.admin.query(`CREATE DATABASE ${quoted(name)}`);
    await pg.admin.query(`CREATE ROLE ${quoted(name)}`);
    await become(name, of);
    const made = (await everything()).flatMap(({ oid, name: called }) => (called === name ? [oid] : []));
    for (const oid of made) numbers.add(oid);
    return async () => {
      for (const oid of made) numbers.delete(oid);
      await pg.admin.query(`ALTER DATABASE ${quoted(name)} IS_TEMPLATE false`);
      await pg.admin.query(`DROP DATABASE ${quoted(name)}`);
      await pg.admin.query(`DROP ROLE ${quoted(name)}`);
    };
  }

  async function isAsItWas(
    states: readonly State[],
    ofOurName: State | undefined,
    done: typeof commands,
    isSuperuser: boolean,
  ): Promise<void> {
    const on = isSuperuser ? pg.asSuperuser : pg.asDeveloper;
    const mine = { ...own, template: isSuperuser ? template : ofDeveloper };
    for (const [index, each] of states.entries()) await become(names[index] ?? '', each);
    const giveBack = ofOurName && (await taking(own.database, ofOurName));
    try {
      const before = await theirs();
      for (const [what, run] of done) {
        // What the server itself would say is no answer.
        expect(['done', 'conflict', 'notFound'], what).toContain(await attempt(() => run(on, mine)));
        expect(await theirs(), what).toEqual(before);
      }
      for (const client of clients) expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    } finally {
      await giveBack?.();
      await attempt(() => pg.asSuperuser.protect({ ...own, isProtected: false }));
      await attempt(() => pg.asSuperuser.drop(own));
      await attempt(() => pg.asSuperuser.dropKept({ owner }));
      for (const { database } of await pg.asSuperuser.listKeptSnapshots(repositoryId))
        await pg.asSuperuser.dropKeptSnapshot({ repositoryId, name: database });
    }
  }
  const all = fc.array(state, { minLength: names.length, maxLength: names.length });

  test.each([true, false])(
    'is as it was, where all is done that there is, one after the other, by a superuser: %s',
    async (isSuperuser) => {
      const [states = []] = fc.sample(all, { numRuns: 1, seed: isSuperuser ? 13 : 31 });
      await isAsItWas(states, undefined, commands, isSuperuser);
    },
    240_000,
  );

  test(
    'is as it was, whatever is done',
    async () => {
      const some = fc.array(command, { minLength: 3, maxLength: 6 });
      await fc.assert(fc.asyncProperty(all, taken, some, fc.boolean(), isAsItWas), {
        ...{ numRuns: runs, endOnFailure: true },
      });
    },
    60_000 * runs,
  );
});
