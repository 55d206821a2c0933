import { afterAll, beforeAll, expect, test } from 'vitest';
import { administeredPostgres, runSql } from '../../support/administeredPostgres';
import { repositoryId, wanted } from './wanted';

let postgres: Awaited<ReturnType<typeof administeredPostgres>>;
beforeAll(async () => {
  postgres = await administeredPostgres();
}, 120_000);
afterAll(() => postgres.dispose());

test('one that is kept stays where an older build, which knows of none, deletes its environment', async () => {
  const { asSuperuser, admin } = postgres;
  const build = async (url: string): Promise<void> => void (await runSql(url, 'CREATE TABLE notes (n int)'));
  const { name } = await asSuperuser.ensureTemplate({ name: 'older', repositoryId, recipe: 'r' }, build);
  const own = { ...wanted(1, name), commit: undefined };
  await asSuperuser.clone(own);
  await asSuperuser.takeSnapshot({ ...own, name: 'lasting', keep: true });
  await asSuperuser.takeSnapshot({ ...own, name: 'passing' });
  // What such a build drops, by these names and the owner in the mark.
  const theirs = await admin.query<{ name: string }>(
    `SELECT datname AS name FROM pg_database WHERE datname LIKE 'coppice\\_snap\\_%'
       AND shobj_description(oid, 'pg_database') LIKE '%' || $1 || '%'`,
    [own.owner.worktreeId],
  );
  expect(theirs).toHaveLength(1);
  for (const each of theirs) await admin.query(`DROP DATABASE ${each.name}`);
  const listed = (await asSuperuser.listSnapshots(own.owner)).map((each) => each.name);
  expect(listed).toEqual(['lasting']);
  await asSuperuser.drop(own);
  const kept = await asSuperuser.listKeptSnapshots(repositoryId);
  expect(kept.map((each) => each.name)).toEqual(['lasting']);
  for (const { database } of kept) await asSuperuser.dropKeptSnapshot({ repositoryId, name: database });
  expect(await admin.query(`SELECT FROM pg_database WHERE datname LIKE 'coppice\\_lasting%'`)).toEqual([]);
});
