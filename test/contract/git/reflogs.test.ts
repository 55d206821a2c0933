import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Git } from '../../../src/adapters/git/program/git';
import { Reflogs } from '../../../src/adapters/git/history/reflogs';
import { GitRepository } from '../../support/gitRepository';

let gitDir: string;
beforeEach(async () => {
  gitDir = await mkdtemp(join(tmpdir(), 'coppice-reflogs-'));
  await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/now\n');
});
afterEach(() => rm(gitDir, { recursive: true }));

const id = (number: number): string => number.toString(16).padStart(40, '0');

it('asks git for each log once, however often its branch was rebased', async () => {
  const asked: string[] = [];
  const lines = Array.from({ length: 50 }, (_, index) => index + 1).flatMap((number) => [
    `${id(2000 + number)}\trebase (finish): returning to refs/heads/topic`,
    `${id(1000)}\trebase (start): checkout main`,
    `${id(number)}\tcommit: work ${number}`,
  ]);
  const logs: Readonly<Record<string, string>> = {
    HEAD: lines.join('\n'),
    'refs/heads/topic': lines.filter((line) => !line.includes('start')).join('\n'),
  };
  const git: Pick<Git, 'try'> = {
    try: async (_, argv) => {
      const ref = argv.at(-2) ?? '';
      asked.push(ref);
      return logs[ref]?.replaceAll('\t', `\0T <t@e>\0${ref}@{1700000000 +0000}\0`);
    },
  };
  expect(await new Reflogs(git as Git, gitDir, true).left()).toEqual([id(2001)]);
  expect(asked).toEqual([...new Set(asked)]);
});

it('tells what would be lost where branches are called below one that was rebased here and is gone', async () => {
  const git = await GitRepository.create();
  try {
    const folder = join(git.folder, 'w');
    await git.git('worktree', 'add', '--quiet', '-b', 'topic', folder);
    await git.commit('mine', 'mine\n', 'topic side', folder);
    await git.commit('theirs', 'theirs\n', 'main side');
    await git.in(folder, 'rebase', '--quiet', 'main');
    await git.git('merge', '--quiet', '--ff-only', 'topic');
    await git.in(folder, 'switch', '--quiet', '-c', 'other');
    await git.git('branch', '--quiet', '-D', 'topic');
    await git.git('branch', 'topic/next');
    const worktrees = new GitWorktrees(git.env);
    const repository = await worktrees.repository(git.root);
    const worktree = (await worktrees.list(repository)).find(({ path }) => path === folder);
    if (!worktree) throw new Error('not listed');
    expect(await worktrees.losses(repository, worktree)).toEqual([]);
  } finally {
    await git.dispose();
  }
});
