import { spawn } from 'node:child_process';
import {
  access,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorCode } from '@coppice/host/errorCode';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { checkoutMark } from '../../../src/core/worktrees/checkoutMark';
import type { Repository, Worktree } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';
import { isAlive, until } from '../../support/until';

const id = '0123456789ab';
const fileCount = 400;

let builds: string;
let bundle: string;
beforeAll(async () => {
  builds = await mkdtemp(join(tmpdir(), 'coppice-adder-'));
  bundle = join(builds, 'adder.mjs');
  await build({
    stdin: {
      contents: `
        import { GitWorktrees } from './src/adapters/git/gitWorktrees';
        const worktrees = new GitWorktrees(process.env);
        const repository = await worktrees.repository(process.argv[2]);
        const making = { id: '${id}', record: async () => undefined };
        const request = { kind: 'new', branch: 'topic', base: 'main', folder: process.argv[3], making };
        await worktrees.add(repository, request).then(() => console.log('added'), (error) => console.log('failed: ' + error.message));`,
      resolveDir: resolve(import.meta.dirname, '../../..'),
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    outfile: bundle,
  });
});
afterAll(() => rm(builds, { recursive: true, force: true }));

let git: GitRepository;
let worktrees: GitWorktrees;
let repository: Repository;
let folder: string;
let blocked: string;
const started: number[] = [];

beforeEach(async () => {
  git = await GitRepository.create();
  worktrees = new GitWorktrees(git.env);
  folder = join(git.folder, 'made', 'w');
  blocked = join(git.folder, 'blocked');
  await mkdir(join(git.root, 'files'));
  for (let index = 0; index < fileCount; index++)
    await writeFile(join(git.root, 'files', `f${index}`), `line one of ${index}\nline two\n`);
  await git.write('.gitattributes', 'files/f200 filter=slow\n');
  await git.git('add', '.');
  await git.git('commit', '--quiet', '-m', 'many');
  await git.git('config', 'filter.slow.smudge', 'cat');
  repository = await worktrees.repository(git.root);
});
afterEach(async () => {
  for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await git.dispose();
});

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Another process that adds the worktree, as Coppice does. */
async function addElsewhere(): Promise<{ readonly pid: number; readonly ended: Promise<string> }> {
  const child = spawn(process.execPath, [bundle, git.root, folder], {
    env: git.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const pid = child.pid ?? 0;
  started.push(pid);
  return { pid, ended: new Promise((done) => child.once('close', () => done(output.trim()))) };
}

/** The checkout stops at one file in the middle, until somebody makes an end of it. */
async function block(): Promise<void> {
  const hook = await git.write('hook', `#!/bin/sh\necho $$ > '${blocked}'\nexec sleep 120\n`, git.folder);
  await chmod(hook, 0o755);
  await git.git('config', 'filter.slow.smudge', hook);
}

async function unblock(): Promise<void> {
  const pid = Number(await readFile(blocked, 'utf8').catch(() => '0'));
  if (pid > 0) started.push(pid);
  await git.git('config', 'filter.slow.smudge', 'cat');
}

/** Processes of git that fill this worktree. */
async function fillers(): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const text = /^\d+$/.test(name) ? await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '') : '';
    if (text.includes(`coppice.making=${id}`) && text.includes('git')) found.push(Number(name));
  }
  return found;
}

/** What a create does that comes after one that was cut off. */
async function again(): Promise<Worktree> {
  await worktrees.recover(repository);
  const unfinished = (await worktrees.list(repository)).find(({ beingMade }) => beingMade === id);
  if (unfinished) return worktrees.finish(repository, unfinished);
  const listed = (await worktrees.list(repository)).find(({ branch }) => branch === 'topic');
  if (listed) return listed;
  const hasBranch = (await worktrees.branches(repository)).some(({ name }) => name === 'topic');
  const making = { id, record: async () => undefined };
  return worktrees.add(
    repository,
    hasBranch
      ? { kind: 'existing', branch: 'topic', folder, making }
      : { kind: 'new', branch: 'topic', base: 'main', folder, making },
  );
}

