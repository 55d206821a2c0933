import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFileAtomically } from '../../../../packages/host/src/createFileAtomically';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-create-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('lets one of many win, whose content is whole, and leaves nothing beside it', async () => {
  const file = join(folder, 'file');
  const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
  const won = await Promise.all(texts.map((text) => createFileAtomically(file, text)));
  expect(won.filter(Boolean)).toHaveLength(1);
  expect(await readFile(file, 'utf8')).toBe(texts[won.indexOf(true)]);
  expect(await readdir(folder)).toEqual(['file']);
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it('names the file that cannot be made', async () => {
  await expect(createFileAtomically(join(folder, 'none', 'file'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
});
