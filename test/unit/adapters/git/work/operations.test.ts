import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Git } from '../../../../../src/adapters/git/program/git';
import { autostashedFiles, operationsIn } from '../../../../../src/adapters/git/work/operations';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-operations-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const id = '0123456789'.repeat(4);

/** Of the refs that are there it says their commit, and of any commit that it changes `changed`. @returns what it was asked for */
function knowing(...refs: readonly string[]): { readonly git: Git; readonly asked: string[] } {
  const asked: string[] = [];
  const git = {
    try: async (_: string, argv: readonly string[], { input = '' }: { input?: string }) => {
      if (argv[0] === 'diff-tree') return 'changed\0';
      const names = input.split('\n').filter((name) => name !== '');
      asked.push(...names);
      return names.map((name) => (refs.includes(name) ? `${id} commit 164\n` : `${name} missing\n`)).join('');
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

it('what a merge has put aside is told by a file, and by git where refs are in tables', async () => {
  expect(await autostashedFiles(knowing().git, folder)).toEqual([]);
  await writeFile(join(folder, 'MERGE_AUTOSTASH'), `${id}\n`);
  expect(await autostashedFiles(knowing().git, folder)).toEqual(['changed (autostash)']);
  await rm(join(folder, 'MERGE_AUTOSTASH'));
  await mkdir(join(folder, 'reftable'));
  expect(await autostashedFiles(knowing().git, folder)).toEqual([]);
  for (const name of ['MERGE_AUTOSTASH', 'CHECKOUT_AUTOSTASH_HEAD'])
    expect(await autostashedFiles(knowing(name).git, folder)).toEqual(['changed (autostash)']);
});

it('a merge of notes is in progress while there is something to be resolved', async () => {
  await mkdir(join(folder, 'NOTES_MERGE_WORKTREE'));
  expect(await operationsIn(knowing().git, folder)).toEqual([]);
  await writeFile(join(folder, 'NOTES_MERGE_WORKTREE', id), 'both\n');
  expect(await operationsIn(knowing().git, folder)).toEqual(['merge of notes']);
});
