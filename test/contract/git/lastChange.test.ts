import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Worktree } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';

let repository: GitRepository;
let worktrees: GitWorktrees;
let worktree: Worktree;

beforeEach(async () => {
  repository = await GitRepository.create('changes');
  worktrees = new GitWorktrees(repository.env);
  await repository.write('.gitignore', 'ignored/\n');
  await repository.write('src/a.txt', 'a');
  await repository.git('add', '--all');
  await repository.git('commit', '--quiet', '-m', 'begin');
  const [main] = await worktrees.list(await worktrees.repository(repository.root));
  if (!main) throw new Error('no worktree');
  worktree = main;
});
afterEach(() => repository.dispose());

/** Waits until the clock of the file system has gone on. */
async function later(): Promise<number> {
  const before = Date.now();
  while (Date.now() < before + 20) await new Promise((resolve) => setTimeout(resolve, 5));
  return Date.now();
}
const changed = () => worktrees.lastChange(worktree);
const path = (name: string): string => join(repository.root, name);

it.each<[string, () => Promise<unknown>]>([
  ['an edit', () => writeFile(path('src/a.txt'), 'b')],
  [
    'a new file in a new folder',
    () => mkdir(path('new/deep'), { recursive: true }).then(() => writeFile(path('new/deep/x'), '')),
  ],
  ['a file that was deleted', () => rm(path('src/a.txt'))],
  ['a commit', () => repository.git('commit', '--quiet', '--allow-empty', '-m', 'more')],
  [
    'a file with an old time of its own',
    async () => {
      await writeFile(path('old.txt'), '');
      await utimes(path('old.txt'), 1, 1);
    },
  ],
])('is told of %s', async (_, act) => {
  const before = await later();
  expect(await changed()).toBeLessThan(before);
  await act();
  expect(await changed()).toBeGreaterThanOrEqual(before - 15);
  expect(await worktrees.lastEdit(worktree)).toBeGreaterThanOrEqual(before - 15);
});

it('is no file that git ignores, and nothing that only reads', async () => {
  const before = await later();
  await mkdir(path('ignored'));
  await writeFile(path('ignored/cache'), '');
  await worktrees.status(worktree);
  expect(await changed()).toBeLessThan(before);
});

it('is an edit only where a file or the commit is another', async () => {
  await writeFile(path('src/a.txt'), 'b');
  const edited = await worktrees.lastEdit(worktree);
  const before = await later();
  await repository.git('add', '--all');
  await mkdir(path('ignored'));
  await writeFile(path('src/ignored.log'), '').then(() => rm(path('src/ignored.log')));
  expect(await worktrees.lastEdit(worktree)).toBe(edited);
  expect(await changed()).toBeGreaterThanOrEqual(before - 15);
});
