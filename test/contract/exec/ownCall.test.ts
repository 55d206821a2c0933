import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { goneScript } from '../../../src/adapters/exec/goneScript';
import { HostLauncher } from '../../../src/adapters/exec/hostLauncher';
import { OwnCall } from '../../../src/adapters/exec/ownCall';
import { ownCallBatch } from '../../../src/adapters/exec/ownCallBatch';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-call-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.runIf(process.platform !== 'win32')('what other tools call', () => {
  const callOf = async (): Promise<{ file: string; root: string; env: NodeJS.ProcessEnv }> => {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'coppice'), '#!/bin/sh\necho found "$@"\n', { mode: 0o755 });
    const root = join(folder, 'installed');
    await mkdir(join(root, 'dist'), { recursive: true });
    await writeFile(join(root, 'dist', 'cli.js'), 'console.log("ours", ...process.argv.slice(2))');
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
    const call = new OwnCall({ home: join(folder, 'home'), root, execPath: process.execPath, env });
    await call.make();
    return { file: await call.text(), root, env };
  };

  it('is a program by its path, also where coppice is on our PATH; without what it leads to it takes that one', async () => {
    const { file, root, env } = await callOf();
    expect(file).toBe(join(folder, 'home', 'bin', 'coppice'));
    expect(spawnSync(file, ['hook', 'x'], { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } }).stdout).toBe(
      'ours hook x\n',
    );
    await rm(root, { recursive: true });
    expect(spawnSync(file, ['hook', 'x'], { encoding: 'utf8', env }).stdout).toBe('found hook x\n');
  });

  it.each([
    ['', false],
    [', and the terminal command that it has put on the PATH leads nowhere', true],
  ])('gives a session a plain worktree where Coppice is gone%s, and says what to take away', async (_, isStale) => {
    const { file, root } = await callOf();
    if (isStale)
      await new HostLauncher({ root, execPath: process.execPath, isElectron: false, env: { HOME: folder } }).install();
    await rm(root, { recursive: true });
    const cwd = join(folder, 'repository');
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], { cwd, encoding: 'utf8' });
    await mkdir(cwd);
    git('init', '--quiet');
    git('commit', '--quiet', '--allow-empty', '--message', 'first');
    // It finds itself by the name.
    const first = isStale ? join(folder, '.local', 'bin') : join(folder, 'home', 'bin');
    const env = { HOME: folder, PATH: `${first}:/usr/bin:/bin:/usr/local/bin` };
    const call = (tool: string, event: object) =>
      spawnSync(file, ['hook', tool], { cwd, env, encoding: 'utf8', input: JSON.stringify(event) });
    const create = { session_id: 's', cwd, hook_event_name: 'WorktreeCreate', name: 'a/b' };
    const path = join(cwd, '.claude', 'worktrees', 'a+b');
    for (const _ of ['first', 'again']) {
      const made = call('claude-code', create);
      expect(made).toMatchObject({ status: 0, stdout: `${path}\n` });
      expect(made.stderr).toContain('take its hooks out of .claude/settings.local.json');
    }
    expect(git('-C', path, 'branch', '--show-current')).toBe('worktree-a+b\n');
    expect(call('claude-code', { ...create, name: '../../out' }).status).not.toBe(0);
    expect(call('claude-code', { hook_event_name: 'WorktreeRemove', worktree_path: path }).status).toBe(1);
    expect(call('worktrunk', {})).toMatchObject({ status: 0, stdout: '' });
  });

  it('does the same on Windows, by the shell that git brings along', async () => {
    const gone = join(folder, "it's gone.sh");
    await writeFile(gone, goneScript);
    const cwd = join(folder, 'repository');
    await mkdir(cwd);
    const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.com'];
    execFileSync('git', ['init', '--quiet'], { cwd });
    execFileSync('git', [...identity, 'commit', '--quiet', '--allow-empty', '--message', 'first'], { cwd });
    const text = ownCallBatch({ cli: 'C:\\100% mine\\cli.js', execPath: 'C:\\node.exe', others: undefined, gone });
    expect(text).toContain('set "cli=C:\\100%% mine\\cli.js"\r\n');
    // What the command processor does with the line is what a shell does with it.
    const line = text.split('\r\n').find((each) => each.startsWith('git ')) ?? '';
    const event = { hook_event_name: 'WorktreeCreate', name: 'a/b' };
    const made = spawnSync('sh', ['-c', line.replace('%*', 'hook claude-code')], {
      ...{ cwd, encoding: 'utf8', input: JSON.stringify(event) },
      env: { HOME: folder, PATH: '/usr/bin:/bin:/usr/local/bin' },
    });
    const path = join(cwd, '.claude', 'worktrees', 'a+b');
    expect(made).toMatchObject({
      status: 0,
      stdout: `${path}\n`,
      stderr: expect.stringContaining('take its hooks out'),
    });
    const other = spawnSync('sh', ['-c', line.replace('%*', 'list')], {
      cwd,
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin' },
    });
    expect(other.status).toBe(127);
  });
});
