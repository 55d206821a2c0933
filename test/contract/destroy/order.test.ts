import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environmentLock } from '../../../src/app/run/withLock';
import { AppError } from '../../../src/core/errors';
import { DestroyWorld } from './destroyWorld';

const run = promisify(execFile);

describe('a delete that refuses', { timeout: 120_000 }, () => {
  let world: DestroyWorld;
  beforeEach(async () => {
    world = await DestroyWorld.create();
  });
  afterEach(() => world.dispose());

  const untouched = async (deleting: () => Promise<unknown>, error: object): Promise<void> => {
    const before = await world.everything();
    await expect(deleting()).rejects.toMatchObject(error);
    expect(await world.everything()).toEqual(before);
  };

  it('leaves everything for a link in the place of the folder, and follows it nowhere', async () => {
    const real = join(world.git.folder, 'real');
    await rename(world.folder, real);
    await symlink(real, world.folder, 'junction');
    await untouched(() => world.delete([]), { code: 'conflict', message: expect.stringContaining('is a link') });
    expect(existsSync(join(real, 'readme'))).toBe(true);
  });

  it('leaves everything for another repository in the place of the folder', async () => {
    await rm(world.folder, { recursive: true });
    await world.git.git('clone', '--quiet', '.', world.folder);
    await untouched(() => world.delete([]), { code: 'failed' });
  });

  it('leaves everything for a folder that was moved without git, and goes on once git knows', async () => {
    const moved = join(world.git.folder, 'elsewhere', 'mine');
    await mkdir(join(world.git.folder, 'elsewhere'));
    await rename(world.folder, moved);
    expect(await world.worktree()).toMatchObject({ movedTo: moved });
    const repair = `git worktree repair ${JSON.stringify(moved)}`;
    await untouched(() => world.delete([]), { code: 'conflict', message: expect.stringContaining(repair) });
    await world.git.git('worktree', 'repair', moved);
    await world.delete([], { path: moved });
    expect(existsSync(moved)).toBe(false);
    expect(await world.left()).toEqual([]);
  });

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'leaves everything for what is mounted in the folder, or is the folder',
    async (context) => {
      const outside = join(world.git.folder, 'outside');
      await mkdir(outside);
      await writeFile(join(outside, 'precious'), 'x');
      await world.git.write('info/exclude', 'build\n', join(world.git.root, '.git'));
      await mkdir(join(world.folder, 'build', 'data'), { recursive: true });
      for (const [what, where] of [
        [outside, join(world.folder, 'build', 'data')],
        [world.folder, world.folder],
      ] as const) {
        if (
          !(await run('mount', ['--bind', what, where]).then(
            () => true,
            () => false,
          ))
        )
          return context.skip();
        try {
          await untouched(() => world.delete([]), { code: 'conflict', message: expect.stringContaining('mounted') });
        } finally {
          await run('umount', [where]);
        }
      }
      expect(await readFile(join(outside, 'precious'), 'utf8')).toBe('x');
    },
  );

  it('has stopped the services, and says so, when they wrote a file at their end: the database is there', async () => {
    world.releases.onUninstall = () => writeFile(join(world.folder, 'last-words'), 'x');
    await expect(world.delete([])).rejects.toMatchObject({
      code: 'conflict',
      losses: [{ kind: 'untracked', count: 1, examples: ['last-words'] }],
      explanation: expect.stringContaining('Done before that: Uninstall the services.'),
    });
    expect(await world.left()).toEqual(['worktree-topic', 'wt_topic']);
    await world.delete(['untracked']);
    expect(await world.left()).toEqual([]);
  });

  it('has stopped the services when they wrote a row at their end: it is there', async () => {
    world.releases.onUninstall = () => void world.databases.written.set('wt_topic', [{ table: 'notes', rows: 1 }]);
    await expect(world.delete([])).rejects.toMatchObject({ losses: [{ kind: 'database' }] });
    expect(await world.left()).toEqual(['worktree-topic', 'wt_topic']);
    expect(existsSync(join(world.folder, 'readme'))).toBe(true);
  });

  it('puts the folder back when what cannot be taken back fails, and is finished by the next', async () => {
    const before = await world.everything();
    world.releases.onUninstall = () => {
      world.databases.failure = new AppError('unreachable', 'PostgreSQL does not answer.');
    };
    const deleting = world.delete(['database']);
    await expect(deleting).rejects.toMatchObject({
      code: 'unreachable',
      explanation: expect.stringContaining('Delete the namespace worktree-topic'),
    });
    const { files, refs, trash } = { ...before } as Record<string, unknown>;
    expect(await world.everything()).toMatchObject({ files, refs, trash });
    world.databases.failure = undefined;
    await world.delete([]);
    expect(await world.left()).toEqual([]);
  });

  it('asks for a database that cannot be asked, by the same name', async () => {
    world.databases.unknown = 'PostgreSQL does not answer.';
    await untouched(() => world.delete([]), {
      losses: [{ kind: 'database', examples: ['it cannot be told: PostgreSQL does not answer.'] }],
    });
    await world.delete(['database']);
    expect(await world.left()).toEqual([]);
  });

  it('asks for the database with the environment alone, and with one that no worktree claims', async () => {
    world.databases.written.set('wt_topic', [{ table: 'notes', rows: 1 }]);
    await untouched(() => world.delete([], { environmentOnly: true }), { losses: [{ kind: 'database' }] });
    await world.git.git('worktree', 'remove', '--force', world.folder);
    const orphan = (accepted: 'database'[]) => world.deleteOrphan('worktree-topic', accepted);
    await untouched(() => orphan([]), { losses: [{ kind: 'database' }] });
    await orphan(['database']);
    expect(await world.left()).toEqual([]);
  });
});

