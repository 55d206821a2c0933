import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fileEntries } from '../../../../src/adapters/environmentFile/fileEntries';
import { FolderNames } from '../../../../src/adapters/environmentFile/folderNames';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-names-'));
  await mkdir(join(folder, 'db', 'migrate'), { recursive: true });
  await mkdir(join(folder, 'apps', 'shop', 'migrations'), { recursive: true });
  await mkdir(join(folder, 'cafe\u0301'));
  for (const name of [
    'db/migrate/1.sql',
    'knexfile.ts',
    'apps/shop/migrations/1.py',
    'cafe\u0301/1.sql',
    '.hidden',
    'a file',
  ])
    await writeFile(join(folder, name), name);
  await symlink('db', join(folder, 'linked'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  'prisma/migrations',
  'prisma/seed*',
  'db/seeds',
  'db/seed*',
  'db/migrate/1.sq',
  'd',
  'flyway.{conf,toml}',
  'linked/other',
  'db/migrate/2*',
])('%s matches nothing', async (pattern) => {
  expect(await new FolderNames(folder).mayMatch(pattern)).toBe(false);
  expect(await fileEntries(folder, [pattern])).toEqual([]);
});

it.each([
  ['db/migrate', 1],
  ['db/migrate/1.sql', 1],
  ['linked/migrate/1.sql', 1],
  ['knexfile.*', 1],
  ['knex{file,}.ts', 1],
  ['*/*/migrations/*.py', 1],
  ['**/*.py', 1],
  ['./db/migrate', 1],
  ['db/../db/migrate', 1],
  ['.hidden', 1],
  ['a file', 1],
  ['a f*', 1],
  ['.', 7],
  // The same to some file systems, which this one need not be.
  ['DB/Migrate', undefined],
  ['caf\u00e9', undefined],
  ['cafe\u0301/1.sql', 1],
  ['db/migrate/', 1],
  ['knexfile.ts/below', 0],
])('%s is looked at', async (pattern, found) => {
  expect(await new FolderNames(folder).mayMatch(pattern)).toBe(true);
  if (found !== undefined) expect(await fileEntries(folder, [pattern])).toHaveLength(found);
});

it('lets everything be looked at in a folder that cannot be listed', async () => {
  expect(await new FolderNames(join(folder, 'gone')).mayMatch('db/migrate')).toBe(true);
});
