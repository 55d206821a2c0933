import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitPlainWorktrees } from '../../../src/adapters/git/gitPlainWorktrees';
import { GitSpares } from '../../../src/adapters/git/gitSpares';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository } from '../../../src/core/model';
import type { SpareRecord } from '../../../src/core/ports/spares';
import { gitBefore } from '../../support/gitBefore';
import { GitRepository } from '../../support/gitRepository';

/*
 * Of git's own file system monitor on Linux (2.55.0): findings/git-monitor-of-a-moved-worktree-misses-changes.sh. A script before git says
 * of which worktree one is ended, and where its folder is by then.
 */
const id = '0123456789ab';

describe.skipIf(process.platform === 'win32')('the monitor of a worktree', () => {
  let git: GitRepository;
  let env: NodeJS.ProcessEnv;
  let worktrees: GitWorktrees;
  let spares: GitSpares;
  let repository: Repository;
  let ended: string;
  beforeEach(async () => {
    git = await GitRepository.create();
    ended = join(git.folder, 'ended');
    const places = ['w/_spare-1', 'w/topic'].map((path) => `[ ! -e ${git.folder}/${path} ] || printf ' ${path}'`);
    env = await gitBefore(
      git,
      `*" fsmonitor--daemon stop "*) { printf '%s:' "$GIT_DIR"; ${places.join('; ')}; echo; } >>${ended}; exit 0 ;;
*" worktree remove "*) echo "$*" >>${git.folder}/removes ;;`,
    );
    worktrees = new GitWorktrees(env);
    spares = new GitSpares(env);
    repository = await worktrees.recordRepository(await worktrees.repository(git.root));
  });
  afterEach(() => git.dispose());

  const told = async (path: string): Promise<string[]> =>
    existsSync(path) ? (await readFile(path, 'utf8')).trim().split('\n') : [];
  /** As git leaves it where there is, or was, one. */
  const monitored = (gitDir: string): Promise<unknown> => mkdir(join(gitDir, 'fsmonitor--daemon'));
  const record = async (): Promise<SpareRecord> => ({
    ...{ version: 1, id, repositoryId: repository.id, commit: await git.git('rev-parse', 'HEAD') },
    ...{ state: 'making', has: 'checkout', digest: 'none', ignored: [] },
  });

  it('is ended once a spare was moved to where it was claimed, and again where that is taken back', async () => {
    const folder = join(git.folder, 'w', '_spare-1');
    const spare = await spares.add(repository, { folder, record: await record() });
    const { gitDir } = spare.worktree;
    await monitored(gitDir);
    const claimed = spares.claim(repository, spare, {
      ...{
        folder: join(git.folder, 'w', 'topic'),
        branch: 'topic',
        commit: await git.git('rev-parse', 'HEAD'),
        without: [],
      },
      making: { id: 'ba9876543210', record: () => Promise.reject(new Error('the disk is full')) },
    });
    await expect(claimed).rejects.toThrow('the disk is full');
    expect(await told(ended)).toEqual([`${gitDir}: w/topic`, `${gitDir}: w/_spare-1`]);
  });

  it('is ended once the folder of a deleted worktree is away, and where there is none nobody is asked', async () => {
    for (const isMonitored of [true, false]) {
      const folder = join(git.folder, 'w', 'topic');
      await git.git('worktree', 'add', '--quiet', '-B', 'topic', folder);
      const made = (await worktrees.list(repository)).find(({ path }) => path === folder);
      if (!made) throw new Error('no worktree');
      if (isMonitored) await monitored(made.gitDir);
      await worktrees.remove(repository, made, []);
      expect(await told(ended)).toEqual([`${made.gitDir}:`]);
    }
  });

  it('is ended before, and not believed by, git’s own removal of a worktree that has no work', async () => {
    const folder = join(git.folder, 'w', 'topic');
    await git.git('worktree', 'add', '--quiet', '-b', 'topic', folder);
    const gitDir = await git.in(folder, 'rev-parse', '--absolute-git-dir');
    await monitored(gitDir);
    // One that says of every file that it is as it was.
    const nothing = join(git.folder, 'nothing');
    await writeFile(nothing, `#!/bin/sh\nprintf 'token\\0'\n`, { mode: 0o755 });
    await git.git('config', 'core.fsmonitor', nothing);
    await git.in(folder, 'status');
    await writeFile(join(folder, 'readme'), 'hours of work\n');
    expect(await git.in(folder, 'status', '--porcelain')).toBe('');
    const plain = new GitPlainWorktrees(env);
    await expect(plain.remove(git.root, folder)).rejects.toThrow(/contains modified or untracked files/);
    expect(await readFile(join(folder, 'readme'), 'utf8')).toBe('hours of work\n');
    expect(await told(ended)).toEqual([`${gitDir}: w/topic`]);
  });
});
