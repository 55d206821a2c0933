import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inFolderAlone } from '../../../src/adapters/git/locks/folderLock';
import { Git, GitFailure } from '../../../src/adapters/git/program/git';
import { DestroyWorld } from './destroyWorld';

const run = promisify(execFile);
const otherFileSystem = '/dev/shm';

describe('an undo', { timeout: 120_000 }, () => {
  let world: DestroyWorld;
  beforeEach(async () => {
    world = await DestroyWorld.create();
  });
  afterEach(() => world.dispose());

  /** Where the worktree is while all else is deleted. */
  const asideFolder = async (): Promise<string> => {
    const trash = join(world.git.root, '.git', 'coppice-trash');
    return join(trash, (await readdir(trash)).find((name) => existsSync(join(trash, name, '.git'))) ?? '');
  };

  it('brings back what nothing else reached, also when git has cleared up meanwhile', async () => {
    const { git, folder } = world;
    const replaced = await git.commit('file', 'one\n', 'replaced', folder);
    await git.in(folder, 'commit', '--quiet', '--amend', '-m', 'better');
    await git.write('staged', 'staged alone', folder);
    await git.in(folder, 'add', 'staged');
    await git.write('staged', 'and changed', folder);
    const before = await world.whole();
    await world.delete(['uncommitted', 'untracked', 'unpushed']);
    await git.git('gc', '--quiet', '--prune=now');
    await world.undo();
    await git.git('gc', '--quiet', '--prune=now');
    expect(await git.in(folder, 'show', ':staged')).toBe('staged alone');
    expect(await git.in(folder, 'cat-file', '-t', replaced)).toBe('commit');
    const { reflog, files, index, status } = (await world.whole()) as Record<string, unknown>;
    expect(before).toMatchObject({ reflog, files, index, status });
    expect(await git.git('fsck', '--connectivity-only')).not.toMatch(/missing|broken/);
  });

  it('gives the worktree another name with git where its own is given to another, which is left alone', async () => {
    const { git, folder } = world;
    await git.write('draft', 'x', folder);
    await world.delete(['untracked']);
    const other = join(git.folder, 'elsewhere', 'topic');
    await git.git('worktree', 'add', '--quiet', '-b', 'other', other);
    expect(existsSync(world.place.gitDir)).toBe(true);
    await world.undo();
    expect(await git.in(folder, 'status', '--porcelain', '--branch')).toBe('## topic\n?? draft');
    expect(await git.in(other, 'status', '--porcelain', '--branch')).toBe('## other');
    await world.delete(['untracked']);
    await world.undo();
    expect(await git.in(folder, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('topic');
  });

  it('changes nothing where the branch is another by now, or checked out, and goes on once it is not', async () => {
    const { git, folder } = world;
    await git.commit('file', '', 'only here', folder);
    await world.delete(['unpushed']);
    await git.git('branch', 'topic', 'main');
    const before = await world.everything();
    const message = expect.stringContaining('git branch -m topic NAME') as string;
    await expect(world.undo()).rejects.toMatchObject({ code: 'conflict', message });
    await git.git('checkout', '--quiet', 'topic');
    await expect(world.undo()).rejects.toMatchObject({ code: 'conflict' });
    await git.git('checkout', '--quiet', 'main');
    expect(await world.everything()).toEqual(before);
    await git.git('branch', '-m', 'topic', 'mine');
    await world.undo();
    expect(await git.in(folder, 'log', '-1', '--format=%s')).toBe('only here');
  });

  it('brings the branch back where it was, whoever moved it last', async () => {
    const { git, folder } = world;
    // The worktree's own log of its HEAD does not know of it.
    await git.git(
      'update-ref',
      'refs/heads/topic',
      await git.git('commit-tree', 'main^{tree}', '-p', 'topic', '-m', 'newer'),
    );
    const newer = await git.git('rev-parse', 'topic');
    await world.delete(['uncommitted', 'untracked', 'unpushed']);
    await world.undo();
    expect(await git.in(folder, 'rev-parse', 'HEAD')).toBe(newer);
    // And one on which nothing was committed yet is as new as it was.
    await git.in(folder, 'checkout', '--quiet', '--orphan', 'fresh');
    const status = await git.in(folder, 'status', '--porcelain', '--branch');
    await world.delete(['uncommitted', 'untracked', 'unpushed']);
    await world.undo();
    expect(await git.in(folder, 'status', '--porcelain', '--branch')).toBe(status);
    expect(await git.git('branch', '--list', 'fresh')).toBe('');
  });

  it.each([
    ['which stays', true],
    ['which goes', false],
  ])(
    'brings the branch back where it was, %s, whatever somebody has checked out while it was deleted',
    async (_, keepBranch) => {
      const { git, folder, worktrees } = world;
      const id = await git.commit('file', '', 'only here', folder);
      await git.git('branch', 'other', 'main');
      const keep = worktrees.keep.bind(worktrees);
      worktrees.keep = async (...given) => {
        await git.in(await asideFolder(), 'checkout', '--quiet', 'other');
        return keep(...given);
      };
      await world.delete(['unpushed'], { keepBranch });
      await world.undo();
      expect(await git.git('rev-parse', 'topic')).toBe(id);
      expect(await git.in(folder, 'status', '--porcelain', '--branch')).toBe('## other');
    },
  );

  it('is to be had, and refs stay, where that of a commit which was made meanwhile cannot be written', async () => {
    const { git, folder, worktrees } = world;
    await git.in(folder, 'checkout', '--quiet', '--detach');
    const id = await git.commit('file', '', 'only here', folder);
    let late = '';
    const keep = worktrees.keep.bind(worktrees);
    worktrees.keep = async (...given) => {
      const aside = await asideFolder();
      await git.in(aside, 'commit', '--quiet', '--allow-empty', '-m', 'late');
      late = await git.in(aside, 'rev-parse', 'HEAD');
      return keep(...given);
    };
    const real = Git.prototype.run;
    const spy = vi.spyOn(Git.prototype, 'run').mockImplementation(async function (this: Git, place, argv, options) {
      if (late !== '' && argv.includes(late)) throw new GitFailure(128, 'fatal: No space left on device', '');
      return real.call(this, place, argv, options);
    });
    const deleted = await world.delete(['unpushed']).finally(() => spy.mockRestore());
    expect(deleted).toMatchObject({ worktree: 'deleted', undo: expect.any(String) as string });
    expect(await git.git('for-each-ref', '--contains', id, 'refs/coppice/recovery')).not.toBe('');
    await world.undo();
    expect(await git.in(folder, 'rev-parse', 'HEAD')).toBe(late);
  });

  it('waits for nobody who makes a worktree in its folder, and says so', async () => {
    const { git, folder } = world;
    await git.write('draft', 'x', folder);
    await world.delete(['untracked']);
    await inFolderAlone(await world.repository(), folder, async () => {
      await expect(world.undo()).rejects.toMatchObject({ code: 'conflict' });
    });
    expect(existsSync(folder)).toBe(false);
    await world.undo();
    expect(await readFile(join(folder, 'draft'), 'utf8')).toBe('x');
  });

  it('leaves another repository alone that is in its place, and goes on once it is not', async () => {
    const { git, folder } = world;
    await git.write('draft', 'x', folder);
    await world.delete(['untracked']);
    await git.git('clone', '--quiet', '.', folder);
    await expect(world.undo()).rejects.toMatchObject({ code: 'conflict' });
    expect(await git.in(folder, 'remote')).toBe('origin');
    expect(await git.git('branch', '--list', 'topic')).toBe('');
    await rm(folder, { recursive: true });
    await world.undo();
    expect(await readFile(join(folder, 'draft'), 'utf8')).toBe('x');
  });

  it.runIf(existsSync(otherFileSystem))(
    'of a worktree on another file system is not to be had, and the delete says so',
    async (context) => {
      const { git } = world;
      if ((await stat(otherFileSystem)).dev === (await stat(git.folder)).dev) return context.skip();
      const away = await mkdtemp(join(otherFileSystem, 'coppice-destroy-'));
      try {
        const path = join(away, 'far');
        await git.git('worktree', 'add', '--quiet', '--detach', path);
        const commit = await git.commit('file', '', 'only here', path);
        await git.write('draft', 'x', path);
        await expect(world.delete([], { path })).rejects.toMatchObject({
          losses: [
            { kind: 'untracked', isForGood: true },
            { kind: 'unpushed', isForGood: true },
          ],
          explanation: expect.stringContaining(
            'This cannot be undone: the worktree is on another file system than its repository.',
          ),
        });
        const deleted = await world.delete(['unpushed', 'untracked'], { path });
        expect(deleted).toMatchObject({ worktree: 'deleted', lost: expect.stringContaining('another file system') });
        expect(deleted.undo).toBeUndefined();
        expect(await git.git('rev-parse', ...(deleted.recovery ?? []))).toBe(commit);
        expect(existsSync(path)).toBe(false);
        expect(await world.trash()).toEqual([]);
      } finally {
        await rm(away, { recursive: true, force: true });
      }
    },
  );

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'of a worktree in a mount of the same disk is not to be had: its files stay, and where is told',
    async (context) => {
      const { git } = world;
      const [real, shown] = [join(git.folder, 'real'), join(git.folder, 'shown')];
      await Promise.all([mkdir(real), mkdir(shown)]);
      const isMounted = await run('mount', ['--bind', real, shown]).then(
        () => true,
        () => false,
      );
      if (!isMounted) return context.skip();
      try {
        const path = join(shown, 'far');
        await git.git('worktree', 'add', '--quiet', '--detach', path);
        await git.write('draft', 'the only one', path);
        // Commits of submodules would not stay with the files, and were given up to be brought back: refused before anything is done.
        const refused = world.delete(['untracked', 'submodule'], { path });
        await expect(refused).rejects.toMatchObject({
          code: 'conflict',
          message: expect.stringMatching(/submodules/) as string,
        });
        expect(await readFile(join(path, 'draft'), 'utf8')).toBe('the only one');
        expect(await git.git('worktree', 'list')).toContain('far');
        const { lost = '', undo } = await world.delete(['untracked'], { path });
        expect(undo).toBeUndefined();
        const [, place = ''] = / its files are in (.*) until you delete them/.exec(lost) ?? [];
        expect(await readFile(join(place, 'draft'), 'utf8')).toBe('the only one');
        expect(await git.git('worktree', 'list')).not.toContain('far');
        await git.git('worktree', 'add', '--quiet', '-b', 'next', path);
        await expect(git.in(place, 'commit', '--quiet', '--allow-empty', '-m', 'lost')).rejects.toThrow(/not a git/);
      } finally {
        await run('umount', [shown]);
      }
    },
  );
});
