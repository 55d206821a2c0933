import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../../../../src/adapters/exec/temporaryFolder';

/** No process has this number. */
const gone = 2 ** 22 - 3;
let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'coppice-test-'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

async function left(name: string, ageMs = 3_600_000): Promise<void> {
  await mkdir(join(parent, name));
  await writeFile(join(parent, name, 'values.json'), 'secret');
  const then = new Date(Date.now() - ageMs);
  await utimes(join(parent, name), then, then);
}

it('is private, and another one each time', async () => {
  const [one, two] = [await temporaryFolder('helm', parent), await temporaryFolder('helm', parent)];
  expect(one).not.toBe(two);
  expect(basename(one)).toMatch(new RegExp(`^coppice-helm-${process.pid}-`));
  if (process.platform !== 'win32') expect((await stat(one)).mode & 0o777).toBe(0o700);
});

it('takes away what a process that is gone has left, and nothing else', async () => {
  await left(`coppice-helm-${gone}-abc123`);
  const others = [
    `coppice-helm-${process.pid}-abc123`,
    `coppice-image-${gone}-abc123`,
    'coppice-helm-abc123',
    `other-helm-${gone}-abc123`,
  ];
  for (const name of others) await left(name);
  await left(`coppice-helm-${gone}-young1`, 0);
  await mkdir(join(parent, 'elsewhere'));
  await writeFile(join(parent, 'elsewhere', 'mine'), 'x');
  if (process.platform !== 'win32')
    await symlink(join(parent, 'elsewhere'), join(parent, `coppice-helm-${gone}-link01`));
  await temporaryFolder('helm', parent);
  const names = await readdir(parent);
  expect(names).not.toContain(`coppice-helm-${gone}-abc123`);
  expect(names).toEqual(expect.arrayContaining([...others, `coppice-helm-${gone}-young1`]));
  expect(await readdir(join(parent, 'elsewhere'))).toEqual(['mine']);
});
