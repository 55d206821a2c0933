import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { hashOfFile, isAsCopied } from '../../../src/adapters/git/files/copiedFile';

const size = 3_000_000;

/** As Node does it with what is larger than a buffer, or a string, can be; here from 2 MB on. */
vi.mock(import('node:fs/promises'), async (original) => {
  const promises = await original();
  const readFile = async (...[path, options]: Parameters<typeof promises.readFile>) => {
    if (typeof path === 'string' && (await promises.stat(path)).size > 2_000_000)
      throw new RangeError('File size is greater than 2 GiB');
    return promises.readFile(path, options);
  };
  return { ...promises, readFile: readFile as typeof promises.readFile };
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-large-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('a copy that is larger than what can be read at once is told from one that was changed', async () => {
  const file = join(folder, 'data');
  await writeFile(file, '');
  await truncate(file, size);
  const hash = (await hashOfFile(file)) ?? '';
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  for (const patched of [[], ['data']]) {
    const record = { version: 1, files: { data: hash }, patched } as const;
    await truncate(file, size);
    expect(await isAsCopied({ path: folder }, 'data', record)).toBe(true);
    await truncate(file, size + 1);
    expect(await isAsCopied({ path: folder }, 'data', record)).toBe(false);
  }
});
