import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentRequestFiles } from '../../../src/adapters/git/agents/agentRequests';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Worktree } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';

describe('a request for an agent', () => {
  let requests: AgentRequestFiles;
  const now = Date.parse('2026-11-28T12:00:00Z');
  const minute = 60_000;
  let git: GitRepository;
  let worktree: Worktree;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-requests-'));
    requests = new AgentRequestFiles(join(folder, 'agents'));
    git = await GitRepository.create();
    const worktrees = new GitWorktrees(git.env);
    const [main] = await worktrees.list(await worktrees.repository(git.root));
    if (!main) throw new Error('no main worktree');
    worktree = main;
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
    await git.dispose();
  });
  const files = (): Promise<string[]> => readdir(join(folder, 'agents')).catch(() => []);
  const isThere = async (): Promise<boolean> => (await files()).length > 0;
  const file = async (): Promise<string> => join(folder, 'agents', (await files())[0] ?? '');

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
      await requests.request(worktree, {}, now);
      const path = await file();
      await writeFile(path, text);
      expect(await requests.read(worktree, now)).toBeUndefined();
      expect(await isThere()).toBe(false);
      await writeFile(path, text);
      expect(await requests.take(worktree, now)).toBeUndefined();
      expect(await isThere()).toBe(false);
    },
  );

  it('says what the agent is to do, and is read by this user alone', async () => {
    const task = { prompt: '-x "two"\nlines $(id)', resumes: true, isSandboxed: true };
    await requests.request(worktree, task, now);
    if (process.platform !== 'win32') expect((await stat(await file())).mode & 0o777).toBe(0o600);
    expect(await requests.take(worktree, now)).toEqual(task);
  });

  it('is nothing that lies in the git directory, where an agent in its sandbox writes', async () => {
    const asked = { at: new Date(now).toISOString(), of: 'main', prompt: 'leave the sandbox' };
    for (const name of ['coppice-agent', 'coppice-agent.json'])
      await writeFile(join(worktree.gitDir, name), JSON.stringify(asked));
    expect(await requests.read(worktree, now)).toBeUndefined();
    expect(await requests.take(worktree, now)).toBeUndefined();
  });

  it('is of this worktree, and not of the next one of its name', async () => {
    const worktrees = new GitWorktrees(git.env);
    const repository = await worktrees.repository(git.root);
    const make = async (): Promise<Worktree> => {
      await git.git('worktree', 'add', '--quiet', '--detach', '../next');
      const made = (await worktrees.list(repository)).find(({ isMain }) => !isMain);
      if (!made) throw new Error('no worktree');
      return made;
    };
    const first = await make();
    await requests.request(first, { prompt: 'first' }, now);
    expect(await requests.read(first, now)).toEqual({ prompt: 'first' });
    await git.git('worktree', 'remove', '../next');
    // Its time tells it from the one of before, which a test may be too quick for.
    const second = await make();
    await utimes(join(second.gitDir, 'commondir'), 1, 1);
    expect(second.gitDir).toBe(first.gitDir);
    expect(await requests.read(second, now)).toBeUndefined();
    expect(await isThere()).toBe(false);
  });

  it('for a worktree that is gone goes with the next one', async () => {
    const today = Date.now();
    const other = { ...worktree, gitDir: join(worktree.gitDir, 'other') };
    await requests.request(worktree, { prompt: 'old' }, today);
    const old = await file();
    await requests.request(other, {}, today);
    expect(await files()).toHaveLength(2);
    await utimes(old, new Date(today - 61 * minute), new Date(today - 61 * minute));
    await requests.request(other, {}, today);
    expect(await files()).toHaveLength(1);
    expect(await requests.read(worktree, today)).toBeUndefined();
  });

  it('is asked anew with a new date', async () => {
    await requests.request(worktree, { prompt: 'old' }, now - 600 * minute);
    await requests.request(worktree, {}, now);
    expect(await requests.take(worktree, now)).toEqual({});
  });
});
