import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DestroyWorld } from '../destroy/destroyWorld';

describe('a program that goes on in a folder whose worktree was deleted', { timeout: 60_000 }, () => {
  let world: DestroyWorld;
  let other: string;
  beforeEach(async () => {
    world = await DestroyWorld.create();
    await world.git.commit('file', 'old', 'of the old one', world.folder);
    other = join(world.git.folder, 'elsewhere', 'topic');
  });
  afterEach(() => world.dispose());

  const entry = async (): Promise<string> => {
    const [name = ''] = await world.trash();
    return join(world.git.root, '.git', 'coppice-trash', name);
  };
  const goesOn = async (folder: string): Promise<void> => {
    await world.git.write('file', 'agent', folder);
    for (const argv of [
      ['add', '-A'],
      ['commit', '--quiet', '-m', 'lost its way'],
      ['reset', '--soft', 'HEAD~1'],
    ])
      await expect(world.git.in(folder, ...argv)).rejects.toThrow(/not a git repository/);
  };

  it('commits nothing onto the branch of the next worktree that git calls so', async () => {
    await world.delete(['unpushed']);
    await world.git.git('worktree', 'add', '--quiet', '-b', 'next', other);
    expect(await readFile(join(other, '.git'), 'utf8')).toMatch(/worktrees\/topic\n$/);
    const heads = await world.git.git('for-each-ref', 'refs/heads');
    await goesOn(join(await entry(), 'folder'));
    expect(await world.git.git('for-each-ref', 'refs/heads')).toBe(heads);
    expect(await world.git.in(other, 'status', '--porcelain')).toBe('');
    await world.git.write('file', 'old', join(await entry(), 'folder'));

    await world.undo();
    expect(await readFile(join(world.folder, '.git'), 'utf8')).toMatch(/worktrees\/topic1\n$/);
    expect(await world.git.in(world.folder, 'log', '-1', '--format=%s %D')).toBe('of the old one HEAD -> topic');
    expect(await world.git.in(world.folder, 'status', '--porcelain')).toBe('');
    expect(await world.trash()).toEqual([]);
  });

  it('does not either where the delete was cut off before, once it was swept', async () => {
    await world.delete(['unpushed']);
    const path = await entry();
    // As it is in the moment after the registration was moved.
    await rename(join(path, 'gitfile'), join(path, 'folder', '.git'));
    await rename(join(path, 'folder'), path.replace(/\.deleted$/, ''));
    await world.sweep(24);
    expect((await readdir(path)).sort()).toEqual(['folder', 'gitfile', 'record.json', 'reflog', 'registration']);
    await world.sweep(24);
    await goesOn(join(path, 'folder'));
    await world.undo();
    expect(await world.git.in(world.folder, 'log', '-1', '--format=%s %D')).toBe('of the old one HEAD -> topic');
  });

  it('keeps the repository that somebody made there: it is to be moved away first', async () => {
    await world.delete(['unpushed']);
    const made = join(await entry(), 'folder', '.git');
    await rm(made);
    await mkdir(made);
    await expect(world.undo()).rejects.toMatchObject({ code: 'conflict' });
    expect(await world.git.git('branch', '--list', 'topic')).toBe('');
    await rename(made, join(world.git.folder, 'moved'));
    await world.undo();
    expect(await world.git.in(world.folder, 'status', '--porcelain')).toBe('');
  });
});
