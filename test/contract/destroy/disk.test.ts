import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { DestroyWorld } from './destroyWorld';

const run = promisify(execFile);

it.runIf(process.platform === 'linux' && process.getuid?.() === 0).each(['full', 'read-only'] as const)(
  'a delete, and its undo, on a disk that is %s are refused or done, lose nothing, and are done by the next try',
  async (what) => {
    const disk = await mkdtemp(join(tmpdir(), 'coppice-disk-'));
    const options = ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk];
    const isMounted = await run('mount', options).then(
      () => true,
      () => false,
    );
    if (!isMounted) return rm(disk, { recursive: true });
    vi.stubEnv('TMPDIR', disk);
    try {
      const world = await DestroyWorld.create();
      const { git, folder } = world;
      await git.commit('file', 'one\n', 'only here', folder);
      await git.write('draft', 'the only one', folder);
      const whole = await world.whole();
      const accepted = ['untracked', 'unpushed', 'database'] as const;
      const spoil = (): Promise<unknown> =>
        what === 'full'
          ? run('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=4096']).catch(() => undefined)
          : run('mount', ['-o', 'remount,ro', disk]);
      const mend = (): Promise<unknown> =>
        what === 'full' ? rm(join(disk, 'filler')) : run('mount', ['-o', 'remount,rw', disk]);
      const tried = async (work: () => Promise<unknown>): Promise<unknown> => {
        await spoil();
        const error: unknown = await work().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        await mend();
        return error;
      };
      const refused = await tried(() => world.delete(accepted));
      expect(refused).toBeInstanceOf(Error);
      expect(String(refused)).toMatch(what === 'full' ? /no space|full/i : /read-only|cannot be removed now/i);
      expect(await world.whole()).toEqual(whole);
      await world.delete(accepted);
      if ((await tried(() => world.undo())) !== undefined) await world.undo();
      expect(await world.whole()).toEqual(whole);
      await writeFile(join(folder, 'again'), 'x');
    } finally {
      vi.unstubAllEnvs();
      await run('umount', ['--lazy', disk]);
      await rm(disk, { recursive: true });
    }
  },
  120_000,
);
