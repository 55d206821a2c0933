import { chmodSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import { runSql } from '../../support/administeredPostgres';
import { testPostgres, type TestPostgres } from '../../support/postgres';
import { mountedFolder, noMount, type MountedFolder } from '../../support/reflinkFolder';
import { asServer } from './cutAt';

/* A disk that is really full: a small file system of its own, which only root mounts. */

const reason = noMount('ext4');
const repositoryId = 'fdfdfdfdfdfd';
const template = 'full_disk';
const request = (n: number) => ({
  ...{ database: `wt_full_${n}`, role: `wt_full_${n}`, template },
  owner: { repositoryId, worktreeId: String(n).repeat(12) },
});
const megabyte = 1024 * 1024;

describe.skipIf(reason)(`a disk that is full${reason === undefined ? '' : `: ${reason}`}`, () => {
  let mounted: MountedFolder;
  let postgres: TestPostgres;
  let databases: PostgresDatabases;
  let url = '';

  beforeAll(async () => {
    mounted = mountedFolder('ext4', 320);
    // The server's account has to reach it.
    chmodSync(dirname(mounted.path), 0o755);
    postgres = await testPostgres({ systemFolder: mounted.path, settings: { fsync: 'off' } });
    const connection = await postgres.server.start();
    // Nobody else writes while it is looked how much is free: here somebody does, after it was.
    databases = new PostgresDatabases({ server: asServer(connection) });
    await databases.ensureTemplate({ name: template, repositoryId, recipe: 'r' }, async (at) => {
      await runSql(
        at,
        `CREATE TABLE wide AS SELECT n, repeat(md5(n::text), 20) AS text FROM generate_series(1, 20000) n`,
      );
    });
    ({ url } = await databases.clone(request(1)));
  }, 120_000);
  afterAll(async () => {
    await postgres?.dispose();
    mounted?.dispose();
  });

  const ballast = (): string => join(mounted.path, 'ballast');
  const fillUp = (leave: number): void => {
    const { bavail, bsize } = statfsSync(mounted.path);
    writeFileSync(ballast(), Buffer.alloc(Math.max(0, bavail * bsize - leave)));
  };
  const checksum = (at = url) => runSql(at, 'SELECT count(*), sum(hashtext(text)) FROM wide');
  const inventory = async (): Promise<unknown[]> => {
    const connection = await postgres.server.connect();
    const at = new URL(connection.url);
    at.password = connection.password ?? '';
    return runSql(at.href, `SELECT datname FROM pg_database UNION ALL SELECT rolname FROM pg_roles ORDER BY 1`);
  };
  test('a clone says so, leaves nothing, and a retry succeeds', async () => {
    const before = [await checksum(), await inventory()];
    fillUp(megabyte);
    await expect(databases.clone(request(2))).rejects.toMatchObject({
      code: 'failed',
      message: 'Clone the database wt_full_2: the disk of the PostgreSQL server is full.',
    });
    expect(await checksum()).toEqual(before[0]);
    rmSync(ballast());
    expect(await inventory()).toEqual(before[1]);
    const clone = await databases.clone(request(2));
    expect(await checksum(clone.url)).toEqual(before[0]);
    await databases.drop(request(2));
    expect(await inventory()).toEqual(before[1]);
  });

  test('a server that cannot start says so, and starts once there is room, with all that it had', async () => {
    const before = await checksum();
    await postgres.server.stop();
    fillUp(0);
    await expect(postgres.server.start()).rejects.toMatchObject({
      code: 'failed',
      message: 'PostgreSQL does not start: the disk of its folder is full.',
    });
    rmSync(ballast());
    const { url: at } = await postgres.server.start();
    const again = new URL(url);
    again.port = new URL(at).port;
    expect(await checksum(again.href)).toEqual(before);
  });
});
