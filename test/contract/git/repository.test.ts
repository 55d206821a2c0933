import { access, chown, cp, mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { AppError } from '../../../src/core/errors';
import { GitRepository } from '../../support/gitRepository';

describe('repository', () => {
  let git: GitRepository;
  let worktrees: GitWorktrees;
  beforeEach(async () => {
    git = await GitRepository.create();
    worktrees = new GitWorktrees(git.env);
  });
  afterEach(() => git.dispose());

  const record = (root = git.root): string => join(root, '.git/coppice/repository.json');

  it('is the same from the main worktree, a folder in it, another worktree and the git directory', async () => {
    await git.git('worktree', 'add', '--quiet', '-b', 'topic', join(git.folder, 'topic'));
    const inner = join(git.root, 'inner');
    await mkdir(inner);
    const repository = await worktrees.repository(git.root);
    expect(repository).toMatchObject({
      name: 'repo',
      root: git.root,
      commonDir: join(git.root, '.git'),
      defaultBranch: 'main',
    });
    for (const folder of [inner, join(git.folder, 'topic'), join(git.root, '.git')]) {
      expect(await worktrees.repository(folder)).toEqual(repository);
    }
  });

  it('writes nothing until it is recorded, and keeps the id when the folder moves then', async () => {
    const before = await worktrees.repository(git.root);
    await expect(access(join(git.root, '.git/coppice'))).rejects.toThrow();
    expect(await worktrees.recordRepository(before)).toEqual(before);
    const moved = join(git.folder, 'moved');
    await rename(git.root, moved);
    const after = await worktrees.repository(moved);
    expect(after).toMatchObject({ id: before.id, name: 'moved', root: moved });
    await worktrees.recordRepository(after);
    expect(JSON.parse(await readFile(record(moved), 'utf8'))).toMatchObject({
      id: before.id,
      commonDir: join(moved, '.git'),
    });
  });

  it('gives a copy of the folder an id of its own, and one that lies where another was', async () => {
    const { id } = await worktrees.recordRepository(await worktrees.repository(git.root));
    const copy = join(git.folder, 'copy');
    await cp(git.root, copy, { recursive: true });
    const copied = await worktrees.repository(copy);
    expect(copied.id).not.toBe(id);
    expect((await worktrees.recordRepository(copied)).id).toBe(copied.id);
    expect((await worktrees.repository(copy)).id).toBe(copied.id);
    expect((await worktrees.repository(git.root)).id).toBe(id);
    await rename(git.root, join(git.folder, 'moved'));
    await git.in(git.folder, 'clone', '--quiet', copy, git.root);
    expect((await worktrees.repository(git.root)).id).not.toBe(id);
  });

  it('is recorded once by many at a time', async () => {
    const repository = await worktrees.repository(git.root);
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => (await new GitWorktrees(git.env).recordRepository(repository)).id),
    );
    expect(new Set(ids)).toEqual(new Set([repository.id]));
  });

  it.each(['', '{', '{"id":"x"}', 'null'])('does not guess from a damaged record: %j', async (text) => {
    await git.write('coppice/repository.json', text, join(git.root, '.git'));
    await expect(worktrees.repository(git.root)).rejects.toMatchObject({ code: 'failed' });
  });

  it('takes the default branch from origin, else main, else master, else what is checked out', async () => {
    const branch = async (): Promise<string> => (await worktrees.repository(git.root)).defaultBranch;
    await git.git('branch', '-m', 'trunk');
    expect(await branch()).toBe('trunk');
    await git.git('branch', 'master');
    expect(await branch()).toBe('master');
    await git.git('branch', 'main');
    expect(await branch()).toBe('main');
    await git.addOrigin();
    await git.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
    expect(await branch()).toBe('trunk');
  });

  it('refuses bare repositories and submodules, and says why', async () => {
    const origin = await git.addOrigin();
    await expect(worktrees.repository(origin)).rejects.toMatchObject({
      code: 'invalidInput',
      message: expect.stringContaining('bare') as string,
    });
    await git.in(origin, 'worktree', 'add', '--quiet', join(git.folder, 'of-bare'), 'main');
    await expect(worktrees.repository(join(git.folder, 'of-bare'))).rejects.toMatchObject({ code: 'invalidInput' });
    await git.git('submodule', '--quiet', 'add', origin, 'lib');
    await expect(worktrees.repository(join(git.root, 'lib'))).rejects.toMatchObject({
      code: 'invalidInput',
      message: expect.stringContaining('submodule') as string,
    });
  });

  it('refuses a folder that does not exist', async () => {
    await expect(worktrees.repository(join(git.folder, 'gone'))).rejects.toMatchObject({ code: 'notFound' });
  });

  it.skipIf(process.getuid?.() !== 0)("says how to trust another user's repository", async () => {
    await chown(git.root, 12345, 12345);
    await chown(join(git.root, '.git'), 12345, 12345);
    await expect(worktrees.repository(git.root)).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining(`git config --global --add safe.directory "${git.root}"`) as string,
    });
  });

  it('says what git says of a broken repository', async () => {
    await writeFile(join(git.root, '.git/HEAD'), 'nonsense');
    await expect(worktrees.repository(git.root)).rejects.toMatchObject({ code: 'failed' });
  });

  it('lists worktrees with odd paths', async () => {
    const names = ['with space', 'quote"s', "it's", 'ünï', 'line\nend', ' lead', 'trail '].filter(
      (name) => process.platform !== 'win32' || !/["\n]| $/.test(name),
    );
    const repository = await worktrees.repository(git.root);
    for (const [index, name] of names.entries()) {
      const folder = join(git.folder, name);
      const added = await worktrees.add(repository, { kind: 'new', branch: `b${index}`, base: 'main', folder });
      expect(added.path).toBe(folder);
      await git.write('odd\n"näme"', '', folder);
      expect(await worktrees.status(added)).toMatchObject({ untracked: 1 });
    }
    const listed = await worktrees.list(repository);
    expect(
      listed
        .slice(1)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(names.map((name) => join(git.folder, name)).sort());
    expect(
      (await worktrees.branches(repository)).filter(({ checkedOutAt }) => checkedOutAt !== undefined),
    ).toHaveLength(names.length + 1);
    for (const worktree of listed.slice(1)) {
      await worktrees.remove(repository, worktree, ['untracked']);
      await expect(access(worktree.path)).rejects.toThrow();
    }
  });

  it.each(['.devcontainer', '.devcontainer.json'])(
    'tells a worktree with a %s what a container needs of it, and not that its repository is gone',
    async (name) => {
      // As a container sees it: the worktree's folder, and nothing of where its .git leads to.
      const inside = await mkdtemp(join(await realpath(tmpdir()), 'coppice-inside-'));
      const gitDir = join(inside, 'outside', '.git', 'worktrees', 'topic');
      await writeFile(join(inside, '.git'), `gitdir: ${gitDir}\n`);
      await expect(worktrees.repository(inside)).rejects.toMatchObject({
        code: 'notFound',
        message: expect.stringMatching(/was a worktree of a repository that is not there any more/) as unknown,
      });
      await writeFile(join(inside, name), '');
      const mounted = dirname(dirname(gitDir));
      await expect(worktrees.repository(inside)).rejects.toMatchObject({
        code: 'notFound',
        message: expect.stringMatching(
          /^The repository of the worktree .* in a container it has to be mounted/,
        ) as unknown,
        explanation: expect.stringMatching(/"workspaceFolder".*"mounts": .*\n.*no "git worktree repair"/) as unknown,
      });
      const told = await worktrees.repository(inside).catch((error: AppError) => error.explanation ?? '');
      expect(told).toContain(`["source=${mounted},target=${mounted},type=bind"]`);
      await rm(inside, { recursive: true });
    },
  );

  it('tells a worktree whose .git was lost from the repository around it', async () => {
    const inside = join(git.root, 'inside');
    await git.git('worktree', 'add', '--quiet', '-b', 'topic', inside);
    const worktree = (await worktrees.list(await worktrees.repository(git.root)))[1];
    if (!worktree) throw new Error('no worktree');
    await rm(join(inside, '.git'));
    await expect(worktrees.status(worktree)).rejects.toMatchObject({ code: 'failed' });
  });
});
