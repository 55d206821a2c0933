import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileKeptTexts } from '../../../src/adapters/exec/fileKeptTexts';
import type { KeptTexts } from '../../../src/core/ports/keptTexts';
import { FakeKeptTexts } from '../../support/fakes/fakeKeptTexts';

const maxBytes = 1000;

interface World {
  readonly kept: KeptTexts;
  readonly setTime: (file: string, at: number) => unknown;
  readonly read: (file: string) => Promise<string | undefined>;
}

async function inFiles(use: (world: World, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-kept-'));
  try {
    const read = (file: string) => readFile(file, 'utf8').catch(() => undefined);
    const setTime = (file: string, at: number) => utimes(file, at / 1000, at / 1000);
    await use({ kept: new FileKeptTexts(join(folder, 'told'), maxBytes), setTime, read }, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function inMemory(use: (world: World, folder: string) => Promise<void>): Promise<void> {
  const kept = new FakeKeptTexts(maxBytes);
  await use({ kept, setTime: (file, at) => kept.setTime(file, at), read: async (file) => kept.texts.get(file) }, '');
}

describe.each([
  ['files', inFiles],
  ['a fake', inMemory],
])('texts that are kept, in %s', (_, within) => {
  it('are there as they were, whatever they are called', () =>
    within(async ({ kept, read }) => {
      const file = await kept.keep('/w', 'why-a/../b $(id)', ['one', 'two ä']);
      expect(file).toMatch(/why-a_[^/]*$/);
      expect(await read(file ?? '')).toBe('one\ntwo ä\n');
    }));

  it('stay however many are kept after them, and whatever is kept of other worktrees', () =>
    within(async ({ kept, read }) => {
      const first = (await kept.keep('/one', 'where', ['first'])) ?? '';
      for (let index = 0; index < 30; index++) await kept.keep('/one', 'where', [String(index)]);
      for (let index = 0; index < 3; index++) await kept.keep('/two', 'query', ['x'.repeat(900)]);
      expect(await read(first)).toBe('first\n');
    }));

  it('go after a day, of whatever worktree, and the oldest where too much is kept of one', () =>
    within(async ({ kept, setTime, read }) => {
      const [old, young] = [(await kept.keep('/gone', 'a', ['a'])) ?? '', (await kept.keep('/gone', 'b', ['b'])) ?? ''];
      await setTime(old, Date.now() - 25 * 3_600_000);
      await setTime(young, Date.now() - 23 * 3_600_000);
      const files: string[] = [];
      for (const size of [400, 400, 400, 5000]) files.push((await kept.keep('/one', 'c', ['x'.repeat(size)])) ?? '');
      expect(await read(old)).toBeUndefined();
      expect(await read(young)).toBe('b\n');
      const there = await Promise.all(files.map(async (file) => (await read(file)) !== undefined));
      expect(there).toEqual([false, false, false, true]);
    }));
});

it('nobody else reads the files, and a folder that cannot be written is no failure', () =>
  inFiles(async ({ kept }, folder) => {
    const file = await kept.keep('/w', 'secret', ['x']);
    expect((await stat(file ?? '')).mode & 0o777).toBe(0o600);
    await writeFile(join(folder, 'taken'), '');
    expect(await new FileKeptTexts(join(folder, 'taken', 'told')).keep('/w', 'x', ['y'])).toBeUndefined();
  }));
