import { existsSync } from 'node:fs';
import type * as Fs from 'node:fs/promises';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { belowMade } from '../../../src/adapters/git/files/belowMade';
import { Git } from '../../../src/adapters/git/program/git';
import { takeBackClaim } from '../../../src/adapters/git/spares/takeBackClaim';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { GitRepository } from '../../support/gitRepository';

/** A folder above which another deletes the last worktree right before it is made. */
let met: string | undefined;
vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof Fs>();
  const make = async (path: string, ...more: unknown[]): Promise<unknown> => {
    if (path === met) {
      met = undefined;
      await fs.rmdir(dirname(path));
    }
    return Reflect.apply(fs.mkdir, undefined, [path, ...more]);
  };
  return { ...fs, mkdir: make };
});

describe('the folder above worktrees, while the last one in it is deleted', { timeout: 60_000 }, () => {
  let git: GitRepository;
  beforeEach(async () => {
    git = await GitRepository.create();
  });
  afterEach(async () => {
    met = undefined;
    await git.dispose();
  });

  it.each([[true], [false]])('is made again for one that is made (there before: %s)', async (isThere) => {
    const worktrees = new GitWorktrees(git.env);
    const repository = await worktrees.repository(git.root);
    const folder = join(git.folder, 'repo.worktrees', 'next');
    if (isThere) await mkdir(dirname(folder));
    met = folder;
    const made = await worktrees.add(repository, { kind: 'new', branch: 'next', base: 'main', folder });
    expect(met).toBeUndefined();
    expect(existsSync(join(made.path, '.git'))).toBe(true);
  });

  it('is made again for a spare that goes back to it', async () => {
    const [from, to] = [join(git.folder, 'repo.worktrees', '_spare-1'), join(git.folder, 'topic')];
    await git.git('worktree', 'add', '--quiet', '--detach', from);
    const gitDir = await git.git('-C', from, 'rev-parse', '--absolute-git-dir');
    await git.git('worktree', 'move', from, to);
    await rmdir(dirname(from));
    const record = { version: 1, id: '0123456789ab', repositoryId: 'r', commit: await git.git('rev-parse', 'HEAD') };
    await takeBackClaim(
      new Git(git.env),
      gitDir,
      { ...record, version: 1, state: 'ready', has: 'checkout', digest: 'd', ignored: [], claim: { from, to } },
      'abcdef',
    );
    expect(existsSync(to)).toBe(false);
    expect(await git.git('-C', from, 'rev-parse', '--absolute-git-dir')).toBe(gitDir);
  });

  it('is made again for what is put there, a few times; what fails otherwise fails at once', async () => {
    const path = join(git.folder, 'repo.worktrees', 'back');
    let turns = 0;
    await belowMade(path, async () => {
      if (turns++ < 2) await rmdir(dirname(path));
      await writeFile(path, '');
    });
    expect(turns).toBe(3);
    const other = join(git.folder, 'other', 'back');
    const always = vi.fn<() => Promise<void>>(async () => {
      await rmdir(dirname(other));
      await writeFile(other, '');
    });
    await expect(belowMade(other, always)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(always).toHaveBeenCalledTimes(5);
    const once = vi.fn<() => Promise<void>>(() => writeFile(dirname(path), ''));
    await expect(belowMade(path, once)).rejects.toMatchObject({ code: 'EISDIR' });
    expect(once).toHaveBeenCalledTimes(1);
  });
});
