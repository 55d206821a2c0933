import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentRequestFiles } from '../../../src/adapters/git/agentRequests';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Worktree } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';

describe('a request for an agent', () => {
  const requests = new AgentRequestFiles();
  const now = Date.parse('2026-11-28T12:00:00Z');
  const minute = 60_000;
  let git: GitRepository;
  let worktree: Worktree;
  beforeEach(async () => {
    git = await GitRepository.create();
    const worktrees = new GitWorktrees(git.env);
    const [main] = await worktrees.list(await worktrees.repository(git.root));
    if (!main) throw new Error('no main worktree');
    worktree = main;
  });
  afterEach(() => git.dispose());
  const isThere = (): Promise<boolean> =>
    stat(join(worktree.gitDir, 'coppice-agent')).then(
      () => true,
      () => false,
    );

  it('is taken by one, once', async () => {
    expect(await requests.read(worktree, now)).toBeUndefined();
    expect(await requests.take(worktree, now)).toBeUndefined();
    await requests.request(worktree, {}, now);
    const taken = await Promise.all([1, 2, 3].map(() => requests.take(worktree, now + minute)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await requests.take(worktree, now + minute)).toBeUndefined();
  });

  it.each([
    [0, true],
    [60 * minute, true],
    [61 * minute, false],
    [24 * 60 * minute, false],
    [-5 * minute, true],
    [-61 * minute, false],
  ])('%d ms later: %s, and it is over', async (later, isValid) => {
    await requests.request(worktree, {}, now);
    expect(await requests.read(worktree, now + later)).toEqual(isValid ? {} : undefined);
    // What somebody typed does not stay for ever.
    expect(await isThere()).toBe(isValid);
    expect(await requests.take(worktree, now + later)).toEqual(isValid ? {} : undefined);
    expect(await isThere()).toBe(false);
  });

  it.each(['', 'x', '{}', '{"at":7}', '{"at":"yesterday"}', 'null'])(
    'without a date is of nobody: %j',
    async (text) => {
      await writeFile(join(worktree.gitDir, 'coppice-agent'), text);
      expect(await requests.read(worktree, now)).toBeUndefined();
      expect(await isThere()).toBe(false);
      await writeFile(join(worktree.gitDir, 'coppice-agent'), text);
      expect(await requests.take(worktree, now)).toBeUndefined();
      expect(await isThere()).toBe(false);
    },
  );

  it('says what the agent is to do, and is read by this user alone', async () => {
    const task = { prompt: '-x "two"\nlines $(id)', resumes: true, isSandboxed: true };
    await requests.request(worktree, task, now);
    if (process.platform !== 'win32')
      expect((await stat(join(worktree.gitDir, 'coppice-agent'))).mode & 0o777).toBe(0o600);
    expect(await requests.take(worktree, now)).toEqual(task);
  });

  it('is asked anew with a new date', async () => {
    await requests.request(worktree, { prompt: 'old' }, now - 600 * minute);
    await requests.request(worktree, {}, now);
    expect(await requests.take(worktree, now)).toEqual({});
  });
});
