import { chmodSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import { runSql } from '../../support/administeredPostgres';
import { testPostgres } from '../../support/postgres';
import { mountedFolder, noMount } from '../../support/reflinkFolder';

const megabyte = 1024 * 1024;
const repositoryId = 'bcbcbcbcbcbc';
const request = (n: number) => ({
  ...{ database: `wt_shared_${n}`, role: `wt_shared_${n}`, template: 'shared_blocks' },
  owner: { repositoryId, worktreeId: String(n).repeat(12) },
});

/* A disk that has room for no second copy, on a file system of its own, which only root mounts. */
describe.each(['xfs', 'ext4'] as const)('%s, with room for less than a copy', (kind) => {
  test.skipIf(noMount(kind))(
    'a copy is made where it shares its blocks, and refused where it does not',
    async () => {
      const mounted = mountedFolder(kind, 700);
      // The server's account has to reach it.
      chmodSync(dirname(mounted.path), 0o755);
      const postgres = await testPostgres({ systemFolder: mounted.path, settings: { fsync: 'off' } });
      try {
        await postgres.server.start();
        const databases = new PostgresDatabases({ server: postgres.server });
        const fill = `CREATE TABLE wide AS SELECT n, repeat(md5(n::text), 28) AS text FROM generate_series(1, 110000) n`;
        await databases.ensureTemplate({ name: 'shared_blocks', repositoryId, recipe: 'r' }, async (at) => {
          await runSql(at, fill);
          // Whoever reads what was never vacuumed writes to it.
          await runSql(at, 'VACUUM wide');
        });
        const { bavail, bsize } = statfsSync(mounted.path);
        const ballast = join(mounted.path, 'ballast');
        writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - 100 * megabyte)));
        const clone = databases.clone(request(1));
        if (kind === 'xfs') {
          const { url } = await clone;
          expect(await runSql(url, 'SELECT count(*)::int AS n FROM wide')).toEqual([{ n: 110_000 }]);
          await databases.takeSnapshot({ ...request(1), name: 'one', commit: undefined });
        } else {
          const message = expect.stringMatching(
            /^A clone of shared_blocks needs about 1\d\d MiB, and the disk/,
          ) as string;
          await expect(clone).rejects.toMatchObject({ code: 'failed', message });
        }
        rmSync(ballast);
      } finally {
        await postgres.dispose();
        mounted.dispose();
      }
    },
    240_000,
  );
});
