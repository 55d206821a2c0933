import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, rmdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isAppError, lossKinds, type Loss } from '../../../src/core/errors';
import { asSomebody, trusted } from './asSomebody';
import { DestroyWorld } from './destroyWorld';

const run = promisify(execFile);
const isWhole = process.env['COPPICE_DESTROY'] === 'all';
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

/** What no name opens, until it is out of the way. */
interface Wall {
  readonly name: string;
  readonly needsRoot?: boolean;
  /** @returns what takes it out of the way; undefined: this system does not let it be made */
  readonly bring: (world: DestroyWorld) => Promise<(() => Promise<unknown>) | undefined>;
  readonly says: RegExp;
  readonly losses?: readonly Loss['kind'][];
}

const mounted = async (what: string, where: string): Promise<(() => Promise<unknown>) | undefined> => {
  try {
    await run('mount', ['--bind', what, where]);
    return () => run('umount', [where]);
  } catch {
    return undefined;
  }
};

const walls: readonly Wall[] = [
  {
    name: 'a folder that was moved by hand',
    says: /git worktree repair/,
    bring: async ({ git, folder }) => {
      await rename(folder, join(git.folder, 'mine'));
      return () => rename(join(git.folder, 'mine'), folder);
    },
  },
  {
    name: 'a link in the place of the folder',
    says: /is a link/,
    bring: async ({ git, folder }) => {
      const real = join(git.folder, 'real');
      await rename(folder, real);
      await symlink(real, folder, 'junction');
      return async () => {
        await rm(folder);
        await rename(real, folder);
      };
    },
  },
  {
    name: 'another repository in the place of the folder',
    says: /is not the worktree that git has registered there/,
    bring: async ({ git, folder }) => {
      const real = join(git.folder, 'real');
      await rename(folder, real);
      await trusted(git);
      await git.git('clone', '--quiet', '.', folder);
      return async () => {
        await rm(folder, { recursive: true });
        await rename(real, folder);
      };
    },
  },
  {
    name: 'a mount in an ignored folder',
    needsRoot: true,
    says: /is mounted there/,
    bring: async ({ git, folder }) => {
      const outside = join(git.folder, 'outside');
      await git.write('info/exclude', 'build\n', join(git.root, '.git'));
      await mkdir(outside);
      await writeFile(join(outside, 'precious'), 'x');
      await mkdir(join(folder, 'build', 'data'), { recursive: true });
      return mounted(outside, join(folder, 'build', 'data'));
    },
  },
  {
    name: 'a mount that is the folder',
    needsRoot: true,
    says: /is mounted there/,
    bring: ({ folder }) => mounted(folder, folder),
  },
  {
    name: 'a folder that nobody may look into',
    losses: ['untracked'],
    says: /cannot be looked into \(EACCES\)/,
    bring: async ({ git, folder }) => {
      await git.write('closed/precious', 'the only one', folder);
      await chmod(join(folder, 'closed'), 0);
      return () => chmod(join(folder, 'closed'), 0o755);
    },
  },
  {
    name: 'a log of its HEAD that nobody may read',
    says: /logs.HEAD cannot be read \(EACCES\)/,
    bring: async ({ place }) => {
      const log = join(place.gitDir, 'logs', 'HEAD');
      await chmod(log, 0);
      return () => chmod(log, 0o644);
    },
  },
  {
    name: "a folder of its submodules' repositories that nobody may look into",
    says: /modules cannot be looked into \(EACCES\)/,
    bring: async ({ place }) => {
      const modules = join(place.gitDir, 'modules');
      await mkdir(modules, { mode: 0 });
      return () => rmdir(modules);
    },
  },
];

describe('what no name opens', { timeout: isWhole ? 1_800_000 : 120_000 }, () => {
  const singles = lossKinds.map((kind) => [kind]);
  const accepted = [[], ...(isWhole ? singles : []), lossKinds];
  const ways = [...accepted.map((each) => ({ each, keepBranch: false })), { each: lossKinds, keepBranch: true }];

  it.runIf(process.platform !== 'win32').for(walls.map((wall) => [wall.name, wall] as const))(
    '%s',
    ([, wall], { skip }) =>
      asSomebody(wall.needsRoot === true, async () => {
        if (wall.needsRoot && !isRoot) skip('only root may mount');
        const world = await DestroyWorld.create();
        try {
          const lift = await wall.bring(world);
          if (!lift) return skip('nothing can be mounted here');
          try {
            const before = await world.everything();
            for (const { each, keepBranch } of ways) {
              const error: unknown = await world.delete(each, { keepBranch }).then(
                () => undefined,
                (reason: unknown) => reason,
              );
              if (!isAppError(error)) throw new Error(`not refused: ${each.join()}`, { cause: error });
              expect(error.code).not.toBe('bug');
              expect(error.losses).toEqual([]);
              expect(error.message).toMatch(wall.says);
              expect(await world.everything()).toEqual(before);
            }
            // Garbage collection: not proposed, and left where a person said yes to it.
            const { rows } = await world.listCleanup();
            const row = rows.find(({ worktree }) => worktree.path === world.folder);
            const protections = expect.arrayContaining([expect.objectContaining({ kind: 'refused' })]) as unknown;
            expect(row).toMatchObject({ isProposed: false, protections });
            expect(await world.clean()).toMatchObject({ kind: 'kept', protections });
            expect(await world.everything()).toEqual(before);
          } finally {
            await lift();
          }
          const whole = await world.whole();
          await world.delete(wall.losses ?? []);
          expect(existsSync(world.folder)).toBe(false);
          expect(await world.left()).toEqual([]);
          await world.undo();
          expect(await world.whole()).toEqual(whole);
        } finally {
          await world.dispose();
        }
      }),
  );

  it('a link to a precious folder is taken away, also for good, and what it leads to is left', async () => {
    const world = await DestroyWorld.create();
    try {
      const { git, folder } = world;
      const precious = join(git.folder, 'precious');
      await mkdir(precious);
      await writeFile(join(precious, 'one'), 'the only one');
      await git.write('info/exclude', 'build\n', join(git.root, '.git'));
      await mkdir(join(folder, 'build'));
      await symlink(precious, join(folder, 'build', 'link'), 'junction');
      await symlink(precious, join(folder, 'link'), 'junction');
      const whole = await world.whole();
      await expect(world.delete([])).rejects.toMatchObject({ losses: [{ kind: 'untracked', examples: ['link'] }] });
      await world.delete(['untracked']);
      await world.undo();
      expect(await world.whole()).toEqual(whole);
      await world.delete(['untracked']);
      // Seen twice to be due, an hour apart.
      for (const hoursLater of [25, 27]) await world.sweep(24, hoursLater);
      expect(await world.trash()).toEqual([]);
      world.keepHours = 0;
      await world.createEnvironment({ kind: 'branch', branch: 'topic' });
      await symlink(precious, join(folder, 'link'), 'junction');
      await world.delete(['untracked']);
      expect(await readFile(join(precious, 'one'), 'utf8')).toBe('the only one');
    } finally {
      await world.dispose();
    }
  });
});
