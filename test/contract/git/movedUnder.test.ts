import { execFile } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitBranchMerges } from '../../../src/adapters/git/gitBranchMerges';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { obstaclesOf } from '../../../src/app/promote/promotionObstacles';
import type { Repository } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';

/*
 * As `git history fixup` and `git replay` of git 2.55 leave a worktree whose branch they move:
 * findings/git-history-moves-branches-of-other-worktrees.sh. Here another worktree's commit is what it is moved to.
 */
describe('a branch that was moved under its worktree', () => {
  let git: GitRepository;
  let repository: Repository;
  let attempt: string;
  beforeEach(async () => {
    git = await GitRepository.create();
    await git.commit('shared', 'one\n', 'base');
    attempt = join(git.folder, 'an attempt');
    await git.git('worktree', 'add', '--quiet', '-b', 'attempt', attempt);
    await git.commit('mine', 'mine\n', 'mine', attempt);
    await git.git('worktree', 'add', '--quiet', '--detach', join(git.folder, 'elsewhere'), 'attempt');
    repository = await new GitWorktrees(git.env).repository(git.root);
  });
  afterEach(() => git.dispose());

  const obstacles = async () => {
    const worktrees = await new GitWorktrees(git.env).list(repository);
    const look = await new GitBranchMerges(git.env).look(repository, { branch: 'attempt', base: 'main' }, worktrees);
    return obstaclesOf(look, {});
  };

  it('is told as that, with what brings the files along and keeps what else is changed there', async () => {
    const before = await git.in(attempt, 'rev-parse', 'HEAD');
    const after = await git.commit('shared', 'two\n', 'fixed', join(git.folder, 'elsewhere'));
    await git.git('update-ref', 'refs/heads/attempt', after);
    await appendFile(join(attempt, 'mine'), 'and more\n');
    const [found] = await obstacles();
    expect(found).toMatchObject({ kind: 'uncommitted', path: attempt });
    expect(found?.text).toMatch(
      new RegExp(
        `^attempt was moved to ${after.slice(0, 7)} from elsewhere, and index and files of ${attempt} are still of ${before.slice(0, 7)}: `,
      ),
    );
    const command = / by: (git .*)$/.exec(found?.text ?? '')?.[1] ?? '';
    await promisify(execFile)('sh', ['-c', command], { cwd: git.folder, env: git.env });
    expect(await readFile(join(attempt, 'shared'), 'utf8')).toBe('two\n');
    expect(await git.in(attempt, 'status', '--porcelain')).toBe(' M mine');
    expect((await obstacles())[0]?.text).toMatch(/^1 file in .* is not committed/);
  });

  it('is told of the base as well, and not where somebody has committed, staged or reset in the worktree itself', async () => {
    await git.commit('mine', 'again\n', 'again', attempt);
    await git.in(attempt, 'reset', '--quiet', '--soft', 'HEAD~1');
    expect((await obstacles())[0]?.text).toMatch(/^1 file in .* is not committed/);
    await git.in(attempt, 'reset', '--quiet', '--hard');
    const base = await git.git('commit-tree', '-p', 'main', '-m', 'moved', 'attempt^{tree}');
    // From elsewhere: where it is checked out git would write it into the log of that HEAD.
    await git.in(attempt, 'update-ref', 'refs/heads/main', base);
    const [found] = await obstacles();
    expect(found).toMatchObject({ kind: 'baseChanged', path: git.root });
    expect(found?.text).toMatch(/^main was moved to [0-9a-f]{7} from elsewhere/);
    await git.write('staged', 'staged\n');
    await git.git('add', 'staged');
    expect((await obstacles())[0]?.text).not.toMatch(/from elsewhere/);
  });
});
