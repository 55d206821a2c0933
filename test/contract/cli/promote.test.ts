import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installFakeGh } from '../../support/fakeGh';
import { CliWorld } from './cliWorld';

interface Told {
  readonly kind: string;
  readonly obstacles: readonly { readonly kind: string }[];
  readonly overlaps: readonly { readonly worktree: string; readonly files: readonly string[] }[];
}

describe('coppice promote', { timeout: 240_000 }, () => {
  let world: CliWorld;
  const at = (name: string): string => join(world.folder, name);
  const commit = async (name: string, file: string, text: string): Promise<void> => {
    await writeFile(join(at(name), file), text);
    await world.gitIn(at(name), 'add', '--all');
    await world.gitIn(at(name), 'commit', '--quiet', '-m', `${file} of ${name}`);
  };
  beforeAll(async () => {
    world = await CliWorld.create();
    for (const name of ['one', 'two', 'three'])
      await world.git('worktree', 'add', '--quiet', '-b', name, join(world.folder, name));
  }, 120_000);
  afterAll(() => world.dispose());

  it('says what it would do, what other attempts have changed as well, and what stands in the way', async () => {
    await commit('one', 'a.txt', 'one\n');
    await commit('two', 'a.txt', 'two\n');
    await writeFile(join(at('three'), 'a.txt'), 'not committed\n');
    const before = await world.everything();
    const told = await world.json<Told>(['promote', 'one', '--dry-run']);
    expect(told).toMatchObject({
      ...{ branch: 'one', base: 'main', kind: 'fastForward', commits: 1, conflicts: [], path: world.repository },
      ...{ obstacles: [], files: [{ path: 'a.txt', added: 1, removed: 0 }] },
      overlaps: [
        { worktree: 'three', files: ['a.txt'] },
        { worktree: 'two', files: ['a.txt'] },
      ],
    });
    const text = await world.cli(['promote', 'one', '--dry-run', '--drop', 'two']);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toContain('1 file is also changed in two: a.txt\n');
    expect(text.stdout).toMatch(/^The worktree two is deleted; its branch stays\.$/m);
    expect(await world.everything()).toEqual(before);
    // What is not committed is not part of it, and nobody is left to think that it was.
    const refused = await world.cli(['promote', 'three']);
    expect(refused).toMatchObject({ code: 9, stdout: '' });
    expect(refused.stderr).toContain('three was not taken into main. 1 file in ');
    expect(refused.stderr).toContain('--committed-only');
    expect(await world.everything()).toEqual(before);
  });

  it('refuses what it cannot mean', async () => {
    expect(await world.cli(['promote', 'main'])).toMatchObject({ code: 2 });
    expect(await world.cli(['promote', 'nobody'])).toMatchObject({ code: 8 });
    expect(await world.cli(['promote', 'one', '--into', 'nobody'])).toMatchObject({ code: 8 });
    expect(await world.cli(['promote', 'one', '--drop', 'main'])).toMatchObject({ code: 2 });
    expect(await world.cli(['promote', 'one', '--drop', 'nobody'])).toMatchObject({ code: 8 });
    await world.gitIn(at('three'), 'switch', '--quiet', '--detach');
    const detached = await world.cli(['promote', at('three')]);
    expect(detached).toMatchObject({ code: 2, stderr: expect.stringContaining('git switch -c BRANCH') as string });
    await world.gitIn(at('three'), 'switch', '--quiet', 'three');
  });

  it('drops nothing and merges nothing where a drop would lose work', async () => {
    const before = await world.everything();
    const result = await world.cli(['promote', 'one', '--drop', 'three', '--json']);
    expect(result.code).toBe(9);
    expect(JSON.parse(result.stdout)).toMatchObject({
      error: {
        message: 'Nothing was done: to drop three would lose 1 untracked file.',
        losses: [{ kind: 'untracked' }],
      },
    });
    expect(await world.everything()).toEqual(before);
  });

  it.skipIf(process.platform === 'win32')('pushes nothing unasked, and opens a pull request then', async () => {
    const origin = join(world.folder, 'origin.git');
    await world.git('clone', '--quiet', '--bare', '.', origin);
    await world.git('remote', 'add', 'elsewhere', origin);
    await world.git('config', 'remote.pushDefault', 'elsewhere');
    const gh = await installFakeGh(world.folder);
    const env = { PATH: [gh.bin, world.env['PATH']].join(delimiter) };
    await commit('one', 'b.txt', 'one\n');
    const tip = await world.gitIn(at('one'), 'rev-parse', 'HEAD');
    const main = await world.git('rev-parse', 'main');
    const pushed = (): Promise<string> => world.gitIn(origin, 'rev-parse', 'one');
    const before = await pushed();
    expect(await world.cli(['promote', 'one', '--pull-request'], { env })).toMatchObject({
      code: 9,
      stderr: expect.stringContaining('--yes answers it') as string,
    });
    expect(await pushed()).toBe(before);
    expect(await world.json(['promote', 'one', '--pull-request', '--yes'], { env })).toMatchObject({
      pullRequest: { remote: 'elsewhere', url: 'https://github.com/o/r/pull/7' },
    });
    expect([await pushed(), await world.git('rev-parse', 'main')]).toEqual([tip, main]);
    expect((await gh.calls()).map(([, verb]) => verb)).toEqual(['list', 'list', 'list', 'create']);
    await world.gitIn(at('one'), 'reset', '--quiet', '--hard', 'HEAD~');
    await world.git('remote', 'remove', 'elsewhere');
  });

  it('merges, drops what it was told to, and says the way back', async () => {
    const from = await world.git('rev-parse', 'main');
    const done = await world.cli(['promote', 'one', '--drop', 'three', '--discard', 'untracked']);
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toMatch(
      /^main has one now: 1 commit, fast-forward [0-9a-f]{7}\.\nthree: worktree deleted, branch kept/,
    );
    expect(await readFile(join(world.repository, 'a.txt'), 'utf8')).toBe('one\n');
    expect(await world.git('status', '--porcelain')).toBe('');
    expect(await world.git('worktree', 'list', '--porcelain')).not.toContain(at('three'));
    const undo = /To go back: git (.*)$/m.exec(done.stderr)?.[1]?.split(' ') ?? [];
    await world.git(...undo);
    expect(await world.git('rev-parse', 'main')).toBe(from);
    // Done again it is the same, and there is nothing left to do then.
    expect(await world.json(['promote', 'one'])).toMatchObject({ kind: 'fastForward', from });
    expect(await world.json(['promote', 'one'])).toMatchObject({ kind: 'none', undo: null });
  });

  it('names the files of a conflict, and changes nothing', async () => {
    const before = await world.everything();
    const result = await world.cli(['promote', 'two']);
    expect(result).toMatchObject({ code: 9, stdout: '' });
    expect(result.stderr).toContain('two and main are in conflict: a.txt. Merge main into two first');
    expect(await world.everything()).toEqual(before);
    // An attempt that was settled is joined, and may go itself: its commits are in the base then.
    await world.gitIn(at('two'), 'merge', '--quiet', '--strategy-option=ours', 'main');
    await world.git('commit', '--quiet', '--allow-empty', '-m', 'meanwhile');
    const joined = await world.json<{ to: string }>(['promote', 'two', '--drop', 'two']);
    expect(joined).toMatchObject({ kind: 'merge', dropped: [{ branch: 'two', outcome: 'removed' }] });
    expect(await world.git('rev-parse', 'main')).toBe(joined.to);
    expect(await readFile(join(world.repository, 'a.txt'), 'utf8')).toBe('two\n');
  });
});
