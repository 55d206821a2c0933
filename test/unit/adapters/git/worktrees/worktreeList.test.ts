import { rmSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Git } from '../../../../../src/adapters/git/program/git';
import { WorktreeList } from '../../../../../src/adapters/git/worktrees/worktreeList';
import { checkoutMark, type CheckoutMark } from '../../../../../src/core/worktrees/checkoutMark';
import type { Repository } from '../../../../../src/core/model';

/** No process has such a number, on any system. */
const gone = { pid: 2 ** 31 - 1, start: process.platform === 'linux' ? 'another-boot:1' : null, since: 1 };
const alive = { pid: process.pid, start: null, since: Date.now() };
const mark = (by: Pick<CheckoutMark, 'pid' | 'start' | 'since'>): string => checkoutMark({ id: '0123456789ab', ...by });

describe('a worktree that was being made when git listed it', () => {
  let folder: string;
  let gitDir: string;
  /** Happens once git has listed it and its registration was read, right before its maker is found to have ended. */
  let meanwhile: () => void;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-list-')));
    gitDir = join(folder, 'repo', '.git', 'worktrees', 'topic');
    await mkdir(gitDir, { recursive: true });
    await mkdir(join(folder, 'topic'));
    await writeFile(join(gitDir, 'gitdir'), `${join(folder, 'topic', '.git')}\n`);
    await writeFile(join(gitDir, 'locked'), mark(gone));
    meanwhile = () => undefined;
    const kill = process.kill.bind(process);
    vi.spyOn(process, 'kill').mockImplementation((pid, signal) => {
      if (pid === gone.pid) meanwhile();
      return kill(pid, signal);
    });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(folder, { recursive: true });
  });

  const listed = async () => {
    const root = join(folder, 'repo');
    const head = '1'.repeat(40);
    const entries = [
      [`worktree ${root}`, `HEAD ${head}`, 'branch refs/heads/main', '', ''],
      [`worktree ${join(folder, 'topic')}`, `HEAD ${head}`, 'branch refs/heads/topic', `locked ${mark(gone)}`, '', ''],
    ];
    const git: Pick<Git, 'run'> = {
      run: async () => entries.map((entry) => entry.join('\0')).join(''),
    };
    const repository = { root, commonDir: join(root, '.git') } as Repository;
    const [, topic] = await new WorktreeList(git as Git).list(repository);
    return topic;
  };

  it('is cut off where its maker has ended and its mark is still there', async () => {
    expect(await listed()).toMatchObject({ beingMade: '0123456789ab', isMakerGone: true });
  });

  it('is complete where its maker has taken the mark away, and ended, since', async () => {
    meanwhile = () => rmSync(join(gitDir, 'locked'));
    const topic = await listed();
    expect(topic).toMatchObject({ branch: 'topic', locked: undefined, prunable: undefined });
    expect(topic).not.toHaveProperty('beingMade');
    expect(topic).not.toHaveProperty('isMakerGone');
  });

  it('is being made where another has gone on with it since, and locked where somebody has locked it', async () => {
    meanwhile = () => writeFileSync(join(gitDir, 'locked'), mark(alive));
    const made = await listed();
    expect(made).toMatchObject({ beingMade: '0123456789ab' });
    expect(made).not.toHaveProperty('isMakerGone');
    meanwhile = () => writeFileSync(join(gitDir, 'locked'), 'on a stick\n');
    expect(await listed()).toMatchObject({ locked: 'on a stick' });
  });

  it('is none any more where its maker has taken it back', async () => {
    meanwhile = () => rmSync(gitDir, { recursive: true });
    expect(await listed()).toBeUndefined();
  });
});