async function expectWhole(worktree: Worktree): Promise<void> {
  expect(worktree).toMatchObject({ path: folder, branch: 'topic' });
  // One that was whole before the kill has not even the field.
  expect(worktree.beingMade).toBeUndefined();
  expect(await readdir(join(folder, 'files'))).toHaveLength(fileCount);
  expect(await git.in(folder, 'status', '--porcelain', '--ignored')).toBe('');
  const [, listed] = await worktrees.list(repository);
  expect(listed).toMatchObject({ path: folder, branch: 'topic', locked: undefined });
  expect(listed?.beingMade).toBeUndefined();
  await worktrees.remove(repository, worktree, []);
}

/** One that has ended since it was seen is gone as well. */
function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** A checkout that was cut off in the middle, with Coppice and git gone. */
async function cutOff(): Promise<Worktree> {
  await block();
  const { pid, ended } = await addElsewhere();
  await until(() => exists(blocked), 30_000);
  process.kill(pid, 'SIGKILL');
  await ended;
  for (const filler of await fillers()) endNow(filler);
  await until(async () => (await fillers()).length === 0, 30_000);
  await unblock();
  const found = (await worktrees.list(repository)).find(({ path }) => path === folder);
  if (found?.beingMade !== id) throw new Error('not cut off');
  expect((await readdir(join(folder, 'files'))).length).toBeLessThan(fileCount);
  return found;
}

