import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockedPackages } from '../../../src/adapters/git/files/lockedPackages';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { GitRepository } from '../../support/gitRepository';

let git: GitRepository;

beforeEach(async () => {
  git = await GitRepository.create();
  await git.write('info/exclude', 'node_modules\n', join(git.root, '.git'));
});
afterEach(() => git.dispose());

/** What a delete would lose of packages that have no package.json, as an install leaves them that was ended. */
async function lost(lockfile: readonly [path: string, text: string], files: readonly string[]): Promise<unknown> {
  await git.commit(lockfile[0], lockfile[1], 'Lock');
  const folder = join(git.folder, 'topic');
  await git.git('worktree', 'add', '--quiet', '-b', 'topic', folder);
  for (const path of files) await git.write(path, `${path} is of nobody else`, folder);
  const worktrees = new GitWorktrees(git.env);
  const repository = await worktrees.repository(git.root);
  const worktree = (await worktrees.list(repository)).find(({ branch }) => branch === 'topic');
  if (!worktree) throw new Error('there is no worktree of topic');
  const losses = await worktrees.losses(repository, worktree);
  return losses.map(({ kind, examples }) => [kind, examples]);
}

it.each([
  ['npm', 'package-lock.json', '{"packages": {"node_modules/left": {}, "node_modules/@a/b": {}}}'],
  ['Yarn', 'yarn.lock', '# yarn\n\nleft@^1:\n  version "1"\n\n"@a/b@^2":\n  version "2"\n'],
  ['Bun', 'bun.lock', '{\n  "packages": {\n    "left": ["left@1"],\n    "@a/b": ["@a/b@2"],\n  }\n}\n'],
])('an install of %s that was ended leaves nothing of somebody’s', async (_, path, text) => {
  const packages = ['node_modules/left/index.js', 'node_modules/@a/b/lib/index.js'];
  const own = 'node_modules/mine/draft.js';
  expect(await lost([path, text], [...packages, own])).toEqual([['ignored', [own]]]);
});

it('a package of a workspace is named by the lockfile above it, one of elsewhere is not', async () => {
  const lockfile = ['package-lock.json', '{"packages": {"apps/web/node_modules/left": {}}}'] as const;
  const [own, other] = ['apps/web/node_modules/left/a.js', 'apps/api/node_modules/left/a.js'];
  expect(await lost(lockfile, [own, other])).toEqual([['ignored', [other]]]);
});

it.each([
  ['npm', 'package-lock.json', '{"packages": {"node_modules/web": {\n  "resolved": "apps/web",\n  "link": true\n}}}'],
  ['Yarn', 'yarn.lock', '__metadata:\n  version: 8\n\n"web@workspace:apps/web":\n  version: 0.0.0-use.local\n'],
  ['Bun', 'bun.lock', '{\n  "packages": {\n    "web": ["web@workspace:apps/web"],\n  }\n}\n'],
])(
  'what %s only links to is made by no install: files in a folder of that name are somebody’s',
  async (_, path, text) => {
    const own = 'node_modules/web/draft.js';
    expect(await lost([path, text], [own])).toEqual([['ignored', [own]]]);
  },
);

it('a large lockfile is looked through once for each package, not for each of its files', async () => {
  const root = join(git.folder, 'large');
  const entries = Array.from({ length: 4000 }, (__, index) => `"node_modules/some-${index}": {"version": "1.0.0"}`);
  await git.write('package-lock.json', `{"packages": {${entries.join(',\n')}}}`, root);
  const timeOf = async (files: number): Promise<number> => {
    const isLocked = lockedPackages(root);
    await isLocked('node_modules/read-first/a.js');
    const from = performance.now();
    for (let file = 0; file < files; file++) expect(await isLocked(`node_modules/mine/${file}.js`)).toBe(false);
    return performance.now() - from;
  };
  const median = async (files: number): Promise<number> => {
    const times = [];
    for (let turn = 0; turn < 5; turn++) times.push(await timeOf(files));
    return times.sort((a, b) => a - b)[2] ?? 0;
  };
  await median(1);
  // Each by itself they take three hundred times as long.
  expect(await median(300)).toBeLessThan((await median(1)) * 100);
});
