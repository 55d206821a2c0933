import type * as FileSystem from 'node:fs/promises';
import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Git } from '../../../src/adapters/git/program/git';
import { DestroyWorld } from './destroyWorld';

/** What a delete does to the disk, one after the other, and what somebody else does before one of it. */
const steps = vi.hoisted(() => {
  const done: string[] = [];
  let at = -1;
  let act: (() => Promise<unknown>) | undefined;
  return {
    begin(index: number, acting: () => Promise<unknown>): void {
      done.length = 0;
      at = index;
      act = acting;
    },
    end(): readonly string[] {
      act = undefined;
      at = -1;
      return [...done];
    },
    async take(step: string): Promise<void> {
      const acting = done.length === at ? act : undefined;
      if (acting) act = undefined;
      done.push(step);
      await acting?.();
    },
  };
});

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof FileSystem>();
  const counted = Object.fromEntries(
    (['rename'] as const).map((name) => [
      name,
      async (...given: unknown[]) => {
        await steps.take(name);
        return (real[name] as (...all: unknown[]) => unknown)(...given);
      },
    ]),
  );
  return { ...real, ...counted };
});

const run = Git.prototype.run;

describe('work that is done while a worktree is deleted', { timeout: 600_000 }, () => {
  let world: DestroyWorld;
  /** Before each change of the disk, and each look at it; before each other git, too, where all cells are asked for. */
  const isWhole = process.env['COPPICE_DESTROY'] === 'all';
  const asked = ['status', 'update-ref', 'commit-tree'];

  beforeEach(async () => {
    vi.spyOn(Git.prototype, 'run').mockImplementation(async function (this: Git, folder, argv, options) {
      const step = argv.find((each) => !each.startsWith('-') && !each.includes('=')) ?? '';
      // While git itself takes a worktree away nobody can be faster than its files.
      if ((isWhole || asked.includes(step)) && !argv.includes('remove')) await steps.take(`git ${step}`);
      return run.call(this, folder, argv, options);
    });
    world = await DestroyWorld.create();
    const keep = world.worktrees.keep.bind(world.worktrees);
    world.worktrees.keep = async (...given) => {
      await steps.take('all else is deleted');
      return keep(...given);
    };
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await world.dispose();
  });

  /** The folder where it is now. */
  const folders = async (): Promise<string[]> => {
    const trash = join(world.git.root, '.git', 'coppice-trash');
    const names = await readdir(trash).catch(() => []);
    return [world.folder, ...names.flatMap((name) => [join(trash, name), join(trash, name, 'folder')])].filter((each) =>
      existsSync(join(each, 'readme')),
    );
  };

  const commitNow = async (): Promise<string | undefined> => {
    for (const folder of await folders()) {
      const id = await world.git
        .in(folder, 'commit', '--quiet', '--allow-empty', '-m', 'racing')
        .then(() => world.git.in(folder, 'rev-parse', 'HEAD'))
        .catch(() => undefined);
      if (id !== undefined) return id;
    }
    return undefined;
  };

  it.each([
    ['on its branch', false, 24],
    ['on a detached HEAD', true, 24],
    ['on a detached HEAD, and nothing is kept', true, 0],
  ])('a commit %s is kept by a refusal, or by a ref, whenever it is made', async (_, isDetached, hours) => {
    world.keepHours = hours;
    const outcomes = new Set<string>();
    // First without anybody, to know how many moments there are.
    for (let index = -1, count = 0; index < count; index++) {
      if (!(await world.worktree())) await world.createEnvironment({ kind: 'branch', branch: 'topic' });
      await world.git.in(world.folder, 'reset', '--quiet', '--hard', 'main');
      await world.git.in(world.folder, 'checkout', '--quiet', ...(isDetached ? ['--detach', 'main'] : ['topic']));
      let id: string | undefined;
      steps.begin(index, async () => (id = await commitNow()));
      const error: unknown = await world.delete(['database']).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      const done = steps.end();
      count = Math.max(count, done.length);
      const at = done.slice(0, index + 1).join(', ');
      outcomes.add(`${error === undefined ? 'deleted' : 'refused'} ${id === undefined ? 'alone' : 'racing'}`);
      if (error !== undefined) {
        expect(error, at).toMatchObject({ code: 'conflict' });
        expect(await world.git.in(world.folder, 'rev-parse', 'HEAD'), at).toBe(id);
        // What could not be taken back before the last look is made anew.
        await world.createEnvironment({ kind: 'worktree', path: world.folder });
        continue;
      }
      if (id !== undefined) expect(await world.git.git('for-each-ref', '--contains', id), at).not.toBe('');
      if (hours === 0) continue;
      await world.undo();
      if (id !== undefined) expect(await world.git.in(world.folder, 'rev-parse', 'HEAD'), at).toBe(id);
      expect(await world.git.git('for-each-ref', 'refs/coppice'), at).toBe('');
      await world.createEnvironment({ kind: 'worktree', path: world.folder });
    }
    expect([...outcomes].sort()).toEqual(['deleted alone', 'deleted racing', 'refused racing']);
  });
});
