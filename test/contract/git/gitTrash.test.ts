import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitTrash } from '../../../src/adapters/git/gitTrash';
import { DestroyWorld } from '../destroy/destroyWorld';

const run = promisify(execFile);

describe('emptying the trash', { timeout: 60_000 }, () => {
  let world: DestroyWorld;
  let trash: GitTrash;
  beforeEach(async () => {
    world = await DestroyWorld.create();
    trash = new GitTrash(world.git.env);
    await world.git.commit('file', 'x'.repeat(5000), 'only here', world.folder);
    await world.delete(['unpushed']);
  });
  afterEach(() => world.dispose());

  const id = async (): Promise<string> => (await trash.entries(await world.repository()))[0]?.id ?? 'none';
  const entry = async (): Promise<string> => (await trash.entries(await world.repository()))[0]?.path ?? 'none';
  const refs = (): Promise<string> => world.git.git('for-each-ref', '--format=%(refname)', 'refs/coppice');
  const remove = async (): Promise<void> => trash.remove(await world.repository(), await id());
  const clear = async (): Promise<readonly string[]> => trash.clear(await world.repository());

  it('tells what is in it, and how much that is', async () => {
    const repository = await world.repository();
    const [only, ...others] = await trash.entries(repository);
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      deleted: { path: world.folder, branch: 'topic', keepMs: 24 * 3600_000, recovery: [expect.any(String)] },
      stays: undefined,
    });
    const size = only && (await trash.size(only));
    expect(size?.isCut).toBe(false);
    expect(size?.bytes).toBeGreaterThan(5000);
  });

  it('removes files and refs for good, and nothing of another entry', async () => {
    const before = await refs();
    expect(before).toMatch(/^refs\/coppice\/recovery\//m);
    await world.git.git('worktree', 'add', '--quiet', '-b', 'other', join(world.folder, '..', 'other'));
    const repository = await world.repository();
    const first = await id();
    await world.undo();
    await world.delete(['unpushed']);
    const second = await id();
    expect(second).not.toBe(first);
    await expect(trash.remove(repository, first)).rejects.toMatchObject({ code: 'notFound' });
    await remove();
    expect(await refs()).toBe('');
    await expect(world.undo(second)).rejects.toMatchObject({ code: 'notFound' });
    expect(await clear()).toEqual([]);
    expect(await world.trash()).toEqual([]);
    expect(await world.git.git('branch', '--list', 'other')).toContain('other');
  });

  it('keeps refs that another entry names as its own', async () => {
    const common = join(world.git.root, '.git', 'coppice-trash');
    const [name = ''] = await world.trash();
    const copy = join(common, '5-00000000-0000-4000-8000-000000000000.deleted');
    await mkdir(copy);
    await writeFile(join(copy, 'record.json'), await readFile(join(common, name, 'record.json')));
    const before = (await refs()).split('\n').filter((ref) => ref.startsWith('refs/coppice/recovery/'));
    await remove();
    expect((await refs()).split('\n')).toEqual(before);
  });

  it('is finished by the next one where it was cut off once an entry was given up', async () => {
    const repository = await world.repository();
    const [name = ''] = await world.trash();
    const common = join(world.git.root, '.git', 'coppice-trash');
    // As after the rename, and before all else.
    await rename(join(common, name), join(common, name.replace(/\.deleted$/, '.emptied.decided')));
    expect(await trash.entries(repository)).toEqual([]);
    await expect(world.undo()).rejects.toMatchObject({ code: 'notFound' });
    // A sweep of the same moment leaves it to whoever is at it.
    await world.sweep(24);
    expect(await world.trash()).toHaveLength(1);
    expect(await clear()).toEqual([]);
    expect([await world.trash(), await refs()]).toEqual([[], '']);
  });

  it('is finished by a sweep of later, with the refs, where nobody empties again', async () => {
    const [name = ''] = await world.trash();
    const common = join(world.git.root, '.git', 'coppice-trash');
    await rename(join(common, name), join(common, `5-${name.replace(/^\d+-|\.deleted$/g, '')}.emptied.decided`));
    await world.sweep(24);
    expect([await world.trash(), (await refs()).split('\n').filter((ref) => ref.includes('recovery'))]).toEqual([
      [],
      [],
    ]);
  });

  it('removes links, and never what they lead to; takes a folder in which nobody may write', async () => {
    const precious = join(world.git.folder, 'precious');
    await mkdir(precious);
    await writeFile(join(precious, 'file'), 'x');
    await symlink(precious, join(await entry(), 'folder', 'link'), 'junction');
    await mkdir(join(await entry(), 'folder', 'closed'), { mode: 0o555 });
    await remove();
    expect(await clear()).toEqual([]);
    expect(await world.trash()).toEqual([]);
    expect(existsSync(join(precious, 'file'))).toBe(true);
  });

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'leaves what something is mounted in, and says where',
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
        const repository = await world.repository();
        const [only] = await trash.entries(repository);
        expect(only?.stays).toBe(`something is mounted at ${where}`);
        const told = { code: 'conflict', message: expect.stringContaining(where) as string };
        await expect(trash.verify(repository, only?.id ?? '')).rejects.toMatchObject(told);
        await expect(trash.remove(repository, only?.id ?? '')).rejects.toMatchObject(told);
      } finally {
        await run('umount', [where]);
      }
      expect(existsSync(join(outside, 'precious'))).toBe(true);
    },
  );

  it.each<[string, (path: string) => Promise<unknown>, RegExp]>([
    [
      'another folder in its place',
      async (path) => {
        await rename(join(path, 'folder'), join(world.git.folder, 'moved'));
        await mkdir(join(path, 'folder'));
      },
      /^another folder is at /,
    ],
    ['no folder', (path) => rename(join(path, 'folder'), join(world.git.folder, 'moved')), /^its folder is not in /],
    [
      'a folder that an undo has put back',
      (path) => world.putBack(path),
      /^an undo that was cut off has put its folder back to .*: "coppice undo \d+-\S+" finishes it$/,
    ],
    ['a file beside it', (path) => writeFile(join(path, 'notes'), 'x'), /^no delete has put notes into /],
    ['a record of a newer version', (path) => writeFile(join(path, 'record.json'), '{"version": 99}'), /record\.json/],
    ['no record', (path) => rm(join(path, 'record.json')), /^there is no .*record\.json, which says what was deleted$/],
  ])('says why an entry stays that has %s, and leaves it', async (_what, change, why) => {
    const repository = await world.repository();
    const name = await id();
    await change(await entry());
    expect((await trash.entries(repository))[0]?.stays).toMatch(why);
    const [before, refsBefore] = [await readdir(await entry(), { recursive: true }), await refs()];
    await expect(trash.verify(repository, name)).rejects.toMatchObject({ code: 'conflict' });
    await expect(trash.remove(repository, name)).rejects.toMatchObject({ code: 'conflict' });
    expect([await readdir(await entry(), { recursive: true }), await refs()]).toEqual([before, refsBefore]);
  });
});
