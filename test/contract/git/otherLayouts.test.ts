import { mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { GitRepository } from '../../support/gitRepository';

let git: GitRepository;
let worktrees: GitWorktrees;
beforeEach(async () => {
  git = await GitRepository.create();
  worktrees = new GitWorktrees(git.env);
});
afterEach(() => git.dispose());

describe('a git directory that lies elsewhere', () => {
  const other = (): string => join(git.folder, 'other', 'place.git');
  const layouts: Readonly<Record<string, () => Promise<string>>> = {
    'a file of `git init --separate-git-dir`': async () => {
      await mkdir(dirname(other()));
      await git.git('init', '--quiet', `--separate-git-dir=${other()}`);
      return other();
    },
    'a link beside it': async () => {
      const nosync = join(git.root, '.git.nosync');
      await rename(join(git.root, '.git'), nosync);
      await symlink('.git.nosync', join(git.root, '.git'));
      return nosync;
    },
    'a link to another folder': async () => {
      await mkdir(dirname(other()));
      await rename(join(git.root, '.git'), other());
      await symlink(other(), join(git.root, '.git'));
      return other();
    },
    'a link to the .git of another folder': async () => {
      const there = join(git.folder, 'real', '.git');
      await mkdir(dirname(there));
      await rename(join(git.root, '.git'), there);
      await symlink(there, join(git.root, '.git'));
      return there;
    },
  };

  it.each(Object.entries(layouts))('%s: the worktree is where it is checked out', async (_, lay) => {
    const commonDir = await lay();
    const inner = join(git.root, 'a', 'b');
    await mkdir(inner, { recursive: true });
    const repository = await worktrees.repository(git.root);
    expect(repository).toMatchObject({ name: 'repo', root: git.root, commonDir });
    expect(await worktrees.repository(inner)).toEqual(repository);

    // Recorded, as by a create: from then on a linked worktree, which git tells nothing, knows it too.
    await worktrees.recordRepository(repository);
    const folder = join(git.folder, 'topic');
    const made = await worktrees.add(repository, { kind: 'new', branch: 'topic', base: 'main', folder });
    expect(made).toMatchObject({ path: folder, branch: 'topic', isMain: false });
    if (commonDir !== join(git.folder, 'real', '.git')) expect(await worktrees.repository(folder)).toEqual(repository);
    const [main, topic] = await worktrees.list(repository);
    expect(main).toMatchObject({ path: git.root, gitDir: commonDir, isMain: true, branch: 'main' });
    expect(topic).toEqual(made);
    if (!main) throw new Error('no main worktree');
    await git.write('new', '');
    expect(await worktrees.status(main)).toMatchObject({
      changed: 0,
      untracked: commonDir.startsWith(git.root) ? 2 : 1,
    });
  });

  it('moved together with its worktree', async () => {
    const nosync = await layouts['a link beside it']?.();
    await worktrees.recordRepository(await worktrees.repository(git.root));
    const moved = join(git.folder, 'moved');
    await rename(git.root, moved);
    const repository = await worktrees.repository(moved);
    expect(repository).toMatchObject({ name: 'moved', root: moved });
    expect(nosync).toBe(join(git.root, '.git.nosync'));
  });
});

describe('a repository that is bare', () => {
  const refusal = async (folder: string): Promise<string> =>
    worktrees.repository(folder).then(
      () => 'it is taken',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  const config = (name: string): string => JSON.stringify(join(git.root, '.git', name));

  it('by a setting only: the setting is offered, and works', async () => {
    const linked = join(git.folder, 'linked');
    await git.git('worktree', 'add', '--quiet', linked);
    await git.git('config', 'core.bare', 'true');
    for (const folder of [git.root, linked]) {
      expect(await refusal(folder)).toBe(
        `The repository at ${join(git.root, '.git')} has a main worktree and is set to be bare all the same. If it is not, run: git config --file ${config('config')} core.bare false`,
      );
    }
    await git.in(git.folder, 'config', '--file', join(git.root, '.git', 'config'), 'core.bare', 'false');
    expect(await refusal(git.root)).toBe('it is taken');
  });

  it('by a setting of the worktree, or of the user', async () => {
    await git.git('config', 'extensions.worktreeConfig', 'true');
    await git.git('config', '--unset', 'core.bare');
    await git.git('config', '--worktree', 'core.bare', 'true');
    expect(await refusal(git.root)).toContain(`git config --file ${config('config.worktree')} core.bare false`);
    await git.in(git.folder, 'config', '--file', join(git.root, '.git', 'config.worktree'), '--unset', 'core.bare');
    await git.in(git.folder, 'config', '--global', 'core.bare', 'true');
    expect(await refusal(git.root)).toMatch(/run: git config --global --unset core\.bare$/);
    await git.in(git.folder, 'config', '--global', '--unset', 'core.bare');
    expect(await refusal(git.root)).toBe('it is taken');
  });

  it('by its nature', async () => {
    const bare = await git.addOrigin();
    const linked = join(git.folder, 'linked');
    await git.in(bare, 'worktree', 'add', '--quiet', '--detach', linked);
    for (const folder of [bare, linked])
      expect(await refusal(folder)).toMatch(/ is bare: .* Clone it without --bare\.$/);
  });
});

describe('a partial clone', () => {
  it.each(['blob:none', 'tree:0'])(
    '%s: what it lacks while its remote is away is not called missing',
    async (filter) => {
      await git.commit('coppice.yaml', 'version: 1\n', 'environment');
      await git.git('config', 'uploadpack.allowFilter', 'true');
      await git.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
      const commit = await git.git('rev-parse', 'HEAD');
      const clone = join(git.folder, 'clone');
      await git.in(git.folder, 'clone', '--quiet', '--no-checkout', `--filter=${filter}`, `file://${git.root}`, clone);
      const away = join(git.folder, 'away');
      await rename(git.root, away);
      const repository = await worktrees.repository(clone);
      const add = (): Promise<unknown> =>
        worktrees.add(repository, {
          kind: 'new',
          branch: 'topic',
          base: 'origin/main',
          folder: join(git.folder, 'topic'),
        });
      for (const ask of [() => worktrees.fileAt(repository, commit, 'coppice.yaml'), add]) {
        await expect(ask()).rejects.toMatchObject({
          code: 'unreachable',
          message: expect.stringMatching(
            /: this is a partial clone, and its remote did not give what is still missing: /,
          ) as unknown,
          explanation: expect.stringContaining('promisor remote') as unknown,
        });
      }
      await rename(away, git.root);
      expect(await worktrees.fileAt(repository, commit, 'coppice.yaml')).toBe('version: 1\n');
      expect(await worktrees.fileAt(repository, commit, 'none/x')).toBeUndefined();
    },
  );

  it('is the only one in which a file may be there and not to be had: a folder of that name is said', async () => {
    const commit = await git.commit('coppice.yaml/x', '', 'a folder');
    const repository = await worktrees.repository(git.root);
    await expect(worktrees.fileAt(repository, commit, 'coppice.yaml')).rejects.toMatchObject({ code: 'invalidInput' });
    await expect(worktrees.fileAt(repository, commit, '*')).resolves.toBeUndefined();
  });
});

describe('a repository of SHA-256', () => {
  it('has a worktree without any commit, and others beside it', async () => {
    const root = join(git.folder, 'sha256');
    await git.in(git.folder, 'init', '--quiet', '--object-format=sha256', root);
    const first = await git.commit('readme', '', 'first', root);
    const unborn = join(git.folder, 'unborn');
    const born = join(git.folder, 'born');
    await git.in(root, 'worktree', 'add', '--quiet', unborn);
    await git.in(root, 'worktree', 'add', '--quiet', born);
    await git.in(unborn, 'checkout', '--quiet', '--orphan', 'nothing');
    const repository = await worktrees.repository(root);
    const found = await worktrees.list(repository);
    const told = new Map<string, unknown>();
    await worktrees.statuses(found, ({ path }, status) => told.set(path, status));
    expect(told.get(born)).toMatchObject({ lastCommit: { id: first, subject: 'first' } });
    const worktree = found.find(({ path }) => path === unborn);
    if (!worktree) throw new Error('it is not listed');
    expect(worktree.head).toMatch(/^0+$/);
    expect((await worktrees.losses(repository, worktree)).map(({ kind }) => kind)).toEqual(['uncommitted']);
    await worktrees.remove(repository, worktree, ['uncommitted']);
    await rm(join(unborn), { recursive: true, force: true });
    expect((await worktrees.list(repository)).map(({ path }) => path)).toEqual([root, born]);
    expect(await readFile(join(born, 'readme'), 'utf8')).toBe('');
  });
});
