import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { diskOf, isHomeLost } from '../../../../../packages/cluster/src/process/isHomeLost';

let root: string;
let disk: number | undefined;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'coppice-lost-'));
  disk = diskOf(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const write = (text: string) => writeFile(join(root, 'processes.json'), text);

it.each(['', '{', '{}', '{"mark":1}', JSON.stringify({ mark: 'ours', processes: [] })])(
  '%j is no other cluster',
  async (text) => {
    await write(text);
    expect(isHomeLost(root, 'ours', disk)).toBe(false);
  },
);

it('a folder is not lost where only what is in it is missing, or a folder', async () => {
  expect(isHomeLost(root, 'ours', disk)).toBe(false);
  await mkdir(join(root, 'processes.json'));
  expect(isHomeLost(root, 'ours', disk)).toBe(false);
  expect(isHomeLost(join(root, 'processes.json', 'file'), 'ours', disk)).toBe(true);
});

it('a folder is lost once it is removed or moved, and once another cluster is in it', async () => {
  await write(JSON.stringify({ mark: 'ours' }));
  await rename(root, `${root}-moved`);
  expect(isHomeLost(root, 'ours', disk)).toBe(true);
  await rm(`${root}-moved`, { recursive: true });
  await mkdir(root);
  await write(JSON.stringify({ mark: 'theirs' }));
  expect(isHomeLost(root, 'ours', disk)).toBe(true);
});

it('a folder is not lost that lay on a disk which is away, or of which nobody knew where it lay', async () => {
  await rm(root, { recursive: true });
  for (const other of [(disk ?? 0) + 1, undefined]) {
    expect(isHomeLost(root, 'ours', other)).toBe(false);
    expect(isHomeLost(join(root, 'home', 'cluster'), 'ours', other)).toBe(false);
  }
  expect(isHomeLost(join(root, 'home', 'cluster'), 'ours', disk)).toBe(true);
});
