import { spawn } from 'node:child_process';
import { access, chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { AddWorktree } from '../../../src/core/ports/worktrees';
import type { Repository } from '../../../src/core/model';
import { isAbort } from '../../../src/core/errors';
import { GitRepository } from '../../support/gitRepository';
import { until } from '../../support/until';

let git: GitRepository;
let worktrees: GitWorktrees;
let repository: Repository;
beforeEach(async () => {
  git = await GitRepository.create();
  await git.addOrigin();
  worktrees = new GitWorktrees(git.env);
  repository = await worktrees.repository(git.root);
});
afterEach(() => git.dispose());

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
const branchNames = async (): Promise<string[]> =>
  (await git.git('for-each-ref', '--format=%(refname:short)', 'refs/heads')).split('\n');
const settings = (): Promise<string> => git.git('config', '--local', '--list');

describe('add, several at once', () => {
  const rounds = 3;
  const together = 8;

  it('succeeds in two processes, for new and for tracking branches, without a branch too many', async () => {
    const names = Array.from({ length: rounds * together * 2 }, (_, index) => `topic-${index}`);
    for (const name of names.filter((_, index) => index % 2 === 0))
      await git.git('update-ref', `refs/remotes/origin/${name}`, 'main');
    const bundle = join(git.folder, 'adder.mjs');
    await build({
      stdin: {
        contents: `
          import { GitWorktrees } from './src/adapters/git/gitWorktrees';
          const worktrees = new GitWorktrees(process.env);
          const repository = await worktrees.repository(process.argv[2]);
          for (const round of JSON.parse(process.argv[3])) {
            const results = await Promise.allSettled(round.map((request) => worktrees.add(repository, request)));
            for (const result of results) if (result.status === 'rejected') console.log(String(result.reason), result.reason.explanation);
          }`,
        resolveDir: resolve(import.meta.dirname, '../../..'),
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      outfile: bundle,
    });
    const request = (name: string, index: number): AddWorktree => {
      const folder = join(git.folder, 'w', name);
      return index % 2 === 0
        ? { kind: 'tracking', branch: name, remoteBranch: `origin/${name}`, folder }
        : { kind: 'new', branch: name, base: 'origin/main', folder };
    };
    const requests = names.map(request);
    const start = async (half: readonly AddWorktree[]): Promise<string> => {
      const batches = Array.from({ length: rounds }, (_, round) =>
        half.slice(round * together, (round + 1) * together),
      );
      const child = spawn(process.execPath, [bundle, git.root, JSON.stringify(batches)], {
        env: git.env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const code = await new Promise((done) => child.once('close', done));
      return code === 0 ? output : `exit code ${String(code)}\n${output}`;
    };
    const middle = requests.length / 2;
    expect(await Promise.all([start(requests.slice(0, middle)), start(requests.slice(middle))])).toEqual(['', '']);
    expect(await worktrees.list(repository)).toHaveLength(names.length + 1);
    expect(await branchNames()).toHaveLength(names.length + 1);
    const tracking = (await git.git('for-each-ref', '--format=%(upstream)', 'refs/heads'))
      .split('\n')
      .filter((name) => name !== '');
    expect(tracking).toHaveLength(names.length / 2);
  }, 120_000);

  it('lets one of several have a branch, and leaves nothing of the others', async () => {
    const attempts = Array.from({ length: 6 }, (_, index) =>
      worktrees.add(repository, { kind: 'new', branch: 'topic', base: 'main', folder: join(git.folder, `w${index}`) }),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' });
    expect(await worktrees.list(repository)).toHaveLength(2);
    expect((await readdir(git.folder)).filter((name) => /^w\d/.test(name))).toHaveLength(1);
  });

  it('lets one of several have a folder, whole', async () => {
    const folder = join(git.folder, 'w');
    const attempts = Array.from({ length: 6 }, (_, index) =>
      worktrees.add(repository, { kind: 'new', branch: `topic-${index}`, base: 'main', folder }),
    );
    const results = await Promise.allSettled(attempts);
    const made = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(made).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' });
    expect((await branchNames()).sort()).toEqual(['main', made[0]?.branch].sort());
    expect(await exists(join(folder, 'readme'))).toBe(true);
  });
});

describe('add, cut off', () => {
  it.skipIf(process.platform === 'win32').each(['absent', 'empty'] as const)(
    'leaves nothing behind when aborted within the checkout, into a folder that is %s',
    async (before) => {
      const marker = join(git.folder, 'checking-out');
      await git.write('hook', `#!/bin/sh\ntouch '${marker}'\nexec sleep 60\n`, git.folder);
      await chmod(join(git.folder, 'hook'), 0o755);
      await git.git('config', 'filter.slow.smudge', join(git.folder, 'hook'));
      await git.commit('.gitattributes', 'zz* filter=slow\n', 'attributes');
      for (let index = 0; index < 50; index++) await git.write(`a${index}`, 'x');
      await git.git('add', '.');
      await git.commit('zz', 'x', 'slow file');
      const folder = join(git.folder, 'new/parent/w');
      if (before === 'empty') await mkdir(folder, { recursive: true });
      const controller = new AbortController();
      await git.git('update-ref', 'refs/remotes/origin/topic', 'main');
      const adding = worktrees
        .add(repository, { kind: 'tracking', branch: 'topic', remoteBranch: 'origin/topic', folder }, controller.signal)
        .catch((error: unknown) => error);
      await until(() => exists(marker));
      const settingsBefore = (await settings()).replaceAll(/^branch\.topic\..*\n?/gm, '');
      expect(await exists(join(folder, 'a0'))).toBe(true);
      controller.abort();
      expect(isAbort(await adding)).toBe(true);
      expect(await worktrees.list(repository)).toHaveLength(1);
      expect(await branchNames()).toEqual(['main']);
      expect((await settings()).trimEnd()).toBe(settingsBefore.trimEnd());
      expect(await exists(join(git.folder, 'new'))).toBe(before === 'empty');
      if (before === 'empty') expect(await readdir(folder)).toEqual([]);
      await git.git('config', '--remove-section', 'filter.slow');
      expect(
        await worktrees.add(repository, { kind: 'tracking', branch: 'topic', remoteBranch: 'origin/topic', folder }),
      ).toMatchObject({ branch: 'topic' });
    },
  );

  it('names branches so that git cannot mistake them', async () => {
    const names = [
      'alias-fix',
      'core.pager',
      'url.x.insteadof',
      'include.path',
      "it's",
      '$(id)',
      '`id`',
      'a;id',
      'x"y',
      'a{{.Values.x}}',
      'ünï',
      'main2',
      '@x',
    ];
    await git.git('tag', 'main2', 'main');
    for (const [index, branch] of names.entries()) {
      await git.git('update-ref', `refs/remotes/origin/${branch}`, 'main');
      const added = await worktrees.add(repository, {
        kind: 'tracking',
        branch,
        remoteBranch: `origin/${branch}`,
        folder: join(git.folder, `n${index}`),
      });
      expect(added.branch).toBe(branch);
      expect(await worktrees.status(added)).toMatchObject({ upstream: `origin/${branch}` });
      await worktrees.remove(repository, added, []);
      await worktrees.deleteBranch(repository, branch, added.head);
    }
    expect(await branchNames()).toEqual(['main']);
    expect(await settings()).not.toMatch(/^branch\./m);
  });

  it('refuses a link or a file in the place of the folder', async () => {
    const file = join(git.folder, 'file');
    await writeFile(file, 'x');
    for (const folder of [file, join(file, 'below')]) {
      await expect(
        worktrees.add(repository, { kind: 'new', branch: 'topic', base: 'main', folder }),
      ).rejects.toMatchObject({
        code: expect.stringMatching(/conflict|denied/) as string,
      });
    }
    expect(await branchNames()).toEqual(['main']);
  });
});

describe('a branch that is moved while its worktree is made', () => {
  it('is refused before there is a branch, where it is one of the remote', async () => {
    await git.git('update-ref', 'refs/remotes/origin/theirs', 'main');
    const commit = '0123456789'.repeat(4);
    const folder = join(git.folder, 'w');
    const request = { kind: 'tracking', branch: 'theirs', remoteBranch: 'origin/theirs', folder, commit } as const;
    await expect(worktrees.add(repository, request)).rejects.toMatchObject({ code: 'conflict' });
    expect(await branchNames()).toEqual(['main']);
    expect(await exists(folder)).toBe(false);
  });

  it('is refused before its files are there, and what was begun is undone', async () => {
    await git.git('branch', 'topic');
    const commit = await git.git('rev-parse', 'topic');
    const other = await git.commit('.envrc', 'what nobody has looked at\n', 'later');
    const ran = join(git.folder, 'ran');
    const hook = await git.write('.git/hooks/post-checkout', `#!/bin/sh\ntouch '${ran}'\n`);
    await chmod(hook, 0o755);
    const folder = join(git.folder, 'w');
    const record = async (): Promise<void> => void (await git.git('update-ref', 'refs/heads/topic', other));
    const making = { id: '0123456789ab', record };
    const adding = worktrees.add(repository, { kind: 'existing', branch: 'topic', folder, commit, making });
    await expect(adding).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^topic was moved from \w{7} to \w{7} just now/),
    });
    expect(await exists(ran)).toBe(false);
    expect(await exists(folder)).toBe(false);
    expect(await worktrees.list(repository)).toHaveLength(1);
  });
});
