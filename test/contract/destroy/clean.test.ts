import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CleanupOutcome } from '../../../src/app/cleanup/cleanUp';
import type { CleanupRow } from '../../../src/app/cleanup/cleanupRow';
import { until } from '../../support/until';
import { DestroyWorld } from './destroyWorld';
import { states } from './states';
import { undone } from './undone';

const run = promisify(execFile);

/** What protects it, by the names that a delete has for it. */
function kinds(of: Pick<CleanupRow, 'protections'> | CleanupOutcome | undefined): string[] {
  const protections = of !== undefined && 'protections' in of ? of.protections : [];
  return protections.map((each) => (each.kind === 'loss' ? each.loss.kind : each.kind)).sort();
}

/** The state of the worktree of `topic` in a list. */
async function rowOf(world: DestroyWorld, daysLater?: number): Promise<CleanupRow> {
  const { rows } = await world.listCleanup({}, daysLater);
  const row = rows.find(({ worktree }) => worktree.path === world.folder);
  if (!row) throw new Error('the worktree is not listed');
  return row;
}

describe('garbage collection of the states of the destroy matrix', { timeout: 120_000 }, () => {
  it.concurrent.each(states.map((state) => [state.name, state] as const))('%s', async (_name, state) => {
    const world = await DestroyWorld.create({ origin: state.origin ?? false });
    try {
      await state.bring(world.place);
      const before = await world.everything();
      const row = await rowOf(world);
      expect(await world.everything(), 'a list changes nothing').toEqual(before);
      expect(kinds(row)).toEqual([...state.losses].sort());
      if (state.losses.length > 0) {
        expect(row.isProposed).toBe(false);
        // Also where a person said yes to it, and where its environment could go.
        const outcome = await world.clean();
        expect(outcome?.kind).toBe('kept');
        expect(kinds(outcome)).toEqual([...state.losses].sort());
        expect(await world.everything()).toEqual(before);
        return;
      }
      // What nobody can tell the last use of is proposed to nobody.
      expect(row.isProposed).toBe(existsSync(world.folder));
      const whole = await world.whole();
      expect(await world.clean()).toMatchObject({ kind: 'removed', result: { worktree: 'deleted' } });
      expect(await world.left()).toEqual([]);
      expect(existsSync(world.folder)).toBe(false);
      await undone(world, state);
      expect(await world.whole()).toEqual(whole);
    } finally {
      await world.dispose();
    }
  });
});

describe('garbage collection of what is not as git has it', { timeout: 60_000 }, () => {
  let world: DestroyWorld;
  beforeEach(async () => {
    world = await DestroyWorld.create();
  });
  afterEach(() => world.dispose());

  /** Listed and left, with a yes as well. */
  async function stays(...found: string[]): Promise<void> {
    const before = await world.everything();
    expect(kinds(await rowOf(world))).toEqual(found);
    expect(kinds(await world.clean())).toEqual(found);
    expect(await world.everything()).toEqual(before);
  }

  it('leaves a link in the place of the folder, and what it leads to', async () => {
    const real = join(world.git.folder, 'real');
    await rename(world.folder, real);
    await symlink(real, world.folder, 'junction');
    await stays('refused');
    expect(existsSync(join(real, 'readme'))).toBe(true);
  });

  it('leaves another repository in the place of the folder', async () => {
    await rm(world.folder, { recursive: true });
    await world.git.git('clone', '--quiet', '.', world.folder);
    await stays('refused');
  });

  it('leaves a worktree that was moved without git', async () => {
    await rename(world.folder, join(world.git.folder, 'moved'));
    await stays('refused');
    expect(existsSync(join(world.git.folder, 'moved', 'readme'))).toBe(true);
  });

  it('leaves a locked worktree whose folder is absent, and its environment: its disk may come back', async () => {
    await world.git.git('worktree', 'lock', '--reason', 'on a stick', world.folder);
    await rename(world.folder, join(world.git.folder, 'stick'));
    await rm(join(world.git.folder, 'stick'), { recursive: true });
    await stays('locked');
    expect(await world.left()).toEqual(['worktree-topic', 'wt_topic']);
  });

  it('leaves a worktree whose record nobody can read', async () => {
    await writeFile(join(world.place.gitDir, 'coppice.json'), '{');
    await stays('refused');
  });

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'leaves what is mounted in the folder, counts none of it, and goes nowhere into it',
    async (context) => {
      const outside = join(world.git.folder, 'outside');
      await mkdir(outside);
      await writeFile(join(outside, 'precious'), 'x'.repeat(100_000));
      await world.git.write('info/exclude', 'build\n', join(world.git.root, '.git'));
      const data = join(world.folder, 'build', 'data');
      await mkdir(data, { recursive: true });
      const isMounted = await run('mount', ['--bind', outside, data]).then(
        () => true,
        () => false,
      );
      if (!isMounted) return context.skip();
      try {
        await stays('refused');
        expect((await rowOf(world)).size?.bytes).toBeLessThan(100_000);
      } finally {
        await run('umount', [data]);
      }
      expect(existsSync(join(outside, 'precious'))).toBe(true);
    },
  );
});

