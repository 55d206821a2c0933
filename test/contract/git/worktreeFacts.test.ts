import { lstat, mkdir, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderSize } from '../../../src/adapters/git/files/folderSize';
import { GitWorktreeFacts } from '../../../src/adapters/git/gitWorktreeFacts';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { BranchState } from '../../../src/core/worktrees/branchState';
import type { Repository, Worktree } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';

let git: GitRepository;
let facts: GitWorktreeFacts;
let repository: Repository;
let folder: string;

beforeEach(async () => {
  git = await GitRepository.create();
  facts = new GitWorktreeFacts(git.env);
  folder = join(git.folder, 'topic');
  await git.git('worktree', 'add', '--quiet', '-b', 'topic', folder);
});
afterEach(() => git.dispose());

async function worktree(path = folder): Promise<Worktree> {
  const worktrees = new GitWorktrees(git.env);
  repository = await worktrees.repository(git.root);
  const found = (await worktrees.list(repository)).find((each) => each.path === path);
  if (!found) throw new Error(`no worktree ${path}`);
  return found;
}

describe('the size of a worktree', () => {
  it('is the sum of its files, without what links lead to and without worktrees within', async () => {
    const of = await worktree();
    const { bytes: before } = await facts.size(of, []);
    const outside = join(git.folder, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'large'), 'x'.repeat(10_000));
    await symlink(outside, join(folder, 'link'), 'junction');
    await mkdir(join(folder, 'node_modules', 'deep'), { recursive: true });
    await writeFile(join(folder, 'node_modules', 'deep', 'file'), 'x'.repeat(1000));
    const inner = join(folder, 'inner');
    await git.git('worktree', 'add', '--quiet', '-b', 'inner', inner);
    await writeFile(join(inner, 'file'), 'x'.repeat(5000));
    const { bytes, isCut } = await facts.size(of, [inner]);
    expect(isCut).toBe(false);
    expect(bytes - before).toBeGreaterThanOrEqual(1000);
    // The length of a link is that of its text.
    expect(bytes - before).toBeLessThan(1500);
    expect((await facts.size(of, [])).bytes).toBeGreaterThanOrEqual(bytes + 5000);
  });

  it('is none of what a link in its place leads to', async () => {
    const of = await worktree();
    const real = join(git.folder, 'real');
    await rename(folder, real);
    await writeFile(join(real, 'large'), 'x'.repeat(10_000));
    await symlink(real, folder, 'junction');
    expect((await facts.size(of, [])).bytes).toBeLessThan(1000);
  });

  it('says where it has not looked at all of it, and ends when it is told to', async () => {
    await mkdir(join(folder, 'deep'));
    await writeFile(join(folder, 'deep', 'file'), 'x'.repeat(1000));
    expect(await folderSize(folder, [], undefined, 1)).toMatchObject({ isCut: true });
    await expect(facts.size(await worktree(), [], AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});

it('tells when a worktree was made and put into its place, and when its environment was recorded last', async () => {
  const of = await worktree();
  expect(await facts.times(of)).toEqual({
    madeAt: expect.any(Number),
    environmentAt: undefined,
    placedAt: (await lstat(join(folder, '.git'))).ctimeMs,
  });
  await writeFile(join(of.gitDir, 'coppice.json'), '{}');
  await utimes(join(of.gitDir, 'coppice.json'), 1, 1234);
  expect(await facts.times(of)).toMatchObject({ environmentAt: 1_234_000 });
});

describe('where the commits of a branch are', () => {
  const state = async (): Promise<BranchState> => facts.branchState(repository, await worktree());
  const commit = (name: string, text = name): Promise<string> => git.commit(name, text, name, folder);

  beforeEach(() => worktree());

  it.each<[string, BranchState['kind'], object, () => Promise<unknown>]>([
    ['nothing was done', 'merged', { rule: 'sameCommit', into: 'main' }, async () => undefined],
    ['main went on', 'merged', { rule: 'ancestor', into: 'main' }, () => git.commit('more', '', 'more')],
    [
      'its commits were picked',
      'merged',
      { rule: 'samePatches', into: 'main' },
      async () => {
        await commit('one');
        await git.commit('before', '', 'before');
        await git.git('cherry-pick', 'topic');
      },
    ],
    [
      'its commits were squashed',
      'merged',
      { rule: 'samePatches', into: 'main' },
      async () => {
        await commit('one');
        await commit('two');
        await git.commit('before', '', 'before');
        await git.git('merge', '--quiet', '--squash', 'topic');
        await git.git('commit', '--quiet', '-m', 'squashed');
      },
    ],
    [
      'main has the same files',
      'merged',
      { rule: 'sameFiles', into: 'main' },
      async () => {
        await commit('one');
        await commit('two');
        await git.commit('one', 'one', 'first half');
        await git.commit('two', 'two', 'second half, in another cut');
        await git.in(folder, 'commit', '--quiet', '--amend', '--no-edit');
        await git.in(folder, 'reset', '--quiet', '--soft', 'HEAD~2');
        await git.in(folder, 'commit', '--quiet', '-m', 'both');
      },
    ],
    ['it was pushed', 'pushed', { to: 'origin/topic' }, async () => (await commit('one'), git.addOrigin())],
    [
      'another branch has them',
      'kept',
      { by: 'other' },
      async () => (await commit('one'), git.git('branch', 'other', 'topic')),
    ],
    [
      'nobody else has them',
      'unpushed',
      { loss: { kind: 'unpushed', count: 1, examples: ['one'] } },
      () => commit('one'),
    ],
  ])('%s', async (_, kind, told, act) => {
    await act();
    expect(await state()).toEqual({ kind, ...told });
  });

  it('a tag that is called like the branch is told as what keeps them, and the branch itself is not', async () => {
    const first = await commit('one');
    await git.git('tag', 'topic', first);
    expect(await state()).toEqual({ kind: 'kept', by: 'topic' });
    await git.git('branch', 'other', first);
    expect(await state()).toEqual({ kind: 'kept', by: 'other' });
  });
});
