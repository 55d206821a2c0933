import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitBranchPushes } from '../../../src/adapters/git/gitBranchPushes';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';

describe('a branch that is pushed', () => {
  let git: GitRepository;
  let origin: string;
  let pushes: GitBranchPushes;
  let repository: Repository;
  beforeEach(async () => {
    git = await GitRepository.create();
    origin = await git.addOrigin();
    await git.git('switch', '--quiet', '-c', 'topic');
    pushes = new GitBranchPushes(git.env);
    repository = await new GitWorktrees(git.env).repository(git.root);
  });
  afterEach(() => git.dispose());

  const push = (commit: string): Promise<void> =>
    pushes.push(repository, { folder: git.root, remote: 'origin', branch: 'topic', commit });
  const there = (): Promise<string> => git.in(origin, 'rev-parse', '--verify', '--quiet', 'refs/heads/topic');

  it('goes to the remote that git would push it to', async () => {
    const remote = (): Promise<string> => pushes.remoteOf(repository, 'topic');
    expect(await remote()).toBe('origin');
    await git.git('remote', 'add', 'fork', origin);
    await git.git('config', 'branch.topic.remote', '.');
    expect(await remote()).toBe('origin');
    await git.git('config', 'remote.pushDefault', 'fork');
    expect(await remote()).toBe('fork');
    await git.git('config', 'branch.topic.pushRemote', 'origin');
    expect(await remote()).toBe('origin');
    await git.git('remote', 'rename', 'origin', 'other');
    await git.git('config', '--unset', 'remote.pushDefault');
    await git.git('config', '--remove-section', 'branch.topic');
    await expect(remote()).rejects.toMatchObject({ code: 'notConfigured' });
    await git.git('remote', 'remove', 'other');
    expect(await remote()).toBe('fork');
    await git.git('remote', 'remove', 'fork');
    await expect(remote()).rejects.toMatchObject({ code: 'notConfigured' });
  });

  it('is of the account of a fork, where there is another remote than that', async () => {
    const owner = (remote: string): Promise<string | undefined> => pushes.ownerOf(repository, remote);
    expect(await owner('origin')).toBeUndefined();
    await git.git('remote', 'set-url', 'origin', 'https://example.com/them/thing.git');
    expect(await owner('origin')).toBeUndefined();
    await git.git('remote', 'add', 'fork', 'me-at-work:me/thing');
    expect(await owner('fork')).toBe('me');
    expect(await owner('origin')).toBe('them');
    await git.git('remote', 'remove', 'origin');
    expect(await owner('fork')).toBeUndefined();
    await git.git('config', 'remote.fork.gh-resolved', 'them/thing');
    expect(await owner('fork')).toBe('me');
  });

  it('is just the commit that was looked at, and is pushed once', async () => {
    const seen = await git.commit('one.txt', 'x\n', 'one');
    await git.commit('two.txt', 'x\n', 'two');
    await push(seen);
    expect(await there()).toBe(seen);
    await push(seen);
    expect(await there()).toBe(seen);
  });

  it('takes no tag along, whatever push.followTags says', async () => {
    const seen = await git.commit('one.txt', 'x\n', 'one');
    await git.git('tag', '--annotate', '--message=mine', 'mine');
    await git.git('config', 'push.followTags', 'true');
    await push(seen);
    expect(await git.in(origin, 'for-each-ref', '--format=%(refname:short)')).toBe('main\ntopic');
  });

  it('never takes commits of the remote away', async () => {
    const theirs = await git.commit('one.txt', 'x\n', 'theirs');
    await push(theirs);
    await git.git('reset', '--quiet', '--hard', 'HEAD~');
    const ours = await git.commit('two.txt', 'x\n', 'ours');
    await git.git('config', 'push.default', 'current');
    await expect(push(ours)).rejects.toMatchObject({ code: 'conflict' });
    expect(await there()).toBe(theirs);
  });

  it.skipIf(process.platform === 'win32')('is refused by hooks of either side, with their words', async () => {
    const hook = async (folder: string, name: string): Promise<void> => {
      await writeFile(join(folder, name), '#!/bin/sh\ncat > /dev/null\necho "not on my watch" >&2\nexit 1\n');
      await chmod(join(folder, name), 0o755);
    };
    const commit = await git.commit('one.txt', 'x\n', 'one');
    await hook(join(origin, 'hooks'), 'pre-receive');
    await expect(push(commit)).rejects.toMatchObject({
      ...{ code: 'denied', message: 'topic was not pushed: origin refuses it (pre-receive hook declined).' },
      explanation: expect.stringContaining('not on my watch') as string,
    });
    await hook(join(git.root, '.git', 'hooks'), 'pre-push');
    await expect(push(commit)).rejects.toMatchObject({ code: 'failed' });
    await expect(there()).rejects.toThrow();
  });
});
