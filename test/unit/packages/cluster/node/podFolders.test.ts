import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PodFolders } from '../../../../../packages/cluster/src/node/podFolders';

const mark = '0f8fad5b-d9cb-469f-a165-70867728950e';
let place: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'coppice-folders-'));
});
afterEach(() => rm(place, { recursive: true, force: true }));

it('makes one for each pod that asks, and removes it with the pod', async () => {
  const folders = new PodFolders(mark, place);
  const [one, again, two] = await Promise.all([folders.of('1'), folders.of('1'), folders.of('2')]);
  expect(one).toBe(again);
  expect(one).not.toBe(two);
  expect(await folders.known('3')).toBeUndefined();
  await folders.remove('1');
  expect(await readdir(place)).toHaveLength(1);
  await folders.removeAll();
  expect(await readdir(place)).toEqual([]);
});

it('removes what the same cluster left when it was killed, and nothing of another one', async () => {
  const folder = await new PodFolders(mark, place).of('1');
  await mkdir(join(folder, 'below'));
  const other = await new PodFolders('7c9e6679-7425-40de-944b-e07fc1f90ae7', place).of('1');
  await new PodFolders(mark, place).removeLeftovers();
  await expect(stat(folder)).rejects.toThrow('ENOENT');
  expect((await stat(other)).isDirectory()).toBe(true);
});
