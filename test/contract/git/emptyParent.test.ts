import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository, Worktree } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';

describe('the folder of a repository’s worktrees', { timeout: 60_000 }, () => {
  let git: GitRepository;
  let worktrees: GitWorktrees;
  let repository: Repository;

  beforeEach(async () => {
    git = await GitRepository.create();
    worktrees = new GitWorktrees(git.env);
    repository = await worktrees.repository(git.root);
  });
  afterEach(() => git.dispose());

  const make = async (branch: string, parent = 'repo.worktrees'): Promise<Worktree> => {
    const folder = join(git.folder, parent, branch);
    return worktrees.add(repository, { kind: 'new', branch, base: 'main', folder });
  };
  const keep = async (worktree: Worktree) =>
    worktrees.keep(repository, await worktrees.setAside(repository, worktree, [], undefined, { keep: 'all' }));
  const folders = async (): Promise<string[]> =>
    (await readdir(git.folder)).filter((name) => !name.startsWith('.')).sort();

  it('goes with the last of them, whether it can be brought back or not, and comes back with it', async () => {
    const [a, b] = [await make('a'), await make('b')];
    await worktrees.remove(repository, a, []);
    expect(await folders()).toEqual(['repo', 'repo.worktrees']);
    const { id = '' } = await keep(b);
    expect(await folders()).toEqual(['repo']);
    await worktrees.bringBack(repository, { id });
    expect(await readdir(join(git.folder, 'repo.worktrees'))).toEqual(['b']);
    await worktrees.remove(repository, b, []);
    expect(await folders()).toEqual(['repo']);
  });

  it('stays with whatever else somebody has put into it, and so does one of another name', async () => {
    const [a, b] = [await make('a'), await make('b', 'mine')];
    await mkdir(join(git.folder, 'repo.worktrees'), { recursive: true });
    await writeFile(join(git.folder, 'repo.worktrees', 'notes.txt'), 'mine\n');
    await keep(a);
    await keep(b);
    expect(await folders()).toEqual(['mine', 'repo', 'repo.worktrees']);
    expect(await readdir(join(git.folder, 'repo.worktrees'))).toEqual(['notes.txt']);
  });

  it.each([
    ['the nodes of a cluster show', async () => true],
    ['it cannot be told of whether others show', async () => Promise.reject(new Error('no record'))],
  ])('stays where %s it: one that is made anew is another', async (_, isMounted) => {
    const asked: string[] = [];
    worktrees = new GitWorktrees(git.env, async (folder) => {
      asked.push(folder);
      return isMounted();
    });
    const [a, b] = [await make('a'), await make('b')];
    await worktrees.remove(repository, a, []);
    expect(asked).toEqual([]);
    await keep(b);
    expect(asked).toEqual([join(git.folder, 'repo.worktrees')]);
    expect(await folders()).toEqual(['repo', 'repo.worktrees']);
  });
});
