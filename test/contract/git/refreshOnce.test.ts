import { existsSync } from 'node:fs';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Worktree } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';
import { until } from '../../support/until';

let git: GitRepository;
let begun: string;
let go: string;
let worktree: Worktree;
const patienceMs = 15_000;

/** A worktree with a file that git reads through a program, which takes as long as the test wants it to. */
beforeEach(async () => {
  git = await GitRepository.create();
  [begun, go] = [join(git.folder, 'begun'), join(git.folder, 'go')];
  await writeFile(go, '');
  const filter = `echo x >>'${begun}'; while [ ! -e '${go}' ]; do sleep 0.05; done; cat`;
  await git.git('config', 'filter.slow.clean', filter);
  await git.commit('.gitattributes', '*.slow filter=slow\n', 'slowly read');
  await git.commit('one.slow', 'one\n', 'one');
  const worktrees = new GitWorktrees(git.env);
  const folder = join(git.folder, 'topic');
  const repository = await worktrees.repository(git.root);
  worktree = await worktrees.add(repository, { kind: 'new', branch: 'topic', base: 'main', folder });
  // So that it is read again in any case.
  await utimes(join(folder, 'one.slow'), 1_600_000_000, 1_600_000_000);
  await writeFile(begun, '');
});
afterEach(() => git.dispose());

const reads = async (): Promise<number> => (await readFile(begun, 'utf8')).split('\n').length - 1;
const leftovers = async (): Promise<string[]> =>
  (await readdir(worktree.gitDir)).filter((name) => name.startsWith('index.'));

/** The copy that is refreshed lies in a folder of its own. */
const isReading = async (): Promise<boolean> =>
  (await readdir(tmpdir())).some((name) => name.startsWith(`coppice-index-${process.pid}-`));

it('the first status after a while reads no file again', async () => {
  await until(async () => (await reads()) > 0, patienceMs);
  const isFresh = async (): Promise<boolean> => {
    const before = await reads();
    await git.in(worktree.path, '--no-optional-locks', 'status', '--porcelain');
    return (await reads()) === before;
  };
  await until(isFresh, patienceMs);
  expect(await leftovers()).toEqual([]);
});

it('who begins to work in a new worktree is not refused while its files are read, and loses nothing then', async () => {
  await rm(go);
  await until(async () => (await reads()) > 0, patienceMs);
  expect(existsSync(join(worktree.gitDir, 'index.lock'))).toBe(false);
  await writeFile(join(worktree.path, 'staged'), 'two\n');
  await git.in(worktree.path, 'add', 'staged');
  await writeFile(go, '');
  await until(async () => !(await isReading()), patienceMs);
  expect(await leftovers()).toEqual([]);
  expect(await git.in(worktree.path, 'status', '--porcelain')).toBe('A  staged');
});
