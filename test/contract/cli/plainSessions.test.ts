import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliWorld, type CliResult } from './cliWorld';

let world: CliWorld;
beforeAll(async () => void (world = await CliWorld.create()));
afterAll(() => world.dispose());

/** A repository that has no environments, with files that its sessions are to have. */
async function repository(name: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = join(world.folder, name);
  await mkdir(join(folder, 'secrets'), { recursive: true });
  await world.gitIn(folder, 'init', '--quiet');
  await writeFile(join(folder, '.gitignore'), '.env*\nsecrets\n');
  await writeFile(join(folder, '.worktreeinclude'), '.env*\nsecrets/*\n');
  await world.gitIn(folder, 'add', '--all');
  await world.gitIn(folder, 'commit', '--quiet', '--message', 'first');
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  return folder;
}

async function session(cwd: string, name: string, env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  return hook({ cwd, hook_event_name: 'WorktreeCreate', name }, cwd, env);
}

async function hook(event: object, cwd: string, env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  const running = world.startPiped(['hook', 'claude-code', '--limit', '60'], { cwd, env });
  running.child.stdin?.write(JSON.stringify(event));
  return running.done;
}

describe('a session of Claude Code in a repository without environments', { timeout: 120_000 }, () => {
  it('begins without a file that cannot be read, and with all others', async () => {
    const folder = await repository('unreadable', { '.env': 'A=1', 'secrets/a': 'a', 'secrets/b': 'b' });
    await chmod(join(folder, 'secrets', 'a'), 0);
    const made = await session(folder, 'x');
    const path = join(folder, '.claude', 'worktrees', 'x');
    expect(made).toMatchObject({ code: 0, stdout: `${path}\n` });
    expect(await readFile(join(path, '.env'), 'utf8')).toBe('A=1');
    expect(await readFile(join(path, 'secrets', 'b'), 'utf8')).toBe('b');
    // Who is root reads it.
    if (existsSync(join(path, 'secrets', 'a'))) return;
    expect(made.stderr).toMatch(/not copied: .*secrets.a/);
  });

  it('has its files when two hooks make it at once', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `.env.${index}`);
    const folder = await repository('twice', Object.fromEntries(names.map((name) => [name, name])));
    const path = join(folder, '.claude', 'worktrees', 'x');
    const both = await Promise.all([session(folder, 'x'), session(folder, 'x')]);
    expect(both).toEqual([1, 2].map(() => ({ code: 0, stdout: `${path}\n`, stderr: '' })));
    for (const name of names) expect(await readFile(join(path, name), 'utf8')).toBe(name);
    expect(existsSync(join(path, '.coppice-partial'))).toBe(false);
  });

  it('has a worktree where what Coppice keeps of the repository is damaged, or of a later version', async () => {
    const folder = await repository('damaged');
    await mkdir(join(folder, '.git', 'coppice'), { recursive: true });
    for (const [name, text] of [
      ['damaged', '{'],
      ['newer', '{"version":1000}'],
    ] as const) {
      await writeFile(join(folder, '.git', 'coppice', 'repository.json'), text);
      const path = join(folder, '.claude', 'worktrees', name);
      for (const _ of ['first', 'again'])
        expect(await session(folder, name)).toMatchObject({
          code: 0,
          stdout: `${path}\n`,
          stderr: expect.stringMatching(/plain one, .*repository\.json/),
        });
      expect(await world.gitIn(path, 'branch', '--show-current')).toBe(`worktree-${name}`);
    }
  });

  it('has a worktree where a variable of Coppice is none that it takes, which is told', async () => {
    const folder = await repository('variable');
    const made = await session(folder, 'x', { COPPICE_GATEWAY_PORT: '70000' });
    const path = join(folder, '.claude', 'worktrees', 'x');
    expect(made).toMatchObject({ code: 0, stdout: `${path}\n`, stderr: expect.stringContaining('GATEWAY_PORT') });
    expect(existsSync(join(path, '.git'))).toBe(true);
    // What needs a setting says so still.
    expect(await world.cli(['list'], { cwd: folder, env: { COPPICE_GATEWAY_PORT: '70000' } })).toMatchObject({
      code: 2,
    });
  });

  it('has a plain worktree in a repository that Coppice cannot work with, and removes it', async () => {
    const bare = join(world.folder, 'project', 'bare.git');
    const main = join(world.folder, 'project', 'main');
    await world.git('clone', '--quiet', '--bare', '.', bare);
    await world.gitIn(bare, 'worktree', 'add', '--quiet', '--detach', main);
    const path = join(main, '.claude', 'worktrees', 'a+b');
    for (const _ of ['first', 'again']) {
      const made = await session(main, 'a/b');
      expect(made).toMatchObject({ code: 0, stdout: `${path}\n`, stderr: expect.stringContaining('is bare') });
    }
    expect(await world.gitIn(path, 'branch', '--show-current')).toBe('worktree-a+b');
    const remove = { cwd: path, hook_event_name: 'WorktreeRemove', worktree_path: path };
    await writeFile(join(path, 'notes'), 'not saved');
    expect((await hook(remove, path)).code).not.toBe(0);
    expect(existsSync(join(path, 'notes'))).toBe(true);
    await world.gitIn(path, 'clean', '--quiet', '--force');
    expect(await hook(remove, path)).toMatchObject({ code: 0 });
    expect(existsSync(path)).toBe(false);
  });
});
