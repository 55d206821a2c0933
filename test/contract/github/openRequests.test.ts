import { delimiter } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitBranchPushes } from '../../../src/adapters/git/gitBranchPushes';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { GhPullRequests } from '../../../src/adapters/github/ghPullRequests';
import { openRequests } from '../../../src/app/promote/openRequests';
import { installFakeGh, type FakeGh } from '../../support/fakeGh';
import { GitRepository } from '../../support/gitRepository';

describe.skipIf(process.platform === 'win32')('open pull requests', () => {
  let git: GitRepository;
  let gh: FakeGh;
  beforeEach(async () => {
    git = await GitRepository.create();
    gh = await installFakeGh(git.folder);
    const requestOf = (number: number, login: string) => ({
      ...{ number, url: `https://github.com/acme/shop/pull/${number}`, isDraft: false, statusCheckRollup: [] },
      ...{ headRefName: 'topic', isCrossRepository: login !== 'acme', headRepositoryOwner: { login } },
    });
    await gh.behave({ list: [requestOf(9, 'acme'), requestOf(8, 'me')] });
  });
  afterEach(() => git.dispose());

  const number = async (): Promise<number | undefined> => {
    const repository = await new GitWorktrees(git.env).repository(git.root);
    const env = { ...git.env, PATH: [gh.bin, process.env['PATH']].join(delimiter) };
    const ports = { pushes: new GitBranchPushes(git.env), pullRequests: new GhPullRequests(env) };
    return (await openRequests(ports, repository, new AbortController().signal)).get('topic')?.number;
  };

  it('are those of the repository that branches are pushed to, whichever remote that is', async () => {
    expect(await number()).toBe(9);
    await git.git('remote', 'add', 'origin', 'https://github.com/acme/shop.git');
    expect(await number()).toBe(9);
    await git.git('remote', 'add', 'fork', 'https://github.com/me/shop.git');
    expect(await number()).toBe(9);
    await git.git('config', 'remote.pushDefault', 'fork');
    expect(await number()).toBe(8);
  });
});
