import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Git } from '../../../src/adapters/git/program/git';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { startPoint } from '../../../src/adapters/git/history/startPoint';
import type { StartPoint } from '../../../src/core/ports/worktrees';
import { GitRepository } from '../../support/gitRepository';

let git: GitRepository;
let ids: { readonly main: string; readonly newer: string; readonly stray: string };

beforeEach(async () => {
  git = await GitRepository.create();
  const main = await git.git('rev-parse', 'HEAD');
  const child = (subject: string): Promise<string> =>
    git.git('commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', subject);
  ids = { main, newer: await child('newer'), stray: await child('stray') };
  await git.git('remote', 'add', 'origin', git.root);
  await git.git('update-ref', 'refs/remotes/origin/main', ids.newer);
});
afterEach(() => git.dispose());

const start = async (base?: string): Promise<StartPoint> => {
  const worktrees = new GitWorktrees(git.env);
  return worktrees.startPoint(await worktrees.repository(git.root), base);
};
const repositoryDefault = async (): Promise<string> =>
  (await new GitWorktrees(git.env).repository(git.root)).defaultBranch;
const behind = { local: 'main', upstream: 'origin/main', ahead: 0, behind: 1 };

describe('where a new branch starts', () => {
  /** A tag of the name stands for a commit that nobody asked for. */
  it.each<[tag: string, base: string | undefined, expected: { name: string; commit: 'main' | 'newer' | 'stray' }]>([
    ['main', undefined, { name: 'origin/main', commit: 'newer' }],
    ['main', 'main', { name: 'main', commit: 'main' }],
    ['heads/main', 'main', { name: 'main', commit: 'main' }],
    ['refs/heads/main', 'main', { name: 'main', commit: 'main' }],
    ['origin/main', undefined, { name: 'origin/main', commit: 'newer' }],
    ['origin/main', 'origin/main', { name: 'origin/main', commit: 'newer' }],
    ['remotes/origin/main', 'origin/main', { name: 'origin/main', commit: 'newer' }],
    ['origin/HEAD', undefined, { name: 'origin/main', commit: 'newer' }],
    ['HEAD', 'main', { name: 'main', commit: 'main' }],
    ['v1', 'v1', { name: 'v1', commit: 'stray' }],
  ])('is not decided by the tag %s where %s is asked for', async (tag, base, { name, commit }) => {
    await git.git('update-ref', `refs/tags/${tag}`, ids.stray);
    expect(await start(base)).toMatchObject({ name, commit: ids[commit] });
  });

  it('is told by one process for all that a name may mean: each costs a create its start', async () => {
    const repository = await new GitWorktrees(git.env).repository(git.root);
    const ran: string[] = [];
    class CountedGit extends Git {
      override run(...[folder, argv, options]: Parameters<Git['run']>): Promise<string> {
        ran.push(argv[0] ?? '');
        return super.run(folder, argv, options);
      }
    }
    const counted = new CountedGit(git.env);
    // The last but one that is looked for, and the last.
    expect((await startPoint(counted, repository, ids.stray)).commit).toBe(ids.stray);
    expect(ran).toEqual(['cat-file']);
    await git.git('update-ref', 'refs/remotes/origin/theirs', ids.newer);
    expect(await startPoint(counted, repository, 'theirs')).toEqual({ name: 'origin/theirs', commit: ids.newer });
    expect(ran).toHaveLength(2);
    await expect(startPoint(counted, repository, `main\n${ids.stray}`)).rejects.toThrow('names no commit');
  });

  it('is the commit of an annotated tag, and what stands behind a branch of that name', async () => {
    await git.git('tag', '-a', 'v1', '-m', 'release', ids.stray);
    expect(await start('v1')).toEqual({ name: 'v1', commit: ids.stray });
    await git.git('tag', 'main', ids.stray);
    await git.git('update-ref', 'refs/heads/main', ids.newer);
    expect((await start('main~1')).commit).toBe(ids.main);
    expect((await start('main@{0}')).commit).toBe(ids.newer);
  });

  it.each([true, false])('is the remote branch where there is no local one; its HEAD is known: %s', async (isKnown) => {
    await git.git('checkout', '--quiet', '-b', 'feature');
    await git.git('branch', '--quiet', '-D', 'main');
    if (isKnown) await git.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
    expect(await repositoryDefault()).toBe('main');
    for (const base of [undefined, 'main'])
      expect(await start(base)).toEqual({ name: 'origin/main', commit: ids.newer });
  });

  it('is not a remote HEAD that leads nowhere any more', async () => {
    await git.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/master');
    expect(await repositoryDefault()).toBe('main');
  });

  it('is what the default branch follows, whatever its remote and its name', async () => {
    await git.git('update-ref', 'refs/remotes/theirs/trunk', ids.stray);
    await git.git('config', 'remote.theirs.url', git.root);
    await git.git('config', 'remote.theirs.fetch', '+refs/heads/*:refs/remotes/theirs/*');
    await git.git('config', 'branch.main.remote', 'theirs');
    await git.git('config', 'branch.main.merge', 'refs/heads/trunk');
    const lag = { ...behind, upstream: 'theirs/trunk' };
    expect(await start()).toEqual({ name: 'theirs/trunk', commit: ids.stray, lag });
  });

  it('is the branch that is asked for by name, and that it is behind is told', async () => {
    expect(await start('main')).toEqual({ name: 'main', commit: ids.main, lag: behind });
  });

  it('is the local default branch while that has commits of its own', async () => {
    await git.git('update-ref', 'refs/heads/main', ids.stray);
    expect(await start()).toEqual({ name: 'main', commit: ids.stray, lag: { ...behind, ahead: 1 } });
    await git.git('update-ref', 'refs/remotes/origin/main', ids.main);
    expect(await start()).toEqual({ name: 'main', commit: ids.stray });
  });
});
