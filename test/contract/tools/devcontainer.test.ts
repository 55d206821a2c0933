import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { AppError } from '../../../src/core/errors';
import { verifies } from '../../support/verified';

/** devcontainer.js of the package @devcontainers/cli, which needs Docker, busybox that is linked statically and no registry. */
const devcontainer = process.env['COPPICE_TEST_DEVCONTAINER'] ?? '';
const run = promisify(execFile);
/** A folder that somebody else owns, as outside of the container. */
const trusting = ['-c', 'safe.directory=*', '-c', 'user.name=a', '-c', 'user.email=a@b'];

describe.skipIf(devcontainer === '')('a worktree in a devcontainer', { timeout: 300_000 }, () => {
  let root: string;
  let repository: string;
  let worktree: string;
  const image = `coppice-devcontainer-test:${process.pid}`;

  beforeAll(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'coppice-devcontainer-')));
    await makeImage();
    [repository, worktree] = [join(root, 'repository'), join(root, 'my tree')];
    await run('git', ['init', '-q', repository]);
    await git(repository, 'commit', '-q', '--allow-empty', '-m', 'first');
    await git(repository, 'worktree', 'add', '-q', '-b', 'topic', worktree);
    await mkdir(join(worktree, '.devcontainer'));
  }, 300_000);
  afterAll(async () => {
    await remove();
    await run('docker', ['rmi', '-f', image]).catch(() => undefined);
    await rm(root, { recursive: true, force: true });
  }, 60_000);
  verifies('Dev Container CLI', async () => (await cli('--version')).trim(), {
    obtained: 'npm: @devcontainers/cli',
    asked: 'a worktree in a container, by what Coppice says that devcontainer.json needs',
  });

  /** A shell and git, with the libraries of that: nothing is had from a registry. */
  async function makeImage(): Promise<void> {
    const folder = join(root, 'image');
    for (const each of ['bin', 'etc', 'tmp', 'root', 'proc', 'usr/bin'])
      await mkdir(join(folder, each), { recursive: true });
    const busybox = (await run('which', ['busybox'])).stdout.trim();
    await cp(busybox, join(folder, 'bin', 'busybox'));
    for (const name of (await run(busybox, ['--list'])).stdout.split('\n').filter((each) => each && each !== 'busybox'))
      await symlink('/bin/busybox', join(folder, 'bin', name));
    const program = (await run('which', ['git'])).stdout.trim();
    const libraries = (await run('ldd', [program])).stdout.match(/\/\S+/g) ?? [];
    for (const file of libraries) {
      await mkdir(join(folder, dirname(file)), { recursive: true });
      await cp(file, join(folder, file), { dereference: true });
    }
    await cp(program, join(folder, 'usr', 'bin', 'git'), { dereference: true });
    await writeFile(join(folder, 'etc', 'passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
    await writeFile(join(folder, 'etc', 'group'), 'root:x:0:\n');
    await writeFile(join(folder, 'etc', 'os-release'), 'ID=none\n');
    const archive = join(root, 'image.tar');
    await run('tar', ['-C', folder, '-cf', archive, '.']);
    await run('docker', ['import', archive, image]);
  }
  async function cli(...argv: readonly string[]): Promise<string> {
    return (await run(process.execPath, [devcontainer, ...argv])).stdout;
  }
  const git = async (folder: string, ...argv: readonly string[]): Promise<string> =>
    (await run('git', [...trusting, ...argv], { cwd: folder })).stdout.trim();
  const inside = async (...argv: readonly string[]): Promise<string> =>
    (await cli('exec', '--workspace-folder', worktree, 'git', ...trusting, ...argv)).trim();
  async function remove(): Promise<void> {
    const label = `label=devcontainer.local_folder=${worktree}`;
    const { stdout } = await run('docker', ['ps', '-aq', '--filter', label]);
    for (const id of stdout.split('\n').filter(Boolean)) await run('docker', ['rm', '-f', id]);
  }
  async function open(more: string): Promise<void> {
    const text = `{"image": "${image}", "overrideCommand": true, "updateRemoteUserUID": false${more}}`;
    await writeFile(join(worktree, '.devcontainer', 'devcontainer.json'), text);
    await cli('up', '--workspace-folder', worktree);
  }
  /** What Coppice says where nothing but the worktree is there, as in such a container. */
  async function said(): Promise<string> {
    await rename(repository, `${repository} away`);
    try {
      return await new GitWorktrees(process.env).repository(worktree).then(
        () => '',
        ({ explanation }: AppError) => explanation ?? '',
      );
    } finally {
      await rename(`${repository} away`, repository);
    }
  }

  it('alone is no repository there; with what Coppice says that it needs it is the same one as outside', async () => {
    await open('');
    await expect(inside('status')).rejects.toThrow(/not a git repository/);
    await remove();

    const lines = (await said()).split('\n').filter((line) => line.startsWith('"workspaceMount"'));
    expect(lines).toHaveLength(1);
    const outside = await git(repository, 'worktree', 'list', '--porcelain');
    await open(`, ${lines[0]}`);
    expect(await inside('rev-parse', '--show-toplevel')).toBe(worktree);
    expect(await inside('worktree', 'list', '--porcelain')).toContain(`worktree ${worktree}\n`);
    await inside('commit', '-q', '--allow-empty', '-m', 'made inside');
    expect(await git(worktree, 'log', '-1', '--format=%s')).toBe('made inside');
    const commit = /HEAD \w+/g;
    expect((await git(repository, 'worktree', 'list', '--porcelain')).replace(commit, '')).toBe(
      outside.replace(commit, ''),
    );
  });
});
