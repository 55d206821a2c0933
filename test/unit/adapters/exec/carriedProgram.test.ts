import type * as FileSystem from 'node:fs/promises';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { carriedProgram } from '../../../../src/adapters/exec/carriedProgram';

/** The folder of the package, where it is one that we may not change: root may everything, so that it is played. */
let closed: string | undefined;
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof FileSystem>();
  return {
    ...real,
    chmod: async (path: string, mode: number) => {
      if (closed !== undefined && path.startsWith(closed)) throw Object.assign(new Error('EROFS'), { code: 'EROFS' });
      await real.chmod(path, mode);
    },
  };
});

let folder: string;
let file: string;
let copies: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-carried-'));
  file = join(folder, 'tools', 'helm');
  copies = join(folder, 'home', 'tools');
  await mkdir(join(folder, 'tools'));
  await writeFile(file, 'one', { mode: 0o755 });
});
afterEach(async () => {
  closed = undefined;
  await rm(folder, { recursive: true, force: true });
});

const isExecutable = async (path: string): Promise<boolean> => ((await stat(path)).mode & 0o100) !== 0;

it('is run where it lies', async () => {
  expect(await carriedProgram(file, copies)).toBe(file);
  expect(await carriedProgram(join(folder, 'tools', 'none'), copies)).toBeUndefined();
  expect(await carriedProgram(folder, copies)).toBeUndefined();
});

it.skipIf(process.platform === 'win32')('gets back the permission that was lost when it was unpacked', async () => {
  await chmod(file, 0o644);
  expect(await carriedProgram(file, copies)).toBe(file);
  expect(await isExecutable(file)).toBe(true);
});

it.skipIf(process.platform === 'win32')(
  'is run as a copy where its own folder is closed, made anew for another version',
  async () => {
    await chmod(file, 0o644);
    closed = join(folder, 'tools');
    const copy = join(copies, 'helm');
    expect(await carriedProgram(file, copies)).toBe(copy);
    expect(await isExecutable(copy)).toBe(true);
    const { mtimeMs } = await stat(copy);
    await carriedProgram(file, copies);
    expect((await stat(copy)).mtimeMs).toBe(mtimeMs);
    await writeFile(file, 'another');
    await carriedProgram(file, copies);
    expect(await readFile(copy, 'utf8')).toBe('another');
    expect(await isExecutable(file)).toBe(false);
  },
);