describe('a delete', { timeout: 120_000 }, () => {
  let world: DestroyWorld;
  beforeEach(async () => {
    world = await DestroyWorld.create();
  });
  afterEach(() => world.dispose());

  it('keeps a branch that another worktree has checked out, too', async () => {
    const other = join(world.git.folder, 'other');
    await world.git.git('worktree', 'add', '--quiet', '--force', other, 'topic');
    await world.git.commit('file', '', 'work', world.folder);
    expect(await world.delete([])).toMatchObject({ worktree: 'deleted', branch: 'kept' });
    expect(await world.git.in(other, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('topic');
  });

  it('that was cut off with the folder out of its place is finished by the next, which sees all of it', async () => {
    await world.git.write('draft', 'x', world.folder);
    const worktree = await world.worktree();
    if (!worktree) throw new Error('no worktree');
    await world.worktrees.setAside(await world.repository(), worktree, ['untracked']);
    expect(existsSync(world.folder)).toBe(false);
    await expect(world.delete([])).rejects.toMatchObject({ losses: [{ kind: 'untracked' }] });
    expect(await readFile(join(world.folder, 'draft'), 'utf8')).toBe('x');
    await world.delete(['untracked']);
    expect(await world.left()).toEqual([]);
  });

  it('that was cut off is finished with the folder that was set aside last, where an earlier one was pruned and its name given anew', async () => {
    const setAside = async (text: string): Promise<void> => {
      await world.git.write('draft', text, world.folder);
      const worktree = await world.worktree();
      if (!worktree) throw new Error('no worktree');
      await world.worktrees.setAside(await world.repository(), worktree, ['untracked']);
    };
    await setAside('earlier');
    await world.git.git('worktree', 'prune', '--expire=now');
    await world.git.git('worktree', 'add', '--quiet', world.folder, 'topic');
    await setAside('later');
    await expect(world.delete([])).rejects.toMatchObject({ losses: [{ kind: 'untracked' }] });
    expect(await readFile(join(world.folder, 'draft'), 'utf8')).toBe('later');
  });

  it('leaves what was only set aside, however old, where git has forgotten its worktree; what was decided about goes', async () => {
    await world.git.write('draft', 'the only one', world.folder);
    const worktree = await world.worktree();
    if (!worktree) throw new Error('no worktree');
    await world.worktrees.setAside(await world.repository(), worktree, ['untracked']);
    await world.git.git('worktree', 'prune', '--expire=now');
    const trash = join(world.git.root, '.git', 'coppice-trash');
    const [name = ''] = await readdir(trash);
    const old = name.replace(/^\d+/, '1');
    await rename(join(trash, name), join(trash, old));
    await mkdir(join(trash, `${old.replace('1', '2')}.decided`));
    await world.git.git('worktree', 'add', '--quiet', world.folder, 'topic');
    await world.delete(['untracked', 'unpushed', 'database']);
    await world.worktrees.sweep(await world.repository(), 0);
    expect((await readdir(trash)).filter((each) => !each.endsWith('.deleted'))).toEqual([old]);
    expect(await readFile(join(trash, old, 'draft'), 'utf8')).toBe('the only one');
  });

  it('leaves a branch alone that was there before and was switched to in a worktree of Coppice', async () => {
    await world.git.git('branch', 'existing');
    await world.git.in(world.folder, 'switch', '--quiet', 'existing');
    const identity = await world.createEnvironment({ kind: 'worktree', path: world.folder });
    expect(identity.createdBranch).toBe(false);
    expect(await world.delete([])).toMatchObject({ worktree: 'deleted', branch: 'kept' });
    expect(await world.git.git('branch', '--list', 'existing')).toContain('existing');
  });

  it('does not speak of a database where there is none', async () => {
    await world.dispose();
    world = await DestroyWorld.create({ hasDatabase: false });
    await world.delete([]);
    expect(world.reports.map(({ title }) => title).join()).not.toMatch(/database/i);
  });

  it('that is under way is what a create of its branch is told', async () => {
    const worktree = await world.worktree();
    const identity = worktree && (await world.identities.read(worktree));
    if (!identity) throw new Error('no environment');
    const create = () => world.createEnvironment({ kind: 'branch', branch: 'topic' });
    // Others than a delete hold it, too, and say as little of what is theirs.
    for (const what of ['topic is being deleted', 'a snapshot of its database is taken']) {
      const lock = await world.locks.acquire(environmentLock(identity.owner), what);
      const message = `The branch topic is checked out at ${world.folder}, where Coppice is at work: ${what}.`;
      await expect(create()).rejects.toMatchObject({ code: 'conflict', message });
      await lock.release();
    }
    await expect(create()).rejects.toMatchObject({ message: expect.stringContaining('is checked out at') });
  });

  it('names a locked worktree whose folder is absent as both', async () => {
    await world.git.git('worktree', 'lock', '--reason', 'on a stick', world.folder);
    await rm(world.folder, { recursive: true });
    expect(await world.worktree()).toMatchObject({ locked: 'on a stick', prunable: 'its folder is not there' });
  });
});
