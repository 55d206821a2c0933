import { Client, escapeLiteral } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { administeredPostgres, runSql, type AdministeredPostgres } from '../../support/administeredPostgres';
import { until } from '../../support/until';
import { wanted, repositoryId } from './wanted';

/* What of a database that goes outlives its sessions: services that commit in two phases, as XA has it, leave transactions behind that are of no session, and wait for ever
   once their coordinator was killed; whoever follows changes holds a slot. */

let pg: AdministeredPostgres;
beforeAll(async () => {
  pg = await administeredPostgres({ max_prepared_transactions: '8', wal_level: 'logical', max_wal_senders: '4' });
}, 120_000);
afterAll(() => pg?.dispose());

describe.each([
  ['superuser', () => pg.asSuperuser, 1],
  ['developer', () => pg.asDeveloper, 5],
] as const)('a transaction that was prepared and never ended, for a %s', (who, on, base) => {
  let template = '';
  beforeAll(async () => {
    ({ name: template } = await on().ensureTemplate({ name: `prepared_${who}`, repositoryId, recipe: 'r' }, (url) =>
      runSql(url, 'CREATE TABLE notes (n int)').then(() => undefined),
    ));
  });
  const prepare = async (url: string, gid: string): Promise<void> =>
    void (await runSql(url, 'BEGIN', 'INSERT INTO notes VALUES (1)', `PREPARE TRANSACTION ${escapeLiteral(gid)}`));
  const prepared = () => pg.admin.query(`SELECT gid, database FROM pg_prepared_xacts ORDER BY gid`);
  const commit = undefined;

  test('is told before a delete, and goes with the database, into the trash or for good; that of others stays', async () => {
    const [kept, gone, other] = [wanted(base, template), wanted(base + 1, template), wanted(base + 2, template)];
    for (const one of [kept, gone, other]) await prepare((await on().clone(one)).url, `it's ${one.database}`);
    expect(await on().changes(kept)).toMatchObject({
      kind: 'changed',
      examples: expect.arrayContaining([{ table: 'prepared transactions', rows: 1 }]),
    });
    await on().drop({ ...kept, keepMs: 60_000 });
    await on().drop(gone);
    expect(await prepared()).toEqual([{ gid: `it's ${other.database}`, database: other.database }]);
    const { url } = await on().clone(kept);
    expect(await runSql(url, 'SELECT n FROM notes')).toEqual([]);
    for (const one of [kept, other]) await on().drop(one);
    expect(await prepared()).toEqual([]);
  });

  test('goes with a database that lets nobody in any more, as one that a killed delete was about to keep', async () => {
    const [kept, gone] = [wanted(base, template), wanted(base + 1, template)];
    for (const one of [kept, gone]) {
      const { url } = await on().clone(one);
      await prepare(url, `${one.database} 1`);
      await prepare(url, `${one.database} 2`);
      await expect(on().takeSnapshot({ ...one, name: 'one', commit })).rejects.toThrow(
        `2 transactions in ${one.database} were prepared and are neither`,
      );
      await pg.admin.query(`ALTER DATABASE ${one.database} ALLOW_CONNECTIONS false`);
    }
    await on().drop({ ...kept, keepMs: 60_000 });
    await on().drop(gone);
    expect(await prepared()).toEqual([]);
    await on().clone(kept);
    await on().drop(kept);
  });

  test('is named by what copies or replaces its database, which changes nothing', async () => {
    const [one, fork] = [wanted(base, template), wanted(base + 1, template)];
    const { url } = await on().clone(one);
    await prepare(url, 'mine');
    const conflict = {
      code: 'conflict',
      message: expect.stringMatching(
        new RegExp(
          `1 transaction in ${one.database} was prepared and is neither .* \\(mine, by ${one.role}, at 2.*ROLLBACK PREPARED 'mine'`,
        ),
      ),
    };
    for (const refused of [
      () => on().takeSnapshot({ ...one, name: 'one', commit }),
      () => on().clone({ ...fork, from: one }),
      () => on().resetDatabase({ ...one, commit }),
    ])
      await expect(refused()).rejects.toMatchObject(conflict);
    await runSql(url, `COMMIT PREPARED 'mine'`);
    expect(await runSql(url, 'SELECT n FROM notes')).toEqual([{ n: 1 }]);
    expect(await on().listSnapshots(one.owner)).toEqual([]);
    await on().takeSnapshot({ ...one, name: 'one', commit });
    await on().drop(one);
  });

  test('is waited for by a copy, where it comes to its end by itself', async () => {
    const one = wanted(base, template);
    const { url } = await on().clone(one);
    await prepare(url, 'soon');
    // Open before: a new connection takes its time where much else runs.
    const service = new Client({ connectionString: url });
    service.on('error', () => undefined);
    await service.connect();
    const taken = on().takeSnapshot({ ...one, name: 'one', commit });
    taken.catch(() => undefined);
    const looks = `SELECT FROM pg_stat_activity
      WHERE pid <> pg_backend_pid() AND application_name = 'coppice' AND query LIKE '%FROM pg_prepared_xacts%ORDER BY prepared'`;
    await until(async () => (await pg.admin.query(looks)).length > 0);
    await service.query(`COMMIT PREPARED 'soon'`);
    expect(await taken).toMatchObject({ name: 'one' });
    await service.end().catch(() => undefined);
    await on().drop(one);
  });
});

