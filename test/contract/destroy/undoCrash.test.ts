import type * as FileSystem from 'node:fs/promises';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Git } from '../../../src/adapters/git/program/git';
import { DestroyWorld } from './destroyWorld';

/** What is done to the disk, one after the other; from the one on that is to be the last nothing happens any more, as after a kill. */
const steps = vi.hoisted(() => {
  const done: string[] = [];
  let last = Number.POSITIVE_INFINITY;
  let isCounted = false;
  return {
    /** Until `end`, at most so many steps take effect. */
    begin(most: number): void {
      done.length = 0;
      last = most;
      isCounted = true;
    },
    end(): readonly string[] {
      isCounted = false;
      return [...done];
    },
    take(step: string): void {
      if (!isCounted) return;
      if (done.length >= last) throw new Error('killed');
      done.push(step);
    },
  };
});

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof FileSystem>();
  const changing = [
    'rename',
    'link',
    'mkdir',
    'rm',
    'rmdir',
    'writeFile',
    'copyFile',
    'unlink',
    'symlink',
    'chmod',
  ] as const;
  const counted = Object.fromEntries(
    changing.map((name) => [
      name,
      async (...given: unknown[]) => {
        steps.take(name);
        return (real[name] as (...all: unknown[]) => unknown)(...given);
      },
    ]),
  );
  const open = async (...given: Parameters<typeof real.open>) => {
    if (String(given[1] ?? 'r') !== 'r') steps.take('open');
    return real.open(...given);
  };
  return { ...real, ...counted, open };
});

const run = Git.prototype.run;

describe('a worktree whose delete, or whose undo, is killed after any step', { timeout: 300_000 }, () => {
  let world: DestroyWorld;
  let before: object;

  beforeEach(async () => {
    vi.spyOn(Git.prototype, 'run').mockImplementation(function (this: Git, folder, argv, options) {
      if (
        ['update-ref', 'config', 'mktree', 'commit-tree', 'worktree'].some((each) => argv.includes(each)) &&
        !argv.includes('--list') &&
        !argv.includes('list')
      )
        steps.take(`git ${argv.find((each) => !each.startsWith('-') && !each.includes('=')) ?? ''}`);
      return run.call(this, folder, argv, options);
    });
    world = await DestroyWorld.create();
    const { git, folder } = world;
    await git.write('info/exclude', '.env\n', join(git.root, '.git'));
    await git.commit('file', 'one\n', 'only here', folder);
    await git.commit('file', 'two\n', 'replaced', folder);
    await git.in(folder, 'commit', '--quiet', '--amend', '-m', 'better');
    await git.write('staged', 'staged alone', folder);
    await git.in(folder, 'add', 'staged');
    await git.write('staged', 'and changed', folder);
    await git.write('.env', 'SECRET=1', folder);
    await symlink('/nowhere', join(folder, 'link'));
    await git.git('config', 'branch.topic.description', 'What it is for');
    before = await world.whole();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await world.dispose();
  });

  const accepted = ['uncommitted', 'untracked', 'ignored', 'unpushed', 'database'] as const;

  /** @returns the steps that took effect */
  const killedAfter = async (most: number, work: () => Promise<unknown>): Promise<readonly string[]> => {
    steps.begin(most);
    await work().catch(() => undefined);
    world.locks.abandonAll();
    const done = steps.end();
    // Of a process that has ended they are taken over; this one goes on.
    await rm(join(world.git.root, '.git', 'coppice', 'locks'), { recursive: true, force: true });
    return done;
  };

  /** What a person may do before the next try, and git by itself. */
  const clearUp = async (isDeleted: boolean): Promise<void> => {
    await world.git.git('worktree', 'list');
    // Of one that is not deleted yet it takes the registration, as of any whose folder is away.
    if (isDeleted) await world.git.git('worktree', 'prune', '--expire=now');
    await world.git.git('prune', '--expire=now');
  };

  const all = Number.POSITIVE_INFINITY;

  it('is deleted by the next delete, and whole again after an undo', async () => {
    const enumerated = await killedAfter(all, () => world.delete(accepted));
    expect(enumerated.filter((step) => step === 'rename').length).toBeGreaterThanOrEqual(3);
    expect(enumerated).toEqual(expect.arrayContaining(['link', 'git update-ref', 'git commit-tree', 'git config']));
    expect(enumerated.slice(enumerated.lastIndexOf('link'))).toEqual(
      expect.arrayContaining(['writeFile', 'rename', 'git update-ref']),
    );
    await world.undo();
    expect(await world.whole()).toEqual(before);
    for (let most = 0; most < enumerated.length; most++) {
      const at = `killed after ${most} steps: ${enumerated.slice(0, most).join(', ')}`;
      await killedAfter(most, () => world.delete(accepted));
      const [kept] = await world.worktrees.deleted(await world.repository());
      await clearUp(kept !== undefined);
      if (kept) {
        // It was deleted: only the branch may be left.
        expect(await world.worktree(), at).toBeUndefined();
        await world.finishDelete();
      } else {
        expect(await world.worktree(), at).toBeDefined();
        await world.delete(accepted);
      }
      expect(await world.git.git('branch', '--list', 'topic'), at).toBe('');
      await world.undo();
      expect(await world.whole(), at).toEqual(before);
      expect(await world.trash(), at).toEqual([]);
    }
  });

  it('is brought back by the next undo', async () => {
    await world.delete(accepted);
    const enumerated = await killedAfter(all, () => world.undo());
    expect(enumerated).toEqual(expect.arrayContaining(['git update-ref', 'link', 'git config', 'rename', 'rm']));
    expect(await world.whole()).toEqual(before);
    for (let most = 0; most < enumerated.length; most++) {
      const at = `killed after ${most} steps: ${enumerated.slice(0, most).join(', ')}`;
      await world.delete(accepted);
      await killedAfter(most, () => world.undo());
      const [kept] = await world.worktrees.deleted(await world.repository());
      await clearUp(kept !== undefined);
      if (kept) await world.undo();
      const { refs: _, ...rest } = (await world.whole()) as Record<string, unknown>;
      expect(before, at).toMatchObject(rest);
      // What is left of the entry of an undo that was done leads nowhere, and goes with the next sweep.
      await world.forgetEmpty();
      expect(await world.whole(), at).toEqual(before);
      expect(await world.trash(), at).toEqual([]);
    }
  });
});
