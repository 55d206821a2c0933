import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTemporal } from '../../../../src/adapters/temporal/findTemporal';

const ending = process.platform === 'win32' ? '.exe' : '';

describe('Temporal’s program', () => {
  let folder: string;
  const place = async (...path: string[]): Promise<string> => {
    const bin = join(folder, ...path);
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, `temporal${ending}`), '');
    await chmod(join(bin, `temporal${ending}`), 0o755);
    return bin;
  };
  const on = (named: string, worktrees: readonly string[], ...bins: string[]) =>
    findTemporal(named, { PATH: bins.join(delimiter) }, worktrees);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-find-temporal-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is that of the setting, and no other', async () => {
    const [bin, other] = [await place('named'), await place('other')];
    expect(await on(join(bin, `temporal${ending}`), [], other)).toBe(join(bin, `temporal${ending}`));
    for (const named of [join(folder, 'none'), 'temporal'])
      await expect(on(named, [], other)).rejects.toMatchObject({
        code: 'missingTool',
        message: `The setting coppice.temporal.path names ${named}, where no program is.`,
        remedy: { action: { kind: 'openSettings', setting: 'temporal.path' } },
      });
  });

  it('is the first on PATH that is none of the repository, whichever way PATH leads there', async () => {
    const [inside, outside] = [await place('worktree', 'bin'), await place('outside')];
    const around = join(folder, 'around');
    await symlink(inside, around, process.platform === 'win32' ? 'junction' : 'dir');
    const worktrees = [join(folder, 'worktree')];
    expect(await on('', worktrees, inside, around, outside)).toBe(join(outside, `temporal${ending}`));
    await expect(on('', worktrees, inside, around)).rejects.toMatchObject({
      code: 'missingTool',
      message: expect.stringContaining(`but ${join(inside, `temporal${ending}`)}, which the repository`) as unknown,
    });
  });

  it('is the one that is known, except where that is of the repository or gone', async () => {
    const [inside, outside, known] = [await place('worktree', 'tools'), await place('outside'), await place('known')];
    const among = (bin: string, worktrees: readonly string[]) =>
      findTemporal('', { PATH: outside }, worktrees, join(bin, `temporal${ending}`));
    const worktrees = [join(folder, 'worktree')];
    expect(await among(known, worktrees)).toBe(join(known, `temporal${ending}`));
    expect(await among(inside, worktrees)).toBe(join(outside, `temporal${ending}`));
    expect(await among(join(folder, 'gone'), worktrees)).toBe(join(outside, `temporal${ending}`));
  });

  it('is asked for in one line that says how it is installed', async () => {
    await expect(on('', [], folder)).rejects.toMatchObject({
      message:
        "There is no program temporal on this machine: namespaces in Temporal need Temporal's CLI. How to install it: https://docs.temporal.io/cli#install.",
      remedy: { action: { kind: 'openUrl', url: 'https://docs.temporal.io/cli#install' } },
    });
  });
});