describe.skipIf(process.platform !== 'linux')('a checkout that is cut off', { timeout: 120_000 }, () => {
  it.each(['Coppice', 'git', 'both'])('in its middle, by a kill of %s, is whole after the next try', async (killed) => {
    await block();
    const { pid, ended } = await addElsewhere();
    await until(() => exists(blocked), 30_000);
    const working = await fillers();
    expect(working).toHaveLength(1);
    started.push(...working);
    if (killed !== 'git') process.kill(pid, 'SIGKILL');
    if (killed !== 'Coppice') for (const one of working) process.kill(one, 'SIGKILL');
    // A filter of git's ends when nobody gives it anything any more; the one that sleeps does not.
    if (killed === 'git') process.kill(Number(await readFile(blocked, 'utf8')), 'SIGKILL');
    const output = await ended;
    if (killed === 'git') {
      // It is there to undo it.
      expect(output).toMatch(/^failed: /);
      expect(await worktrees.list(repository)).toHaveLength(1);
      expect(await exists(folder)).toBe(false);
    }
    await unblock();
    await expectWhole(await again());
    expect(await fillers()).toEqual([]);
  });

  it('is completed by one of several who try at once, and whole for all of them', async () => {
    await cutOff();
    const counted = join(git.folder, 'counted');
    const hook = await git.write('count', `#!/bin/sh\ncat\necho run >> '${counted}'\nsleep 0.3\n`, git.folder);
    await chmod(hook, 0o755);
    await git.git('config', 'filter.slow.smudge', hook);
    const all = await Promise.all([1, 2, 3].map(() => again()));
    expect(await readFile(counted, 'utf8')).toBe('run\n');
    expect(all.map(({ path, beingMade }) => [path, beingMade])).toEqual(all.map(() => [folder, undefined]));
    for (const made of all.slice(0, 1)) await expectWhole(made);
    expect(await fillers()).toEqual([]);
  });

  it('at any other moment is whole after the next try', async () => {
    const moments: (() => Promise<boolean>)[] = [
      async () => true,
      () => exists(join(repository.commonDir, 'refs', 'heads', 'topic')),
      () => exists(join(repository.commonDir, 'worktrees', 'w')),
      () => exists(join(folder, '.git')),
      ...['f1', 'f150', `f${fileCount - 1}`].map((name) => () => exists(join(folder, 'files', name))),
      () => exists(join(repository.commonDir, 'worktrees', 'w', 'index')),
    ];
    for (const [index, moment] of moments.entries()) {
      const { pid, ended } = await addElsewhere();
      await until(moment, 30_000);
      process.kill(pid, 'SIGKILL');
      if (index % 2 === 0) for (const one of await fillers()) endNow(one);
      await ended;
      await expectWhole(await again());
      await git.git('branch', '--quiet', '-D', 'topic');
    }
  });

  it('is completed around what a person did there meanwhile', async () => {
    const unfinished = await cutOff();
    await writeFile(join(folder, 'files', 'f1'), 'mine now\n');
    await writeFile(join(folder, 'notes'), 'precious');
    // Git was in the middle of this one.
    await truncate(join(folder, 'files', 'f10'), 5);
    const newest = (await stat(join(folder, 'files', 'f100'))).mtime;
    await utimes(join(folder, 'files', 'f10'), newest, newest);
    const worktree = await worktrees.finish(repository, unfinished);
    expect(await git.in(folder, 'status', '--porcelain')).toBe(' M files/f1\n?? notes');
    expect(await readFile(join(folder, 'files', 'f1'), 'utf8')).toBe('mine now\n');
    expect(await readdir(join(folder, 'files'))).toHaveLength(fileCount);
    await expect(worktrees.remove(repository, worktree, [])).rejects.toMatchObject({ code: 'conflict' });
  });

  it.each([
    [
      'took the end of a file away',
      async () => {
        await truncate(join(folder, 'files', 'f10'), 5);
        const later = new Date(Date.now() + 60_000);
        await utimes(join(folder, 'files', 'f10'), later, later);
      },
      () => writeFile(join(folder, 'files', 'f10'), 'line one of 10\nline two\n'),
      'files/f10',
    ],
    [
      'put a file where a folder belongs',
      async () => {
        await rm(join(folder, 'files'), { recursive: true });
        await writeFile(join(folder, 'files'), 'mine');
      },
      () => rm(join(folder, 'files')),
      'files/f0',
    ],
  ])('says so when a person %s, and is completed afterwards', async (_, act, putRight, named) => {
    const unfinished = await cutOff();
    await act();
    await expect(worktrees.finish(repository, unfinished)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(named),
    });
    await putRight();
    await expectWhole(await again());
  });

  it('can be deleted as it is, and what a person put there is a loss', async () => {
    const unfinished = await cutOff();
    expect(await worktrees.losses(repository, unfinished)).toEqual([]);
    await writeFile(join(folder, 'files', 'f1'), 'mine now\n');
    await writeFile(join(folder, 'notes'), 'precious');
    const losses = await worktrees.losses(repository, unfinished);
    expect(losses).toEqual([
      { kind: 'uncommitted', count: 1, examples: ['files/f1'] },
      { kind: 'untracked', count: 1, examples: ['notes'] },
    ]);
    await worktrees.remove(repository, unfinished, ['uncommitted', 'untracked']);
    expect(await worktrees.list(repository)).toHaveLength(1);
  });
});

describe('the post-checkout hook', () => {
  it.skipIf(process.platform === 'win32')(
    'runs as after git worktree add, and again where it was cut off',
    async () => {
      const told = join(git.folder, 'told');
      const hook = await git.write('.git/hooks/post-checkout', `#!/bin/sh\necho "$PWD $*" >> '${told}'\n`);
      await chmod(hook, 0o755);
      const added = await worktrees.add(repository, { kind: 'new', branch: 'topic', base: 'main', folder });
      const line = `${folder} ${'0'.repeat(40)} ${added.head} 1\n`;
      expect(await readFile(told, 'utf8')).toBe(line);
      await writeFile(join(added.gitDir, 'locked'), checkoutMark({ id, pid: 1, since: 1, start: null }));
      await writeFile(join(folder, 'made-by-hook'), 'half');
      await again();
      expect(await readFile(told, 'utf8')).toBe(line + line);
      expect(await readFile(join(folder, 'made-by-hook'), 'utf8')).toBe('half');
    },
  );

  it.skipIf(process.platform === 'win32')('that fails is named, with what it said, and nothing is left', async () => {
    const hook = await git.write('.git/hooks/post-checkout', '#!/bin/sh\necho "no lfs here" >&2\nexit 3\n');
    await chmod(hook, 0o755);
    const adding = worktrees.add(repository, { kind: 'new', branch: 'topic', base: 'main', folder });
    await expect(adding).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/^The hook post-checkout .*no lfs here$/),
    });
    expect(await worktrees.list(repository)).toHaveLength(1);
    expect(await exists(folder)).toBe(false);
  });
});