describe('a cleanup', { timeout: 60_000 }, () => {
  let world: DestroyWorld;
  const running: ChildProcess[] = [];
  beforeEach(async () => {
    world = await DestroyWorld.create();
  });
  afterEach(async () => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
    await world.dispose();
  });

  it('leaves the main worktree, and the one in which somebody asks', async () => {
    const { rows } = await world.listCleanup({ here: [join(world.folder, 'deep', 'inside')] });
    expect(rows.map(kinds)).toEqual([['main'], ['here']]);
    expect(kinds(await world.clean({ here: [world.folder] }))).toEqual(['here']);
    expect(kinds(await world.clean({ paths: [world.git.root] }))).toEqual(['main']);
    expect(existsSync(join(world.folder, 'readme'))).toBe(true);
  });

  it('proposes what was used long ago only, and looks again when it removes it', async () => {
    expect((await rowOf(world, 6)).isProposed).toBe(false);
    expect((await rowOf(world, 8)).isProposed).toBe(true);
    expect(kinds(await world.clean({ days: 7 }, 6))).toEqual(['used']);
    expect(existsSync(join(world.folder, 'readme'))).toBe(true);
    expect(await world.clean({ days: 7 }, 8)).toMatchObject({ kind: 'removed' });
  });

  it('takes what an undo has brought back for used', async () => {
    const before = (await rowOf(world)).usedAt ?? 0;
    await world.delete([]);
    // Later than all that was, by the clock of this file system.
    const probe = join(world.git.folder, 'probe');
    const laterAt = await until(async () => {
      await writeFile(probe, '');
      const { ctimeMs } = await stat(probe);
      return ctimeMs > before ? ctimeMs : undefined;
    });
    await world.undo();
    expect((await rowOf(world)).usedAt).toBeGreaterThanOrEqual(laterAt);
  });

  it('leaves another worktree at the path of one that somebody said yes to, and one that has moved on', async () => {
    const seen = [await rowOf(world)];
    await world.git.in(world.folder, 'commit', '--quiet', '--allow-empty', '--message', 'on');
    await world.git.git('merge', '--quiet', 'topic');
    expect(kinds(await rowOf(world))).toEqual([]);
    expect(kinds(await world.clean({ seen }))).toEqual(['used']);
    const again = [await rowOf(world)];
    await world.git.git('worktree', 'remove', '--force', world.folder);
    await world.git.git('worktree', 'add', '--quiet', '-b', 'another', world.folder);
    expect(kinds(await rowOf(world))).toEqual([]);
    expect(kinds(await world.clean({ seen: again }))).toEqual(['used']);
    expect(existsSync(join(world.folder, 'readme'))).toBe(true);
    expect(await world.clean({ seen: [await rowOf(world)] })).toMatchObject({ kind: 'removed' });
  });

  it('starts no database server to list, and looks at the database before it removes', async () => {
    const { databases } = world;
    const changes = databases.changes.bind(databases);
    let looks = 0;
    // The server does not run; whoever asks for changes starts it.
    databases.isKept = (async () => undefined) as never;
    databases.changes = async (...asked) => {
      looks++;
      return changes(...asked);
    };
    databases.written.set('wt_topic', [{ table: 'notes', rows: 1 }]);
    expect(await rowOf(world)).toMatchObject({ protections: [], untold: ['database'], isProposed: true });
    expect(looks).toBe(0);
    expect(kinds(await world.clean())).toEqual(['database']);
    expect(looks).toBeGreaterThan(0);
    expect(await world.left()).toEqual(['worktree-topic', 'wt_topic']);
  });

  it('uses nothing when it looks', async () => {
    // Of one that Coppice makes the index is written anew a moment later.
    const plain = join(world.git.folder, 'plain');
    await world.git.git('worktree', 'add', '--quiet', '-b', 'plain', plain);
    const usedAt = async () => (await world.listCleanup()).rows.find(({ worktree }) => worktree.path === plain)?.usedAt;
    const before = await usedAt();
    expect(before).toBeGreaterThan(0);
    expect(await usedAt()).toBe(before);
  });

  it.each<[string, string[], () => Promise<unknown>]>([
    ['a file that is written', ['untracked'], () => writeFile(join(world.folder, 'draft'), 'precious')],
    ['a commit', ['unpushed'], () => world.git.commit('file', '', 'work', world.folder)],
    ['a row', ['database'], async () => world.databases.written.set('wt_topic', [{ table: 'notes', rows: 1 }])],
  ])('leaves all to %s between its last look and its delete', async (_, found, act) => {
    world.beforeDelete = act;
    expect(kinds(await world.clean())).toEqual(found);
    expect(await world.left()).toEqual(['worktree-topic', 'wt_topic']);
    expect(existsSync(join(world.folder, 'readme'))).toBe(true);
  });

  it('leaves commits of a branch that stays, and that nothing else has; a delete does not ask about them', async () => {
    await world.git.git('branch', 'existing');
    await world.git.in(world.folder, 'switch', '--quiet', 'existing');
    await world.git.commit('file', '', 'work', world.folder);
    expect(kinds(await rowOf(world))).toEqual(['unpushed']);
    await world.git.git('branch', 'another', 'existing');
    expect(kinds(await rowOf(world))).toEqual(['local']);
    expect(kinds(await world.clean())).toEqual(['local']);
    await world.git.addOrigin();
    expect((await rowOf(world)).branch).toMatchObject({ kind: 'pushed' });
    expect(await world.clean()).toMatchObject({ kind: 'removed', result: { branch: 'kept' } });
  });

  it('removes an environment alone where the worktree has work, and never one whose database has', async () => {
    await world.git.write('draft', 'precious', world.folder);
    expect(kinds((await world.listCleanup({ environmentOnly: true })).rows[0])).toEqual([]);
    world.databases.written.set('wt_topic', [{ table: 'notes', rows: 1 }]);
    expect(kinds(await world.clean({ environmentOnly: true }))).toEqual(['database']);
    expect(await world.left()).toEqual(['worktree-topic', 'wt_topic']);
    world.databases.written.clear();
    expect(await world.clean({ environmentOnly: true })).toMatchObject({ result: { worktree: 'kept' } });
    expect(await world.left()).toEqual([]);
    expect(await readFile(join(world.folder, 'draft'), 'utf8')).toBe('precious');
    expect((await world.listCleanup({ environmentOnly: true })).rows).toEqual([]);
  });

  it('leaves what a delete that was cut off has set aside, with what is in it', async () => {
    await world.git.write('draft', 'precious', world.folder);
    const worktree = await world.worktree();
    if (!worktree) throw new Error('no worktree');
    const { folder = '' } = await world.worktrees.setAside(await world.repository(), worktree, ['untracked']);
    expect(kinds(await rowOf(world))).toContain('underWay');
    expect(kinds(await world.clean())).toContain('underWay');
    expect(await readFile(join(folder, 'draft'), 'utf8')).toBe('precious');
  });

  it.runIf(process.platform === 'linux')('leaves a worktree that a program works in', async () => {
    await mkdir(join(world.folder, 'src'), { recursive: true });
    const child = spawn(process.execPath, ['-e', 'console.log("runs"); setInterval(() => {}, 1000)'], {
      cwd: join(world.folder, 'src'),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    running.push(child);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    expect((await rowOf(world)).protections).toEqual([
      { kind: 'program', programs: [{ pid: child.pid, name: expect.any(String) }] },
    ]);
    expect(kinds(await world.clean())).toEqual(['program']);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(await world.clean()).toMatchObject({ kind: 'removed' });
  });

  it('leaves what nobody can tell about while the cluster is away, and names what is in the folder all the same', async () => {
    await world.git.write('draft', 'x', world.folder);
    world.cluster.setAway('it does not answer');
    expect(kinds(await rowOf(world))).toEqual(['refused', 'untracked']);
  });
});
