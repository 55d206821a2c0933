import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Git } from '../../../src/adapters/git/program/git';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { keepObjects } from '../../../src/adapters/git/history/keptObjects';
import { GitRepository } from '../../support/gitRepository';

describe('what only a worktree had', { timeout: 60_000 }, () => {
  afterEach(() => vi.restoreAllMocks());

  it('is kept however many commits nothing else reaches, by command lines that Windows allows', async () => {
    const git = await GitRepository.create();
    try {
      const worktrees = new GitWorktrees(git.env);
      const repository = await worktrees.repository(git.root);
      await git.git('worktree', 'add', '--quiet', '--detach', join(git.folder, 'topic'));
      const [, worktree] = await worktrees.list(repository);
      if (!worktree) throw new Error('not listed');
      const left = await manyCommits(git, 900);
      const lines = left.map((id) => `${id} ${id} Test <test@example.com> 1700000000 +0000\tcheckout\n`);
      await appendFile(join(worktree.gitDir, 'logs', 'HEAD'), lines.join(''));
      const run = vi.spyOn(Git.prototype, 'run');
      const kept = { ref: 'refs/coppice/trash/x', reflog: join(git.folder, 'none'), goes: undefined };
      expect(await keepObjects(new Git(git.env), repository, worktree, kept)).toBe(true);
      const lengths = run.mock.calls.map(([, argv]) => argv.join(' ').length);
      expect(Math.max(...lengths)).toBeLessThan(32_000);
      const reached = new Set((await git.git('rev-list', kept.ref)).split('\n'));
      expect(left.filter((id) => !reached.has(id))).toEqual([]);
    } finally {
      await git.dispose();
    }
  });
});

/** Each without a parent. */
async function manyCommits(git: GitRepository, count: number): Promise<string[]> {
  const tree = await git.git('rev-parse', 'main^{tree}');
  const folder = join(git.folder, 'commits');
  await mkdir(folder);
  const who = 'Test <test@example.com> 1700000000 +0000';
  const paths: string[] = [];
  for (let number = 0; number < count; number++) {
    const path = join(folder, String(number));
    await writeFile(path, `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nleft ${number}\n`);
    paths.push(path);
  }
  const input = `${paths.join('\n')}\n`;
  const argv = ['hash-object', '-t', 'commit', '-w', '--stdin-paths'];
  return (await new Git(git.env).run(git.root, argv, { trust: 'write', input })).trim().split('\n');
}
