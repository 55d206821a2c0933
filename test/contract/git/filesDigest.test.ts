import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';

let git: GitRepository;
let worktrees: GitWorktrees;
let repository: Repository;
beforeEach(async () => {
  git = await GitRepository.create();
  worktrees = new GitWorktrees(git.env);
  repository = await worktrees.repository(git.root);
  await mkdir(join(git.root, 'deploy', 'chart', 'templates'), { recursive: true });
  await git.commit('deploy/chart/Chart.yaml', 'name: x\n', 'chart');
  await git.commit('deploy/chart/templates/web é.yaml', 'command: [a]\n', 'template');
  await git.commit('deploy/chart2', 'beside it\n', 'other');
});
afterEach(() => git.dispose());

const chart = 'deploy/chart';
const head = (): Promise<string> => git.git('rev-parse', 'HEAD');
const inCommit = async (path = chart) => worktrees.filesDigest(repository, { commit: await head() }, path);
const inFolder = (path = chart) => worktrees.filesDigest(repository, { folder: git.root }, path);

it('is the same of a commit and of the folder that has it checked out, whatever lies beside it', async () => {
  const digest = await inCommit();
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(await inFolder()).toBe(digest);
  expect(await inCommit('.')).toBe(await inFolder('.'));
  await git.commit('readme', 'other', 'beside');
  expect(await inCommit()).toBe(digest);
});

it('is another one with another content, before it is committed, and with what git ignores', async () => {
  const before = await inCommit();
  await git.write('deploy/chart/templates/web é.yaml', 'command: [b]\n');
  const edited = await inFolder();
  expect(edited).not.toBe(before);
  await git.git('commit', '--quiet', '--all', '-m', 'b');
  expect(await inCommit()).toBe(edited);
  await git.write('.gitignore', '*.tgz\n');
  await git.write('deploy/chart/sub.tgz', 'packed');
  expect(await inFolder()).not.toBe(edited);
});

it('is none where no folder is', async () => {
  for (const path of ['nothing', 'deploy/chart2', 'deploy/chart/Chart.yaml']) {
    expect(await inCommit(path)).toBeUndefined();
    expect(await inFolder(path)).toBeUndefined();
  }
});

it.skipIf(process.platform === 'win32')(
  'is of what a link leads to, and is refused where a commit has one',
  async () => {
    const outside = join(git.folder, 'outside.yaml');
    await writeFile(outside, 'one');
    await symlink(outside, join(git.root, chart, 'templates', 'link.yaml'));
    const one = await inFolder();
    await writeFile(outside, 'two');
    expect(await inFolder()).not.toBe(one);
    await git.git('add', '--all');
    await git.git('commit', '--quiet', '-m', 'link');
    await expect(inCommit()).rejects.toMatchObject({
      code: 'invalidInput',
      message: expect.stringContaining('deploy/chart/templates/link.yaml is a link'),
    });
    await rm(join(git.root, chart), { recursive: true });
    await symlink(git.folder, join(git.root, chart));
    await git.git('add', '--all');
    await git.git('commit', '--quiet', '-m', 'the chart is a link');
    await expect(inCommit()).rejects.toMatchObject({ code: 'invalidInput' });
    expect(await inCommit(`${chart}/repo`)).toBeUndefined();
  },
);

it.skipIf(process.platform === 'win32')('refuses a folder without an end', async () => {
  await symlink('..', join(git.root, chart, 'templates', 'up'));
  await expect(inFolder()).rejects.toMatchObject({ code: 'invalidInput' });
});
