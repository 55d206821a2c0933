import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostFolderPrograms, parseLsof } from '../../../../src/adapters/exec/hostFolderPrograms';

describe.skipIf(process.platform === 'win32')('programs that work in a folder', () => {
  let folder: string;
  let proc: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-programs-')));
    proc = join(folder, 'proc');
    await mkdir(join(folder, 'one', 'deep'), { recursive: true });
    await mkdir(join(folder, 'one-more'));
    await mkdir(join(proc, String(process.pid)), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A process as proc(5) has it. */
  async function program(pid: number, cwd: string, { stat = '', environ = '' } = {}): Promise<void> {
    await mkdir(join(proc, String(pid)), { recursive: true });
    await symlink(cwd, join(proc, String(pid), 'cwd'));
    await writeFile(join(proc, String(pid), 'stat'), stat || `${pid} (node) S 1 ${pid} ${pid} 0 -1`);
    await writeFile(join(proc, String(pid), 'environ'), environ);
  }
  const found = async (...folders: string[]) =>
    Object.fromEntries((await new HostFolderPrograms({}, { platform: 'linux', proc }).in(folders)) ?? []);

  it('are those whose folder it is, or one beneath it; the innermost of the folders has them', async () => {
    const [one, deep, other] = [join(folder, 'one'), join(folder, 'one', 'deep'), join(folder, 'one-more')];
    await program(1, one);
    await program(2, deep);
    await program(3, other, { stat: '3 (a) (b) S 1 3 3 34816 -1' });
    await program(4, folder);
    expect(await found(one, other)).toEqual({
      [one]: [
        { pid: 1, name: 'node' },
        { pid: 2, name: 'node' },
      ],
      [other]: [{ pid: 3, name: 'a) (b' }],
    });
    expect(await found(one, deep)).toEqual({ [one]: [{ pid: 1, name: 'node' }], [deep]: [{ pid: 2, name: 'node' }] });
  });

  it('are none of a cluster, unless somebody sits there; and none that have ended', async () => {
    const one = join(folder, 'one');
    const environ = 'A=b\0COPPICE_RUN_MARK=4611686018427387905\0';
    await program(1, one, { environ });
    await program(2, one, { environ, stat: '2 (sh) S 1 2 2 34816 -1' });
    await program(3, one, { stat: '3 (gone) Z 1 3 3 0 -1' });
    expect(await found(one)).toEqual({ [one]: [{ pid: 2, name: 'sh' }] });
  });

  it('are none on Windows, which never tells, and removes no folder in which a program works', async () => {
    expect(await new HostFolderPrograms({}, { platform: 'win32', proc }).in([folder])).toEqual(new Map());
  });

  it('cannot be told where the system does not even tell of this one', async () => {
    await rm(join(proc, String(process.pid)), { recursive: true });
    await program(1, join(folder, 'one'));
    for (const at of [proc, join(folder, 'nowhere')])
      expect(await new HostFolderPrograms({}, { platform: 'linux', proc: at }).in([folder])).toBeUndefined();
  });

  describe('as lsof tells of them', () => {
    /** @param script a program in its place; undefined: there is none */
    const byLsof = async (script: string | undefined, timeoutMs = 60_000) => {
      const lsof = join(folder, 'lsof');
      if (script !== undefined) {
        await writeFile(lsof, `#!/bin/sh\n${script}\n`);
        await chmod(lsof, 0o755);
      }
      const found = await new HostFolderPrograms(
        { PATH: process.env['PATH'] },
        { platform: 'darwin', lsof, timeoutMs },
      ).in([join(folder, 'one')]);
      return found && [...found.values()].flat();
    };
    /** Its own parent is whoever asks. */
    const own = 'echo "p$PPID"; echo ccoppice; echo fcwd; echo n/';

    it('are those in the folder, without the one that asks', async () => {
      const other = `echo p7; echo cvi; echo fcwd; echo "n${join(folder, 'one')}"`;
      expect(await byLsof(`${own}; ${other}`)).toEqual([{ pid: 7, name: 'vi' }]);
      expect(await byLsof(own)).toEqual([]);
    });

    it.each([
      ['is missing', undefined, 60_000],
      ['does not answer in time', 'exec sleep 600', 100],
      ['fails without a word', 'exit 1', 60_000],
      ['cannot see the one that asks', 'echo p7; echo cvi; echo fcwd; echo n/', 60_000],
    ])('cannot be told where it %s', async (_, script, timeoutMs) => {
      expect(await byLsof(script, timeoutMs)).toBeUndefined();
    });
  });
});

it('reads what lsof tells', () => {
  expect(parseLsof('p7\ncnode\nfcwd\nn/code/repo\np8\nczsh\nfcwd\nn/Users/ada\n')).toEqual([
    { pid: 7, name: 'node', folder: '/code/repo' },
    { pid: 8, name: 'zsh', folder: '/Users/ada' },
  ]);
});
