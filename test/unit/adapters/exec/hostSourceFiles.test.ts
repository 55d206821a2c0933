import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HostSourceFiles } from '../../../../src/adapters/exec/hostSourceFiles';

let place: string;
let folder: string;
beforeEach(async () => {
  place = await realpath(await mkdtemp(join(tmpdir(), 'coppice-sources-')));
  folder = join(place, 'worktree');
  await mkdir(join(folder, 'src'), { recursive: true });
  await writeFile(join(folder, 'src', 'a b.ts'), '');
  await writeFile(join(place, 'outside.ts'), '');
});
afterEach(() => rm(place, { recursive: true, force: true }));

const find = (...files: readonly string[]) => new HostSourceFiles().find(folder, files);

it('is the first file that is there', async () => {
  const file = join(folder, 'src', 'a b.ts');
  for (const told of ['src/a b.ts', './src/../src/a b.ts', file, pathToFileURL(file).href])
    expect(await find('none.ts', told), told).toBe(file);
});

it('is none that lies outside, whatever leads there', async () => {
  await symlink(join(place, 'outside.ts'), join(folder, 'link.ts'));
  await symlink(place, join(folder, 'up'));
  const outside = join(place, 'outside.ts');
  for (const told of [
    '../outside.ts',
    outside,
    pathToFileURL(outside).href,
    'link.ts',
    'up/outside.ts',
    'src',
    '//host/a.ts',
    'file://host/a.ts',
    'a\0.ts',
  ])
    expect(await find(told), told).toBeUndefined();
});

it('is found also where a link leads to the worktree itself', async () => {
  await symlink(folder, join(place, 'by-link'));
  const file = join(folder, 'src', 'a b.ts');
  expect(await new HostSourceFiles().find(join(place, 'by-link'), [join(place, 'by-link', 'src', 'a b.ts')])).toBe(
    file,
  );
});
