import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findExecutable } from '../../../src/adapters/exec/findExecutable';
import { GhPullRequests } from '../../../src/adapters/github/ghPullRequests';
import { installFakeGh, type FakeGh } from '../../support/fakeGh';

const realGh = await findExecutable('gh', process.env);
const branches = { branch: '-7', base: 'main' };

describe.skipIf(process.platform === 'win32')('pull requests by gh', () => {
  let folder: string;
  let gh: FakeGh;
  let requests: GhPullRequests;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-gh-')));
    gh = await installFakeGh(folder);
    requests = new GhPullRequests({ ...process.env, PATH: [gh.bin, process.env['PATH']].join(delimiter) });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are found by their branches, with their checks', async () => {
    expect(await requests.find(folder, branches)).toBeUndefined();
    const run = (name: string, status: string, conclusion: string) => ({ name, status, conclusion });
    const statusCheckRollup = [
      ...[run('test', 'COMPLETED', 'SUCCESS'), run('docs', 'COMPLETED', 'SKIPPED')],
      ...[run('lint', 'COMPLETED', 'FAILURE'), run('e2e', 'IN_PROGRESS', '')],
      ...[
        { context: 'ci/old', state: 'ERROR' },
        { context: 'ci/new', state: 'PENDING' },
      ],
    ];
    const url = 'https://github.com/o/r/pull/7';
    await gh.behave({ list: [{ number: 7, url, isDraft: true, statusCheckRollup }] });
    expect(await requests.find(folder, branches)).toEqual({
      ...{ number: 7, url, isDraft: true, checks: { passed: 2, pending: 2, failed: ['lint', 'ci/old'] } },
    });
    await gh.behave({ list: [{ number: 7, url, isDraft: false, statusCheckRollup: null }] });
    expect(await requests.find(folder, branches)).toMatchObject({ checks: { passed: 0, pending: 0, failed: [] } });
  });

  it('are those of the repository that was pushed to, and not of any fork with a branch of that name', async () => {
    const requestOf = (number: number, login: string, isCrossRepository: boolean) => ({
      ...{ number, url: `https://github.com/o/r/pull/${number}`, isDraft: false, statusCheckRollup: [] },
      ...{ isCrossRepository, headRepositoryOwner: { login } },
    });
    await gh.behave({ list: [requestOf(1, 'stranger', true), requestOf(2, 'Me', true)] });
    expect(await requests.find(folder, branches)).toBeUndefined();
    expect(await requests.find(folder, { ...branches, owner: 'me' })).toMatchObject({ number: 2 });
    await gh.behave({ list: [requestOf(1, 'stranger', true), requestOf(3, 'o', false)] });
    expect(await requests.find(folder, branches)).toMatchObject({ number: 3 });
    await requests.open(folder, { ...branches, owner: 'me', title: 'x', body: '' });
    expect((await gh.calls()).at(-1)).toContain('--head=me:-7');
  });

  it('are listed all at once, each by its branch', async () => {
    const requestOf = (number: number, headRefName: string, login = 'o', isCrossRepository = false) => ({
      ...{ number, url: `https://github.com/o/r/pull/${number}`, isDraft: false, statusCheckRollup: [] },
      ...{ headRefName, isCrossRepository, headRepositoryOwner: { login } },
    });
    const list = [requestOf(9, 'a'), requestOf(8, 'b/c'), requestOf(7, 'a'), requestOf(6, 'd', 'me', true)];
    await gh.behave({ list });
    const numbers = async (owner?: string) =>
      [...(await requests.listOpen(folder, owner))].map(([branch, { number }]) => [branch, number]).sort();
    // Of two of one branch, into two others, the newest.
    expect(await numbers()).toEqual([
      ['a', 9],
      ['b/c', 8],
    ]);
    expect(await numbers('me')).toEqual([['d', 6]]);
    await gh.behave({ isLoggedOut: true });
    await expect(requests.listOpen(folder, undefined)).rejects.toMatchObject({ code: 'denied' });
  });

  it('are read where colours are forced', async () => {
    const forced = new GhPullRequests({ ...process.env, PATH: gh.bin, CLICOLOR_FORCE: '1', GH_FORCE_TTY: '1' });
    await gh.behave({ list: [{ number: 7, url: 'https://github.com/o/r/pull/7' }] });
    expect(await forced.find(folder, branches)).toMatchObject({ number: 7 });
  });

  it('are opened with texts that are arguments, whatever is in them', async () => {
    const text = { title: '--web "$(id)" `x`', body: "- one\n- it's" };
    expect(await requests.open(folder, { ...branches, ...text })).toBe('https://github.com/o/r/pull/7');
    expect(await gh.calls()).toEqual([
      ['pr', 'create', '--head=-7', '--base=main', `--title=${text.title}`, `--body=${text.body}`],
    ]);
  });

  it('say who has to log in, what is missing and how it is got, and what gh said', async () => {
    await gh.behave({ isLoggedOut: true });
    await expect(requests.find(folder, branches)).rejects.toMatchObject({
      ...{ code: 'denied', remedy: { action: { kind: 'typeCommand', command: 'gh auth login' } } },
    });
    await gh.behave({ fails: 'pull request create failed: GraphQL: No commits between main and x' });
    await expect(requests.open(folder, { ...branches, title: 'x', body: '' })).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('No commits between') as string,
    });
    await gh.behave({ list: 'nonsense' });
    expect(await requests.find(folder, branches)).toBeUndefined();
    const none = new GhPullRequests({ PATH: folder });
    await expect(none.find(folder, branches)).rejects.toMatchObject({
      code: 'missingTool',
      message: expect.stringContaining('https://cli.github.com') as string,
    });
  });
});

/** What the stand-in knows is what the real one says of itself: no account is needed for that. */
describe.skipIf(realGh === undefined)('gh itself', () => {
  const said = async (...argv: string[]): Promise<string> => {
    const { stdout, stderr } = await promisify(execFile)(realGh ?? '', argv, {
      env: { ...process.env, GH_TOKEN: 'none', GH_PROMPT_DISABLED: '1', GH_NO_UPDATE_NOTIFIER: '1' },
    }).catch((error: unknown) => error as { stdout: string; stderr: string });
    return stdout + stderr;
  };

  it('has these flags and fields', async () => {
    const [list, create, fields] = await Promise.all([
      said('pr', 'list', '--help'),
      said('pr', 'create', '--help'),
      said('pr', 'list', '--json'),
    ]);
    for (const flag of ['head', 'base', 'state', 'limit', 'json']) expect(list).toContain(`--${flag} `);
    for (const flag of ['head', 'base', 'title', 'body']) expect(create).toContain(`--${flag} `);
    for (const field of ['number', 'url', 'isDraft', 'statusCheckRollup'])
      expect(fields).toMatch(new RegExp(`^ *${field}$`, 'm'));
  });
});
