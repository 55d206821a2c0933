import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileKeptTexts } from '../../../src/adapters/exec/fileKeptTexts';
import type { KeptTexts } from '../../../src/core/ports/keptTexts';
import { FakeKeptTexts } from '../../support/fakes/fakeKeptTexts';

interface World {
  readonly kept: KeptTexts;
  readonly read: (file: string) => Promise<string | undefined>;
}

async function inFiles(use: (world: World, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-kept-'));
  try {
    const read = (file: string) => readFile(file, 'utf8').catch(() => undefined);
    await use({ kept: new FileKeptTexts(join(folder, 'told')), read }, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function inMemory(use: (world: World, folder: string) => Promise<void>): Promise<void> {
  const kept = new FakeKeptTexts();
  await use({ kept, read: async (file) => kept.texts.get(file) }, '');
}

describe.each([
  ['files', inFiles],
  ['a fake', inMemory],
])('texts that are kept, in %s', (_, within) => {
  it('are there as they were, whatever they are called', () =>
    within(async ({ kept, read }) => {
      const file = await kept.keep('why-a/../b $(id)', ['one', 'two ä']);
      expect(file).toMatch(/why-a_[^/]*$/);
      expect(await read(file ?? '')).toBe('one\ntwo ä\n');
    }));

  it('are swept: the last twenty stay', () =>
    within(async ({ kept, read }) => {
      const files: (string | undefined)[] = [];
      for (let index = 0; index < 23; index++) files.push(await kept.keep(`text-${100 + index}`, [String(index)]));
      const there = await Promise.all(files.map(async (file) => (await read(file ?? '')) !== undefined));
      expect(there.filter(Boolean)).toHaveLength(20);
      expect(there.at(-1)).toBe(true);
    }));
});

it('nobody else reads the files, and a folder that cannot be written is no failure', () =>
  inFiles(async ({ kept }, folder) => {
    const file = await kept.keep('secret', ['x']);
    expect((await stat(file ?? '')).mode & 0o777).toBe(0o600);
    await writeFile(join(folder, 'taken'), '');
    expect(await new FileKeptTexts(join(folder, 'taken', 'told')).keep('x', ['y'])).toBeUndefined();
  }));
