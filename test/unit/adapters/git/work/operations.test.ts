import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Git } from '../../../../../src/adapters/git/program/git';
import { operationsIn } from '../../../../../src/adapters/git/work/operations';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-operations-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Of the refs that are there it says their commit. @returns what it was asked for */
function knowing(...refs: readonly string[]): { readonly git: Git; readonly asked: string[] } {
  const asked: string[] = [];
  const git = {
    try: async (_: string, argv: readonly string[]) => {
      const name = argv.at(-1) ?? '';
      asked.push(name);
      return refs.includes(name) ? '0123456789\n' : undefined;
    },
  };
  return { git: git as unknown as Git, asked };
}

it('what is in progress is told by files, and git is not asked', async () => {
  const { git, asked } = knowing('REVERT_HEAD');
  await writeFile(join(folder, 'CHERRY_PICK_HEAD'), '0123456789\n');
  expect(await operationsIn(git, folder)).toEqual(['cherry-pick']);
  expect(asked).toEqual([]);
});

it('what reftables have instead of a file is told by git', async () => {
  await mkdir(join(folder, 'reftable'));
  expect(await operationsIn(knowing().git, folder)).toEqual([]);
  expect(await operationsIn(knowing('CHERRY_PICK_HEAD').git, folder)).toEqual(['cherry-pick']);
  expect(await operationsIn(knowing('REVERT_HEAD').git, folder)).toEqual(['revert']);
  await writeFile(join(folder, 'MERGE_HEAD'), '0123456789\n');
  expect(await operationsIn(knowing().git, folder)).toEqual(['merge']);
});