describe.each([
  ['superuser', () => pg.asSuperuser, 1],
  ['developer', () => pg.asDeveloper, 5],
] as const)('a replication slot of a database that is put aside, for a %s', (who, on, base) => {
  const commit = undefined;
  const slots = () => pg.admin.query('SELECT slot_name AS name, database FROM pg_replication_slots ORDER BY 1');
  const follow = (url: URL): Promise<unknown> =>
    runSql(url.href, `SELECT pg_create_logical_replication_slot('one_${who}', 'pgoutput')`);

  test('goes with it where the administrator may, and is told by doctor where not', async () => {
    const { name: template } = await on().ensureTemplate(
      { name: `aside_${who}`, repositoryId, recipe: 'r' },
      async () => undefined,
    );
    const [one, other] = [wanted(base, template), wanted(base + 1, template)].map((each) => ({ ...each, commit }));
    if (!one || !other) throw new Error('two');
    for (const each of [one, other]) await on().clone(each);
    const url = new URL(pg.connection.url);
    url.pathname = `/${one.database}`;
    url.password = pg.connection.password ?? '';
    const others = new URL(url);
    others.pathname = `/${other.database}`;
    await runSql(others.href, `SELECT pg_create_logical_replication_slot('others', 'pgoutput')`);
    const theirs = { name: 'others', database: other.database };
    await on().takeSnapshot({ ...one, name: 'then' });
    const ways = {
      reset: () => on().resetDatabase(one),
      restore: () => on().restoreSnapshot({ ...one, name: 'then' }),
      fork: () => on().forkDatabase({ ...one, from: other }),
      delete: () => on().drop({ ...one, keepMs: 3600_000 }),
    };
    for (const [way, putAside] of Object.entries(ways)) {
      await follow(url);
      await putAside();
      if (who === 'superuser') expect(await slots(), way).toEqual([theirs]);
      else {
        // Nothing is refused for it.
        expect(await slots(), way).toEqual([
          { name: 'one_developer', database: expect.stringMatching(/^coppice_/) as string },
          theirs,
        ]);
        const told = (await on().facts())?.leftSlots;
        expect(told, way).toEqual([
          {
            name: 'one_developer',
            database: expect.stringMatching(/^coppice_/) as string,
            bytes: expect.any(Number) as number,
          },
        ]);
        // Whoever may drops it, whatever he is about.
        await pg.asSuperuser.clone(other);
        expect(await slots(), way).toEqual([theirs]);
      }
      expect((await on().facts())?.leftSlots, way).toBeUndefined();
    }
    expect(await on().clone(one)).toMatchObject({ broughtBack: true });
    for (const each of [one, other]) await on().drop(each);
    expect(await slots()).toEqual([]);
  }, 60_000);
});

test('a database whose changes somebody follows by a replication slot is dropped all the same, and the slot with it', async () => {
  const { name: template } = await pg.asSuperuser.ensureTemplate(
    { name: 'followed', repositoryId, recipe: 'r' },
    async () => undefined,
  );
  const one = wanted(9, template);
  await pg.asSuperuser.clone(one);
  const url = new URL(pg.connection.url);
  url.pathname = `/${one.database}`;
  url.password = pg.connection.password ?? '';
  await runSql(url.href, `CREATE PUBLICATION p FOR ALL TABLES`);
  await runSql(url.href, `SELECT pg_create_logical_replication_slot('followed', 'pgoutput')`);
  const follower = new Client({ connectionString: url.href, replication: 'database' } as object);
  follower.on('error', () => undefined);
  await follower.connect();
  const ended = follower
    .query(`START_REPLICATION SLOT followed LOGICAL 0/0 (proto_version '1', publication_names 'p')`)
    .catch(() => 'ended');
  const slots = () => pg.admin.query<{ active: boolean }>('SELECT active FROM pg_replication_slots');
  await until(async () => (await slots())[0]?.active);
  await pg.asSuperuser.drop(one);
  expect(await ended).toBe('ended');
  expect(await slots()).toEqual([]);
  expect(await pg.admin.query('SELECT FROM pg_database WHERE datname = $1', [one.database])).toEqual([]);
  await follower.end().catch(() => undefined);
});
