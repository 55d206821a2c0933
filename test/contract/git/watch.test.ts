import { spawn } from 'node:child_process';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RepositoryWatch } from '../../../src/adapters/git/watchRepository';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { GitRepository } from '../../support/gitRepository';
import { until } from '../../support/until';

let git: GitRepository;
let watch: RepositoryWatch;
let heard = 0;
beforeEach(async () => {
  git = await GitRepository.create();
  heard = 0;
  await open();
});
afterEach(async () => {
  watch.dispose();
  await git.dispose();
});

async function open(): Promise<void> {
  watch = new RepositoryWatch(join(git.root, '.git'));
  watch.onDidChange(() => heard++);
  await watch.ready();
}

/** Until nothing more comes of what happened before. */
async function quiet(): Promise<void> {
  let last = -1;
  while (last !== heard) {
    last = heard;
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}

async function hears(...argv: string[]): Promise<void> {
  await hearsIn(git.root, ...argv);
}

async function hearsIn(folder: string, ...argv: string[]): Promise<void> {
  await quiet();
  const before = heard;
  await git.in(folder, ...argv);
  await until(() => heard > before, 5000).catch(() => {
    throw new Error(`git ${argv.join(' ')} was not heard`);
  });
}

describe('watch', () => {
  it('hears of worktrees, branches, commits, staging and locks, whoever makes them', async () => {
    const topic = join(git.folder, 'topic');
    await hears('worktree', 'add', '--quiet', '-b', 'topic', topic);
    await hears('branch', 'earl/FIB-1/deep');
    await hearsIn(topic, 'commit', '--quiet', '--allow-empty', '-m', 'on topic');
    await hears('branch', '-f', 'earl/FIB-1/deep', 'topic');
    await git.write('new', '', topic);
    await hearsIn(topic, 'add', 'new');
    await hears('worktree', 'lock', topic);
    await hears('worktree', 'unlock', topic);
    await hearsIn(topic, 'checkout', '--quiet', '--detach');
    await hears('pack-refs', '--all');
    await hears('branch', '-D', 'earl/FIB-1/deep');
  });

  it('goes on when the folders that it watches go and come back', async () => {
    const folder = join(git.folder, 'topic');
    for (let round = 0; round < 3; round++) {
      await hears('worktree', 'add', '--quiet', '--detach', folder);
      await hearsIn(folder, 'checkout', '--quiet', '-B', 'team/topic');
      await hearsIn(folder, 'checkout', '--quiet', '--detach');
      await hears('branch', '-D', 'team/topic');
      await hears('worktree', 'remove', folder);
    }
  });

  it('finds the repository again when its git directory was deleted and put back', async () => {
    const gitDir = join(git.root, '.git');
    await cp(gitDir, `${gitDir}-copy`, { recursive: true });
    await rm(gitDir, { recursive: true });
    await until(() => heard > 0);
    await rename(`${gitDir}-copy`, gitDir);
    await until(async () => {
      await git.git('branch', '-f', 'topic', 'main');
      await git.git('branch', '-D', 'topic');
      const before = heard;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return heard > before;
    }, 15_000);
  });

  it('is not woken by our own reads, nor by edits of files', async () => {
    const worktrees = new GitWorktrees(git.env);
    await git.git('worktree', 'add', '--quiet', '-b', 'topic', join(git.folder, 'topic'));
    await quiet();
    const before = heard;
    const repository = await worktrees.repository(git.root);
    const all = await worktrees.list(repository);
    await git.write('readme', 'edited');
    await worktrees.statuses(all, () => undefined);
    for (const worktree of all) await worktrees.losses(repository, worktree);
    await quiet();
    expect(heard).toBe(before);
  });

  it('tells a burst of changes a few times, and while it lasts', async () => {
    const before = heard;
    const script = `for (let i = 0; i < 60; i++) require('node:child_process').execFileSync('git', ['branch', 'b' + i])`;
    const child = spawn(process.execPath, ['-e', script], { cwd: git.root, env: git.env });
    let during = 0;
    child.once('exit', () => (during = heard - before));
    const start = performance.now();
    await new Promise((resolve) => child.once('close', resolve));
    const elapsed = performance.now() - start;
    await quiet();
    expect(heard - before).toBeGreaterThan(0);
    expect(heard - before).toBeLessThanOrEqual(elapsed / 150 + 3);
    if (elapsed > 400) expect(during).toBeGreaterThan(0);
  });

  it('is silent once disposed', async () => {
    watch.dispose();
    await git.git('branch', 'topic');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(heard).toBe(0);
  });
});
