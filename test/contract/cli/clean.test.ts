import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreatedJson } from './cliJson';
import { CliWorld } from './cliWorld';

interface ListedJson {
  days: number;
  worktrees: {
    name: string;
    path: string;
    bytes: number;
    usedAt: string;
    commits: { kind: string; words: string };
    protections: { kind: string; words: string }[];
    proposed: boolean;
  }[];
}

describe('cleaning up', { timeout: 60_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
  }, 60_000);
  afterAll(() => world.dispose());

  const path = (name: string): string => join(world.folder, 'place', name);
  const add = (name: string) => world.git('worktree', 'add', '--quiet', '-b', name, path(name));
  /** By name: why each stays, and whether it is proposed. */
  const listed = async (...options: string[]): Promise<Record<string, string[] | 'proposed'>> => {
    const { worktrees } = await world.json<ListedJson>(['clean', ...options]);
    return Object.fromEntries(
      worktrees.map(({ name, protections, proposed }) => [
        name,
        proposed ? 'proposed' : protections.map(({ kind }) => kind),
      ]),
    );
  };

  it('proposes what nothing protects once it is old enough, and removes only that, with a yes; undo brings it back', async () => {
    await add('idle');
    await add('dirty');
    await writeFile(join(path('dirty'), 'draft.txt'), 'a thought');
    const before = await world.everything();

    expect(await listed()).toEqual({ main: ['main', 'here'], idle: [], dirty: ['untracked'] });
    expect(await listed('--older-than', '0')).toMatchObject({ idle: 'proposed', dirty: ['untracked'] });
    expect(await listed('--unprotected', '--merged')).toEqual({ idle: [] });
    const table = (await world.cli(['clean', '--older-than', '0'])).stdout;
    expect(table).toMatch(/^NAME +SIZE +UNUSED +AGE +COMMITS +ENVIRONMENT +STAYS BECAUSE$/m);
    expect(table).toMatch(/^idle +\S+ KiB +0 hours +0 hours +merged into main \(same commit\) +- +\(can go\)$/m);
    expect(table).toMatch(/^dirty .* 1 untracked file$/m);
    expect(table).toMatch(/^--yes removes 1 worktree, \S+ KiB\.$/m);
    const verdicts = await world.cli(['clean', '--dry-run', '--yes', '--older-than', '0']);
    expect(verdicts.stdout.split('\n')).toEqual([
      'main stays: the main worktree, this worktree',
      'dirty stays: 1 untracked file (draft.txt)',
      'idle goes: merged into main (same commit), unused for 0 hours',
      '',
    ]);
    expect(await world.cli(['clean', '--yes'])).toMatchObject({ code: 0, stdout: 'Nothing was removed.\n' });
    expect(await world.cli(['clean', 'dirty', '--yes'])).toMatchObject({
      code: 9,
      stdout: 'dirty: stays, 1 untracked file (draft.txt)\n',
    });
    expect(await world.everything()).toEqual(before);

    const cleaned = await world.cli(['clean', '--older-than', '0', '--yes']);
    expect(cleaned).toMatchObject({ code: 0 });
    expect(cleaned.stdout).toMatch(/^idle: worktree deleted, branch kept \("coppice undo idle" brings it back\)\n$/);
    expect(existsSync(path('idle'))).toBe(false);
    expect(existsSync(join(path('dirty'), 'draft.txt'))).toBe(true);
    expect(await world.cli(['undo', 'idle'])).toMatchObject({ code: 0 });
    expect(await world.everything()).toEqual(before);
  });

  it('removes what is named whenever it was used, and refuses names and numbers that are none', async () => {
    await add('named');
    const { worktrees } = await world.json<{ worktrees: unknown[] }>(['clean', 'named', '--yes']);
    expect(worktrees).toMatchObject([{ name: 'named', outcome: 'removed', worktree: 'deleted' }]);
    expect(await world.cli(['clean', 'nothing', '--yes'])).toMatchObject({ code: 8 });
    expect(await world.cli(['clean', '--older-than', 'a week'])).toMatchObject({ code: 2 });
    expect(await world.cli(['clean', 'main', '--merged'])).toMatchObject({ code: 2 });
    expect(await listed('main')).toEqual({ main: ['main', 'here'] });
  });

  it('names the refs by which commits stay that nothing else has', async () => {
    const detached = async (name: string): Promise<void> => {
      await world.git('worktree', 'add', '--quiet', '--detach', path(name));
      await writeFile(join(path(name), name), 'new');
      await world.gitIn(path(name), 'add', name);
      await world.gitIn(path(name), 'commit', '--quiet', '--message', name);
      await world.git('commit', '--quiet', '--allow-empty', '--message', `before ${name}`);
      await world.git('cherry-pick', await world.gitIn(path(name), 'rev-parse', 'HEAD'));
    };
    await detached('picked');
    const { code, stderr } = await world.cli(['clean', path('picked'), '--yes']);
    expect(code).toBe(0);
    const [, ref = ''] =
      /^! \S+picked: Commits that nothing else has stay at (refs\/coppice\/\S+)\.$/m.exec(stderr) ?? [];
    expect(await world.git('log', '-1', '--format=%s', ref)).toBe('picked');
    await detached('again');
    const { worktrees } = await world.json<{ worktrees: unknown[] }>(['clean', path('again'), '--yes']);
    expect(worktrees).toMatchObject([{ outcome: 'removed', recovery: [expect.stringMatching(/^refs\/coppice\//)] }]);
  });

  it('leaves the worktree in which it is called, and one whose database has rows of its own', async () => {
    const { path: folder, url } = await world.json<CreatedJson>(['create', 'work']);
    const { worktrees } = await world.json<ListedJson>(['clean', '--older-than', '0'], { cwd: folder });
    const work = worktrees.find(({ name }) => name === 'work');
    // Its services run in its folder, and are no programs of anybody's; its worker writes from its start on.
    expect(work?.protections.map(({ kind }) => kind)).toEqual(['here', 'database']);
    expect(await listed('--environment-only')).toEqual({ work: ['database'] });
    // Whoever looks at its page has used it, though nothing of its files says so.
    const usedAt = async (): Promise<number> => {
      const { worktrees: rows } = await world.json<ListedJson>(['clean', 'work']);
      return Date.parse(rows[0]?.usedAt ?? '');
    };
    const unused = await usedAt();
    expect(await usedAt()).toBe(unused);
    expect((await world.fetch(url ?? '')).status).toBe(200);
    expect(await usedAt()).toBeGreaterThan(unused);

    const before = await world.everything();
    expect(await world.cli(['clean', 'work', '--yes'])).toMatchObject({ code: 9 });
    expect(await world.everything()).toEqual(before);
  });
});
