import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeFileAtomically } from '../../../../packages/host/src/writeFileAtomically';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-atomic-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('replaces a file whole, readable for its owner only, and leaves nothing beside it', async () => {
  const file = join(folder, 'file');
  await writeFile(file, 'old', { mode: 0o644 });
  await writeFileAtomically(file, 'new');
  expect(await readFile(file, 'utf8')).toBe('new');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['file']);
});

it('shows a reader the old or the new content, never a part', async () => {
  const file = join(folder, 'file');
  const contents = ['a', 'b'].map((letter) => letter.repeat(1_000_000));
  await writeFileAtomically(file, contents[0] ?? '');
  let writing = true;
  const writer = (async () => {
    for (let i = 0; i < 20; i++) await writeFileAtomically(file, contents[i % 2] ?? '');
    writing = false;
  })();
  let reads = 0;
  while (writing) {
    expect(contents).toContain(await readFile(file, 'utf8'));
    reads++;
  }
  await writer;
  expect(reads).toBeGreaterThan(0);
});

it('leaves no file when it cannot write', async () => {
  await expect(writeFileAtomically(join(folder, 'none', 'file'), 'x')).rejects.toThrow('ENOENT');
  expect(await readdir(folder)).toEqual([]);
});
