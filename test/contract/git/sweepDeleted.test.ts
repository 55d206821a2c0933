import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DestroyWorld } from '../destroy/destroyWorld';

const run = promisify(execFile);

describe('sweeping what was deleted', { timeout: 60_000 }, () => {
  let world: DestroyWorld;
  beforeEach(async () => {
    world = await DestroyWorld.create();
    await world.git.commit('file', '', 'only here', world.folder);
    await world.delete(['unpushed']);
  });
  afterEach(() => world.dispose());

  const entry = async (): Promise<string> => {
    const [name = ''] = await world.trash();
    return join(world.git.root, '.git', 'coppice-trash', name);
  };
  const day = 24;
  const refs = () => world.git.git('for-each-ref', '--format=%(refname)', 'refs/coppice');

  it('takes it when it was due twice, an hour apart, and leaves the ref to its commits', async () => {
    for (const hours of [0, day - 1, day + 1, day + 1.5]) {
      await world.sweep(day, hours);
      expect(await world.trash()).toHaveLength(1);
    }
    await world.sweep(day, day + 2.1);
    expect(await world.trash()).toEqual([]);
    expect(await refs()).toMatch(/^refs\/coppice\/recovery\/\w+\/topic$/);
    expect(await world.git.git('log', '-1', '--format=%s', await refs())).toBe('only here');
    await expect(world.undo()).rejects.toMatchObject({ code: 'notFound' });
  });

  it('is not misled by a clock that is wrong once, in either direction', async () => {
    await world.sweep(day, 1000 * day);
    // Right again: what the wrong clock saw counts no more.
    await world.sweep(day, 1);
    await world.sweep(day, day + 1);
    await world.sweep(day, -1000 * day);
    await world.sweep(day, day + 1.1);
    expect(await world.trash()).toHaveLength(1);
    await world.undo();
  });

  it('takes none before the time that was told when it was deleted, whose setting ever sweeps, nor the moment it is seen', async () => {
    await world.undo();
    world.keepHours = 30 * day;
    await world.delete(['unpushed']);
    for (const hours of [2 * day, 3 * day, 30 * day - 1]) await world.sweep(day, hours);
    expect(await world.trash()).toHaveLength(1);
    await world.sweep(0, 30 * day + 1);
    await world.sweep(0, 30 * day + 1.5);
    expect(await world.trash()).toHaveLength(1);
    await world.sweep(0, 30 * day + 2);
    expect(await world.trash()).toEqual([]);
  });

  it('takes one, and brings one back, where its disk has another number since a restart', async () => {
    const renumber = async (): Promise<void> => {
      const record = join(await entry(), 'record.json');
      const text = await readFile(record, 'utf8');
      await writeFile(record, text.replace(/"folder": "\d+:/, '"folder": "12345:'));
      expect(await readFile(record, 'utf8')).not.toBe(text);
    };
    await renumber();
    // An undo that was cut off once the folder was in its place.
    await world.putBack(await entry());
    await world.undo();
    await world.delete(['unpushed']);
    await renumber();
    await twice();
    expect(await world.trash()).toEqual([]);
  });

  it('takes one of which an older Coppice has not written down for how long it is kept, by the setting', async () => {
    const record = join(await entry(), 'record.json');
    const { keepMs, ...older } = JSON.parse(await readFile(record, 'utf8')) as Record<string, unknown>;
    expect(keepMs).toBe(day * 3600_000);
    await writeFile(record, JSON.stringify(older));
    await world.sweep(1, 1.1);
    await world.sweep(1, 2.1);
    expect(await world.trash()).toEqual([]);
  });

  const twice = async (): Promise<void> => {
    await world.sweep(day, 2 * day);
    await world.sweep(day, 3 * day);
  };

  it('takes nothing that no delete has put there', async () => {
    const trash = join(world.git.root, '.git', 'coppice-trash');
    const precious = join(world.git.folder, 'precious');
    await mkdir(precious);
    await writeFile(join(precious, 'file'), 'x');
    await mkdir(join(trash, 'mine.deleted'));
    await symlink(precious, join(trash, '1-00000000-0000-0000-0000-000000000000.deleted'), 'junction');
    await twice();
    expect((await readdir(trash)).sort()).toEqual(['1-00000000-0000-0000-0000-000000000000.deleted', 'mine.deleted']);
    expect(existsSync(join(precious, 'file'))).toBe(true);
  });

  it.each<[string, (path: string) => Promise<unknown>]>([
    [
      'another folder in the place of the one that was deleted',
      async (path) => {
        await rename(join(path, 'folder'), join(world.git.folder, 'moved'));
        await mkdir(join(path, 'folder'));
      },
    ],
    [
      'a link in the place of it',
      async (path) => {
        await rename(join(path, 'folder'), join(world.git.folder, 'moved'));
        await symlink(join(world.git.folder, 'moved'), join(path, 'folder'), 'junction');
      },
    ],
    ['a file beside it', (path) => writeFile(join(path, 'notes'), 'x')],
    ['a record of a newer version', (path) => writeFile(join(path, 'record.json'), '{"version": 99}')],
    ['no record', (path) => rm(join(path, 'record.json'))],
    ['a folder that is back in its place', (path) => world.putBack(path)],
  ])('leaves an entry with %s', async (_what, change) => {
    await change(await entry());
    const before = await readdir(await entry(), { recursive: true });
    await twice();
    const now = await readdir(await entry(), { recursive: true });
    expect(now.filter((name) => name !== 'sighting.json')).toEqual(before);
  });

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'leaves what something is mounted in',
    async (context) => {
      const outside = join(world.git.folder, 'outside');
      const where = join(await entry(), 'folder', 'data');
      await mkdir(outside);
      await writeFile(join(outside, 'precious'), 'x');
      await mkdir(where);
      const isMounted = await run('mount', ['--bind', outside, where]).then(
        () => true,
        () => false,
      );
      if (!isMounted) return context.skip();
      try {
        await twice();
        expect(await world.trash()).toHaveLength(1);
      } finally {
        await run('umount', [where]);
      }
      expect(existsSync(join(outside, 'precious'))).toBe(true);
    },
  );

  it('takes a folder in which nobody may write, and follows no link', async () => {
    const precious = join(world.git.folder, 'precious');
    await mkdir(precious);
    await writeFile(join(precious, 'file'), 'x');
    await symlink(precious, join(await entry(), 'folder', 'link'), 'junction');
    await mkdir(join(await entry(), 'folder', 'closed'), { mode: 0o555 });
    await twice();
    expect(await world.trash()).toEqual([]);
    expect(existsSync(join(precious, 'file'))).toBe(true);
  });
});
