import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GitSpares } from '../../../src/adapters/git/gitSpares';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository } from '../../../src/core/model';
import type { ClaimSpare, Spare, SpareRecord } from '../../../src/core/ports/spares';
import { Claimer } from '../../support/claimer';
import { GitRepository } from '../../support/gitRepository';

/** Kills the program that claims, if that is told, and its git when the filter runs for the KILL_AT-th time. */
const filter = `#!/bin/sh
[ -z "$KILL_AT" ] && exec cat
count=$(($(cat "$KILL_COUNT" 2>/dev/null || echo 0) + 1))
echo $count > "$KILL_COUNT"
[ "$KILL_AT" = "$count" ] && kill -9 $CLAIMER $PPID && exit 1
exec cat
`;

let claimer: Claimer;
beforeAll(async () => {
  claimer = await Claimer.create();
  await writeFile(join(claimer.folder, 'filter'), filter, { mode: 0o755 });
});
afterAll(() => claimer.dispose());

let git: GitRepository;
let worktrees: GitWorktrees;
let spares: GitSpares;
let repository: Repository;
let record: SpareRecord;
let made: Spare;
let newer: string;
beforeEach(async () => {
  git = await GitRepository.create();
  await git.git('config', 'filter.slow.smudge', join(claimer.folder, 'filter'));
  const commit = await commitFiles('older', {
    a: 'a',
    b: 'bb',
    c: 'ccc',
    gone: 'gone',
    turned: 'file',
    'folder/x': 'x',
  });
  await git.git('rm', '--quiet', '-r', 'gone.slow', 'turned.slow', 'folder');
  newer = await commitFiles('newer', {
    a: 'newer a',
    b: 'newer b',
    c: 'newer c',
    added: '+',
    'new/y': 'y',
    'turned.slow/z': 'z',
    folder: 'f',
  });
  worktrees = new GitWorktrees(git.env);
  spares = new GitSpares(git.env);
  repository = await worktrees.recordRepository(await worktrees.repository(git.root));
  record = {
    ...{ version: 1, id: '0123456789ab', repositoryId: repository.id, commit },
    ...{ state: 'ready', has: 'checkout', digest: 'd', ignored: [] },
  };
  made = await spares.add(repository, { folder: home(), record });
});
afterEach(() => git.dispose());

const home = (): string => join(git.folder, 'w', '_spare-1');
const topic = (): string => join(git.folder, 'w', 'topic');
async function commitFiles(message: string, files: Readonly<Record<string, string>>): Promise<string> {
  await git.write('.gitattributes', `*.slow filter=slow\n# ${message}\n`);
  for (const [name, text] of Object.entries(files))
    await git.write(`${name}.slow`, `${text} of the ${message}\n`.repeat(50));
  await git.git('add', '--all');
  await git.git('commit', '--quiet', '-m', message);
  return git.git('rev-parse', 'HEAD');
}
/** @returns what ends it */
async function gitAtWork(cwd: string): Promise<() => Promise<void>> {
  const other = spawn('git', ['cat-file', '--batch'], { cwd, env: git.env, stdio: ['pipe', 'pipe', 'ignore'] });
  other.stdin.write('HEAD\n');
  await once(other.stdout, 'data');
  return async () => {
    other.stdin.end();
    await once(other, 'close');
  };
}
async function killedAt(step: number): Promise<boolean> {
  const count = join(git.folder, 'count');
  await rm(count, { force: true });
  return !(await claimer.claim(git, topic(), newer, { KILL_AT: String(step), KILL_COUNT: count }));
}
async function expectSpare(where: string): Promise<void> {
  expect(await spares.list(repository), where).toEqual([{ worktree: made.worktree, record }]);
  expect((await spares.look(made)).work, where).toEqual([]);
  expect(await git.in(home(), 'status', '--porcelain', '--ignored'), where).toBe('');
  expect(await git.in(home(), 'rev-parse', 'HEAD'), where).toBe(record.commit);
  expect(await readFile(join(home(), 'turned.slow'), 'utf8'), where).toMatch('file of the older');
  await expect(access(join(home(), 'new')), where).rejects.toThrow('ENOENT');
  await expect(access(topic()), where).rejects.toThrow('ENOENT');
}

