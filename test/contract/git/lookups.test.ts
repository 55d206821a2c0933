import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommitFiles } from '../../../src/adapters/git/history/commitFiles';
import { fileAt } from '../../../src/adapters/git/history/fileAt';
import { Git } from '../../../src/adapters/git/program/git';
import { kindAt } from '../../../src/adapters/git/history/kindAt';
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

describe('what is asked of one commit', () => {
  const asked: string[] = [];
  class CountedGit extends Git {
    override run(...[folder, argv, options]: Parameters<Git['run']>): Promise<string> {
      asked.push(argv[0] ?? '');
      return super.run(folder, argv, options);
    }
  }
  let counted: Git;
  let files: CommitFiles;
  let commit: string;
  beforeEach(async () => {
    counted = new CountedGit(git.env);
    files = new CommitFiles(counted);
    commit = await git.git('rev-parse', 'HEAD');
    asked.length = 0;
  });
  const textOf = (path: string, at = commit) => fileAt(counted, files, repository, at, path);
  const kindOf = (path: string, at = commit) => kindAt(files, repository, at, path);

  it('is told by one process for a file, with its line ends as they are', async () => {
    await git.commit('text', 'a\r\n\n', 'ends');
    const at = await git.git('rev-parse', 'HEAD');
    expect(await textOf('text', at)).toBe('a\r\n\n');
    expect(await textOf('apps/é b/lock')).toBe('2');
    expect(asked).toEqual(['cat-file', 'cat-file']);
  });

  it('is told by one process for all of it once all was listed, also to who asks meanwhile', async () => {
    const [tree, kind] = await Promise.all([files.tree(repository, commit), kindOf('apps')]);
    expect([...tree.keys()].sort()).toEqual(['apps', 'apps/lock.md', 'apps/é b', 'apps/é b/lock', 'lock', 'readme']);
    expect(kind).toBe('folder');
    expect(await kindOf('lock')).toBe('file');
    expect(await kindOf('absent')).toBeUndefined();
    expect(await textOf('absent')).toBeUndefined();
    await expect(textOf('apps')).rejects.toMatchObject({ code: 'invalidInput' });
    expect(asked).toEqual(['ls-tree']);
    expect(await textOf('lock')).toBe('1');
    expect(asked).toEqual(['ls-tree', 'cat-file']);
  });

  it('is never told of another commit, nor of what a name that may move meant before', async () => {
    await files.tree(repository, commit);
    await files.tree(repository, 'HEAD');
    await git.commit('later', 'x', 'later');
    expect(await kindOf('later')).toBeUndefined();
    expect(await kindOf('later', await git.git('rev-parse', 'HEAD'))).toBe('file');
    expect((await files.tree(repository, 'HEAD')).has('later')).toBe(true);
  });

  it('is asked of git where a path is not written as git writes it', async () => {
    await files.tree(repository, commit);
    for (const path of ['apps/', './lock', 'apps/../lock'])
      expect(await kindOf(path).catch(() => 'refused')).toBe(
        await new GitWorktrees(git.env).kindAt(repository, commit, path).catch(() => 'refused'),
      );
  });
});
