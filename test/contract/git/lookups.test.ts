import { afterEach, beforeEach, expect, it } from 'vitest';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository, Worktree } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';

let git: GitRepository;
let worktrees: GitWorktrees;
let repository: Repository;
let main: Worktree;
beforeEach(async () => {
  git = await GitRepository.create();
  worktrees = new GitWorktrees(git.env);
  repository = await worktrees.repository(git.root);
  const [first] = await worktrees.list(repository);
  if (!first) throw new Error('no main worktree');
  main = first;
  await git.commit('lock', '1', 'a lock');
  await git.commit('apps/é b/lock', '2', 'another');
  await git.commit('apps/lock.md', '3', 'none');
});
afterEach(() => git.dispose());

it('finds files by their names in any folder, those that git knows, in a folder and in a commit', async () => {
  const commit = await git.git('rev-parse', 'HEAD');
  await git.write('other/lock', 'untracked');
  for (const at of [{ folder: git.root }, { commit }]) {
    const named = async (...names: string[]) => (await worktrees.filesNamed(repository, at, names)).sort();
    expect(await named('lock', 'readme')).toEqual(['apps/é b/lock', 'lock', 'readme']);
    expect(await named('absent', 'apps')).toEqual([]);
    expect(await named()).toEqual([]);
  }
  await git.commit('late/lock', '4', 'later');
  expect(await worktrees.filesNamed(repository, { commit }, ['lock'])).toHaveLength(2);
});

it('tells which folders are ignored, before they are there, and never one with a file that git knows', async () => {
  await git.commit('.gitignore', 'node_modules/\nvendor/\n/target\n', 'ignores');
  await git.commit('vendor/tracked', 'x', 'all the same');
  const folders = ['node_modules', 'packages/a/node_modules', 'vendor', 'target', 'packages/target', 'src'];
  expect(await worktrees.ignoredFolders(main, folders)).toEqual(['node_modules', 'packages/a/node_modules', 'target']);
  expect(await worktrees.ignoredFolders(main, ['src'])).toEqual([]);
  expect(await worktrees.ignoredFolders(main, [])).toEqual([]);
});

it('takes no path for a pattern', async () => {
  await git.commit('.gitignore', 'node_modules/\n', 'ignores');
  await git.commit('a/node_modules/x', 'x', 'all the same');
  expect(await worktrees.ignoredFolders(main, ['[a]/node_modules', 'a/node_modules'])).toEqual(['[a]/node_modules']);
});
