import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository, Worktree } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';

/* As git 2.48 and newer write it with worktree.useRelativePaths (seen with 2.55.0); older ones read it as well. */
describe('a worktree whose .git says by a relative path where its repository is', () => {
  let git: GitRepository;
  let worktrees: GitWorktrees;
  let repository: Repository;
  let topic: Worktree;
  beforeEach(async () => {
    git = await GitRepository.create();
    worktrees = new GitWorktrees(git.env);
    repository = await worktrees.repository(git.root);
    const folder = join(git.folder, 'topic');
    topic = await worktrees.add(repository, { kind: 'new', branch: 'topic', base: 'main', folder });
    await writeFile(join(folder, '.git'), 'gitdir: ../repo/.git/worktrees/topic\n');
    await writeFile(join(folder, 'work'), 'hours of work\n');
  });
  afterEach(() => git.dispose());

  it('is known in the trash, where a removal that was cut off has left it, and comes back from there', async () => {
    const aside = await worktrees.setAside(repository, topic, ['untracked']);
    const listed = await worktrees.list(repository);
    expect(listed.find(({ branch }) => branch === 'topic')).toMatchObject({ setAside: aside.folder });
    expect(await worktrees.leftAside(repository, listed)).toEqual([]);
    const found = listed.find(({ branch }) => branch === 'topic');
    if (!found) throw new Error('no worktree');
    await worktrees.restore(repository, found);
    expect(await readFile(join(topic.path, 'work'), 'utf8')).toBe('hours of work\n');
    expect(await git.in(topic.path, 'status', '--porcelain')).toBe('?? work');
  });
});
