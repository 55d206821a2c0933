import { access, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Loss } from '../../../src/core/errors';
import type { Repository, Worktree } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';

interface Place {
  readonly git: GitRepository;
  readonly folder: string;
  readonly gitDir: string;
}

/** What a worktree was brought to, and what is then lost with it: `[]` means that it may be deleted. */
interface State {
  readonly name: string;
  readonly bring: (place: Place) => Promise<unknown>;
  readonly losses: readonly Loss['kind'][];
  readonly origin?: boolean;
}

const conflictingMerge = async ({ git, folder }: Place): Promise<void> => {
  await git.commit('same', 'main\n', 'main side');
  await git.commit('same', 'topic\n', 'topic side', folder);
};

const addSubmodule = async ({ git, folder }: Place): Promise<void> => {
  const library = join(git.folder, 'library');
  await git.git('clone', '--quiet', '.', library);
  await git.in(folder, 'submodule', '--quiet', 'add', library, 'lib');
  await git.in(folder, 'commit', '--quiet', '-m', 'Add the library');
  await git.in(folder, 'push', '--quiet', 'origin', 'topic');
};

const states: readonly State[] = [
  { name: 'untouched', bring: () => Promise.resolve(), losses: [] },
  { name: 'a changed file', bring: ({ git, folder }) => git.write('readme', 'new', folder), losses: ['uncommitted'] },
  {
    name: 'a staged file',
    bring: async ({ git, folder }) => {
      await git.write('staged', 'new', folder);
      await git.in(folder, 'add', 'staged');
    },
    losses: ['uncommitted'],
  },
  {
    name: 'a change that is staged and then undone in the folder',
    bring: async ({ git, folder }) => {
      await git.write('readme', 'staged', folder);
      await git.in(folder, 'add', 'readme');
      await git.write('readme', 'hello\n', folder);
    },
    losses: ['uncommitted'],
  },
  { name: 'a deleted file', bring: ({ folder }) => rm(join(folder, 'readme')), losses: ['uncommitted'] },
  {
    name: 'an untracked file',
    bring: ({ git, folder }) => git.write('deep/er/new', '', folder),
    losses: ['untracked'],
  },
  {
    name: 'an untracked file that the settings hide',
    bring: async ({ git, folder }) => {
      await git.git('config', 'status.showUntrackedFiles', 'no');
      await git.write('new', '', folder);
    },
    losses: ['untracked'],
  },
  {
    name: 'a repository within',
    bring: async ({ git, folder }) => {
      await git.in(folder, 'init', '--quiet', 'inner');
      await git.commit('file', '', 'inner work', join(folder, 'inner'));
    },
    losses: ['nested'],
  },
  {
    name: 'an ignored .env',
    bring: async ({ git, folder }) => {
      await git.write('info/exclude', '.env\n', join(git.root, '.git'));
      await git.write('.env', 'SECRET=1', folder);
    },
    losses: ['ignored'],
  },
  {
    name: 'ignored files that tools make again',
    bring: async ({ git, folder }) => {
      await git.write('info/exclude', 'node_modules\ndist\n*.log\n__pycache__\n', join(git.root, '.git'));
      for (const path of ['node_modules/a/b.js', 'dist/x', 'debug.log', 'p/__pycache__/a.pyc'])
        await git.write(path, '', folder);
    },
    losses: [],
  },
  { name: 'a commit', bring: ({ git, folder }) => git.commit('file', '', 'work', folder), losses: ['unpushed'] },
  {
    name: 'a commit, with a remote',
    origin: true,
    bring: ({ git, folder }) => git.commit('file', '', 'work', folder),
    losses: ['unpushed'],
  },
  {
    name: 'a commit that is pushed',
    origin: true,
    bring: async ({ git, folder }) => {
      await git.commit('file', '', 'work', folder);
      await git.in(folder, 'push', '--quiet', 'origin', 'topic');
    },
    losses: [],
  },
  {
    name: 'a commit on top of what is pushed',
    origin: true,
    bring: async ({ git, folder }) => {
      await git.in(folder, 'push', '--quiet', 'origin', 'topic');
      await git.commit('file', '', 'work', folder);
    },
    losses: ['unpushed'],
  },
  {
    name: 'a commit that another branch has',
    bring: async ({ git, folder }) => {
      await git.commit('file', '', 'work', folder);
      await git.git('branch', 'keep', 'topic');
    },
    losses: [],
  },
  {
    name: 'a commit, beside a branch whose name begins alike',
    bring: async ({ git, folder }) => {
      await git.git('branch', 'topic2', 'main');
      await git.commit('file', '', 'work', folder);
    },
    losses: ['unpushed'],
  },
  {
    name: 'merged into the default branch',
    bring: async ({ git, folder }) => {
      await git.commit('file', '', 'work', folder);
      await git.git('merge', '--quiet', '--no-ff', '-m', 'Merge', 'topic');
    },
    losses: [],
  },
  {
    name: 'squashed into the default branch, which went on',
    bring: async ({ git, folder }) => {
      await git.commit('file', 'one\n', 'one', folder);
      await git.commit('file', 'one\ntwo\n', 'two', folder);
      await git.commit('other', '', 'before');
      await git.git('merge', '--quiet', '--squash', 'topic');
      await git.git('commit', '--quiet', '-m', 'Both at once');
      await git.commit('another', '', 'after');
    },
    losses: [],
  },
  {
    name: 'squashed into the default branch, with more work since',
    bring: async ({ git, folder }) => {
      await git.commit('file', 'one\n', 'one', folder);
      await git.git('merge', '--quiet', '--squash', 'topic');
      await git.git('commit', '--quiet', '-m', 'Squashed');
      await git.commit('file', 'one\ntwo\n', 'two', folder);
    },
    losses: ['unpushed'],
  },
  {
    name: 'rebased onto the default branch',
    bring: async ({ git, folder }) => {
      await git.commit('file', 'one\n', 'one', folder);
      await git.commit('file', 'one\ntwo\n', 'two', folder);
      await git.commit('other', '', 'before');
      await git.git('cherry-pick', 'topic~1', 'topic');
    },
    losses: [],
  },
  {
    name: 'a commit that was undone by another',
    bring: async ({ git, folder }) => {
      await git.commit('file', 'one\n', 'one', folder);
      await git.in(folder, 'revert', '--no-edit', 'HEAD');
      await git.commit('other', '', 'the default branch goes on');
    },
    losses: ['unpushed'],
  },
  {
    name: 'a detached HEAD on a known commit',
    bring: ({ git, folder }) => git.in(folder, 'checkout', '--quiet', '--detach'),
    losses: [],
  },
  {
    name: 'a detached HEAD with a commit of its own',
    bring: async ({ git, folder }) => {
      await git.in(folder, 'checkout', '--quiet', '--detach');
      await git.commit('file', '', 'work', folder);
    },
    losses: ['unpushed'],
  },
  {
    name: 'a merge in progress',
    bring: async (place) => {
      await conflictingMerge(place);
      await place.git.in(place.folder, 'merge', '--quiet', 'main').catch(() => undefined);
    },
    losses: ['uncommitted', 'unpushed', 'operation'],
  },
  {
    name: 'a rebase in progress',
    bring: async (place) => {
      await conflictingMerge(place);
      await place.git.in(place.folder, 'rebase', '--quiet', 'main').catch(() => undefined);
    },
    losses: ['uncommitted', 'operation'],
  },
  {
    name: 'a cherry-pick in progress',
    bring: async (place) => {
      await conflictingMerge(place);
      await place.git.in(place.folder, 'cherry-pick', 'main').catch(() => undefined);
    },
    losses: ['uncommitted', 'unpushed', 'operation'],
  },
  {
    name: 'a bisect in progress',
    bring: ({ git, folder }) => git.in(folder, 'bisect', 'start', '--no-checkout'),
    losses: ['operation'],
  },
  {
    name: 'locked',
    bring: ({ git, folder }) => git.git('worktree', 'lock', '--reason', 'on a stick', folder),
    losses: ['locked'],
  },
  {
    name: "a stash, which is the repository's",
    bring: async ({ git, folder }) => {
      await git.write('readme', 'new', folder);
      await git.in(folder, 'stash', '--quiet');
    },
    losses: [],
  },
  {
    name: 'a change that git was told to pass over',
    bring: async ({ git, folder }) => {
      await git.in(folder, 'update-index', '--assume-unchanged', 'readme');
      await git.write('readme', 'precious', folder);
    },
    losses: ['uncommitted'],
  },
  {
    name: 'a change of a file that is marked skip-worktree',
    bring: async ({ git, folder }) => {
      await git.in(folder, 'update-index', '--skip-worktree', 'readme');
      await git.write('readme', 'precious', folder);
    },
    losses: ['uncommitted'],
  },
  { name: 'a submodule, clean', origin: true, bring: addSubmodule, losses: [] },
  {
    name: 'a submodule with a changed file',
    origin: true,
    bring: async (place) => {
      await addSubmodule(place);
      await place.git.git('config', 'diff.ignoreSubmodules', 'all');
      await place.git.write('lib/readme', 'new', place.folder);
    },
    losses: ['uncommitted'],
  },
  {
    name: 'a submodule with a commit that was not pushed',
    origin: true,
    bring: async (place) => {
      await addSubmodule(place);
      await place.git.commit('file', '', 'in the library', join(place.folder, 'lib'));
      await place.git.in(place.folder, 'commit', '--quiet', '-am', 'Newer library');
      await place.git.in(place.folder, 'push', '--quiet', 'origin', 'topic');
    },
    losses: ['submodule'],
  },
  {
    name: 'a branch without a commit',
    bring: async ({ git, folder }) => {
      await git.in(folder, 'checkout', '--quiet', '--orphan', 'fresh');
      await git.in(folder, 'rm', '--quiet', '-r', '--cached', '.');
    },
    losses: ['untracked'],
  },
  {
    name: 'its folder is gone, with a commit',
    bring: async ({ git, folder }) => {
      await git.commit('file', '', 'work', folder);
      await rm(folder, { recursive: true });
    },
    losses: ['unpushed'],
  },
];