// Signals that are sent by a shell script.
describe.skipIf(process.platform === 'win32')(
  'a claim that is killed in the midst of its checkout',
  { timeout: 240_000 },
  () => {
    it('is taken back at each file, and so is one whose taking back was killed', async () => {
      let step = 1;
      for (; await killedAt(step); step++) {
        await access(join(made.worktree.gitDir, 'index.lock'));
        if (step === 4) {
          const env = { KILL_AT: '2', KILL_COUNT: join(git.folder, 'count of recovery') };
          expect(await claimer.recover(git, env)).toBe(false);
        }
        await worktrees.recover(repository);
        await expectSpare(`killed at file ${step}`);
        // As the create that goes on would find it.
        await git.git('branch', '--quiet', '-D', 'topic');
      }
      expect(step).toBe(8);
      expect(await git.in(topic(), 'status', '--porcelain')).toBe('');
    });

    it('leaves what somebody has done there since, as work of theirs', async () => {
      expect(await killedAt(7)).toBe(true);
      await writeFile(join(topic(), 'b.slow'), 'mine');
      await writeFile(join(topic(), 'added.slow'), 'mine');
      await writeFile(join(topic(), 'idea'), 'mine');
      await worktrees.recover(repository);
      const [spare] = await spares.list(repository);
      expect(spare?.record).toEqual(record);
      expect((await spares.look(made)).work).toEqual(['b.slow', 'added.slow', 'idea']);
      for (const name of ['b.slow', 'added.slow', 'idea'])
        expect(await readFile(join(home(), name), 'utf8')).toBe('mine');
      expect(await readFile(join(home(), 'a.slow'), 'utf8')).toMatch('a of the older');
    });

    it('is taken back once no other git works there that may hold the lock', async () => {
      expect(await killedAt(3)).toBe(true);
      const end = await gitAtWork(topic());
      const [left, ...others] = await worktrees.recover(repository);
      expect(others).toEqual([]);
      // The folder is in its place by then.
      expect(left).toEqual({ folder: home(), why: expect.stringMatching(/index\.lock may be somebody else's lock/) });
      await access(join(made.worktree.gitDir, 'index.lock'));
      expect(await spares.list(repository)).toEqual([]);
      await end();
      expect(await worktrees.recover(repository)).toEqual([]);
      await expectSpare('after the other git');
    });

    it('is taken back from the place beside its own, where the taking back was killed right after the move', async () => {
      expect(await killedAt(3)).toBe(true);
      const beside = `${home()}-2`;
      await git.write('mine', 'mine', home());
      await writeFile(join(topic(), '.git'), `gitdir: ${made.worktree.gitDir}\n`);
      await rename(topic(), beside);
      await worktrees.recover(repository);
      expect(await spares.list(repository)).toEqual([{ worktree: { ...made.worktree, path: beside }, record }]);
      expect(await git.in(beside, 'status', '--porcelain')).toBe('');
      expect(await readFile(join(home(), 'mine'), 'utf8')).toBe('mine');
    });
  },
);

describe.skipIf(process.platform === 'win32')('a claim that fails', { timeout: 240_000 }, () => {
  const request = (): ClaimSpare => ({
    ...{ folder: topic(), branch: 'topic', commit: newer, without: [] },
    making: { id: 'ba9876543210', record: async () => undefined },
  });

  it('in the midst of its checkout is taken back at once', async () => {
    const env = { ...git.env, KILL_AT: '3', KILL_COUNT: join(git.folder, 'count') };
    await expect(new GitSpares(env).claim(repository, made, request())).rejects.toMatchObject({ code: 'failed' });
    await expectSpare('git was killed');
    expect(await git.git('for-each-ref', '--format=%(refname:short)', 'refs/heads')).toBe('main');
  });

  it('because of a hook that has changed files keeps nobody from the worktree, and loses none of them', async () => {
    const hook = join(git.root, '.git', 'hooks', 'post-checkout');
    await writeFile(hook, '#!/bin/sh\necho hooked > b.slow\necho hooked > made\nexit 1\n', { mode: 0o755 });
    await expect(spares.claim(repository, made, request())).rejects.toMatchObject({ code: 'failed' });
    await rm(hook);
    const { making: _, ...asked } = request();
    await worktrees.add(repository, { kind: 'new', base: newer, ...asked });
    expect(await git.in(topic(), 'status', '--porcelain')).toBe('');
    expect(await spares.list(repository)).toEqual([{ worktree: made.worktree, record }]);
    expect((await spares.look(made)).work).toEqual(['b.slow', 'made']);
    expect(await readFile(join(home(), 'b.slow'), 'utf8')).toBe('hooked\n');
    expect(await readFile(join(home(), 'a.slow'), 'utf8')).toMatch('a of the older');
  });

  it('and cannot be taken back at once is by the next create, though the program that claimed lives on', async () => {
    const hook = join(git.root, '.git', 'hooks', 'post-checkout');
    await writeFile(hook, '#!/bin/sh\ntouch "$(git rev-parse --git-dir)/index.lock"\nexit 1\n', { mode: 0o755 });
    const end = await gitAtWork(made.worktree.gitDir);
    await expect(spares.claim(repository, made, request())).rejects.toMatchObject({ code: 'failed' });
    expect(await spares.list(repository)).toEqual([]);
    await end();
    await worktrees.recover(repository);
    await expectSpare('after the other git');
  });
});