describe('what git was cut off at before it knew the branch', () => {
  const dead = { id, pid: 2 ** 22 - 3, since: 1, start: null };
  const alive = { id, pid: process.pid, since: Date.now(), start: null };

  async function halfMade(file: 'HEAD' | 'commondir' | 'gitdir', text: string, mark: string): Promise<string> {
    await git.git('worktree', 'add', '--quiet', '--no-checkout', '-b', 'topic', folder);
    const gitDir = join(repository.commonDir, 'worktrees', 'w');
    await writeFile(join(gitDir, file), text);
    await writeFile(join(gitDir, 'locked'), mark);
    return gitDir;
  }

  it.each([
    ['HEAD', `${'0'.repeat(40)}\n`],
    ['HEAD', ''],
    ['commondir', ''],
    ['gitdir', ''],
  ] as const)('is taken away: %s is %j', async (file, text) => {
    const gitDir = await halfMade(file, text, checkoutMark(dead));
    // One of them keeps git from listing any worktree.
    expect((await worktrees.list(repository)).length).toBeLessThanOrEqual(2);
    await worktrees.recover(repository);
    expect(await exists(gitDir)).toBe(false);
    if (file !== 'gitdir') expect(await exists(folder)).toBe(false);
    else await rm(folder, { recursive: true });
    await git.git('worktree', 'add', '--quiet', folder, 'topic');
  });

  it('is left alone while its maker lives, when it is not ours, and when there is something in it', async () => {
    for (const mark of [checkoutMark(alive), 'initializing', '']) {
      const gitDir = await halfMade('HEAD', `${'0'.repeat(40)}\n`, mark);
      await worktrees.recover(repository);
      expect(await exists(gitDir)).toBe(true);
      await rm(gitDir, { recursive: true });
      await rm(folder, { recursive: true });
      await git.git('branch', '-D', 'topic');
    }
    await halfMade('HEAD', '', checkoutMark(dead));
    await writeFile(join(folder, 'precious'), 'x');
    await worktrees.recover(repository);
    expect(await readdir(folder)).toEqual(['precious']);
  });

  it('is not completed while an index is locked by what was there before it', async () => {
    const { gitDir } = await worktrees.add(repository, { kind: 'new', branch: 'topic', base: 'main', folder });
    await writeFile(join(gitDir, 'locked'), checkoutMark(dead));
    const lock = join(gitDir, 'index.lock');
    await writeFile(lock, '');
    await utimes(lock, new Date(), new Date(Date.now() - 3_600_000));
    await expect(again()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(lock) });
    await utimes(lock, new Date(), new Date());
    await expectWhole(await again());
  });

  it('is not mistaken for a worktree that somebody locked with other words', async () => {
    const added = await worktrees.add(repository, { kind: 'new', branch: 'topic', base: 'main', folder });
    await git.git('worktree', 'lock', '--reason', 'Coppice is still making this worktree', folder);
    const [, listed] = await worktrees.list(repository);
    expect(listed).toMatchObject({ path: added.path, locked: 'Coppice is still making this worktree' });
    expect(listed?.beingMade).toBeUndefined();
  });
});