describe('losses', () => {
  let git: GitRepository;
  let worktrees: GitWorktrees;
  beforeEach(async () => {
    git = await GitRepository.create();
    worktrees = new GitWorktrees(git.env);
  });
  afterEach(() => git.dispose());

  const find = async (repository: Repository): Promise<Worktree> => {
    const worktree = (await worktrees.list(repository))[1];
    if (!worktree) throw new Error('no worktree');
    return worktree;
  };
  const exists = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );

  it.each(states.map((state) => [state.name, state] as const))('%s', async (_name, state) => {
    if (state.origin) await git.addOrigin();
    const folder = join(git.folder, 'topic');
    await git.git('worktree', 'add', '--quiet', '-b', 'topic', folder);
    await state.bring({ git, folder, gitDir: join(git.root, '.git/worktrees/topic') });
    const repository = await worktrees.repository(git.root);
    const worktree = await find(repository);
    const losses = await worktrees.losses(repository, worktree);
    expect(losses.map(({ kind }) => kind).sort()).toEqual([...state.losses].sort());
    for (const { count, examples } of losses) {
      expect(count).toBeGreaterThan(0);
      expect(examples.length).toBeGreaterThan(0);
    }

    const isThere = await exists(folder);
    for (const kind of state.losses) {
      const others = state.losses.filter((other) => other !== kind);
      await expect(worktrees.remove(repository, worktree, others)).rejects.toMatchObject({
        code: 'conflict',
        losses: [{ kind }],
      });
      expect(await exists(folder)).toBe(isThere);
    }
    await worktrees.remove(repository, worktree, state.losses);
    expect(await exists(folder)).toBe(false);
    expect(await worktrees.list(repository)).toHaveLength(1);
    expect(await git.git('status', '--porcelain')).toBe('');
  });

  it('follows no link out of the folder', async () => {
    const outside = join(git.folder, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'precious'), 'x');
    const folder = join(git.folder, 'topic');
    await git.git('worktree', 'add', '--quiet', '-b', 'topic', folder);
    await symlink(outside, join(folder, 'link'), 'junction');
    const repository = await worktrees.repository(git.root);
    await worktrees.remove(repository, await find(repository), ['untracked']);
    expect(await readFile(join(outside, 'precious'), 'utf8')).toBe('x');
  });

  it("leaves alone what was put in the worktree's place", async () => {
    const folder = join(git.folder, 'topic');
    await git.git('worktree', 'add', '--quiet', '-b', 'topic', folder);
    const repository = await worktrees.repository(git.root);
    const worktree = await find(repository);
    await rm(folder, { recursive: true });
    await git.in(git.folder, 'clone', '--quiet', git.root, folder);
    await git.commit('file', '', 'in the clone', folder);
    await expect(
      worktrees.remove(repository, worktree, ['untracked', 'uncommitted', 'ignored', 'unpushed']),
    ).rejects.toMatchObject({ code: 'failed' });
    expect(await exists(join(folder, 'file'))).toBe(true);
  });

  it('writes nothing into the repository to find out', async () => {
    const folder = join(git.folder, 'topic');
    await git.git('worktree', 'add', '--quiet', '-b', 'topic', folder);
    await git.commit('file', 'x', 'work', folder);
    await git.commit('other', 'x', 'elsewhere');
    const before = await git.git('count-objects', '-v');
    const repository = await worktrees.repository(git.root);
    await worktrees.losses(repository, await find(repository));
    expect(await git.git('count-objects', '-v')).toBe(before);
  });
});
