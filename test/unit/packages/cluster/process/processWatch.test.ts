import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ProcessWatch } from '../../../../../packages/cluster/src/process/processWatch';

let root: string;
let watch: ProcessWatch | undefined;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'coppice-watch-'));
});
afterEach(async () => {
  watch?.close();
  await rm(root, { recursive: true, force: true });
});

const file = (): string => join(root, 'processes.json');

/** Whose reaper is a program that ends at once with its pipe. */
async function started(): Promise<ProcessWatch> {
  const reaper = join(root, 'reaper.cjs');
  await writeFile(reaper, "process.stdin.resume().on('end', () => process.exit());");
  watch = await ProcessWatch.start(file(), reaper, () => undefined);
  return watch;
}

it('what a cluster runs is written down at once, and taken back', async () => {
  const { mark } = await started();
  watch?.add(process.pid);
  await expect
    .poll(async () => JSON.parse(await readFile(file(), 'utf8')))
    .toMatchObject({ mark, processes: [{ pid: process.pid }] });
  watch?.remove(process.pid);
  await expect.poll(async () => JSON.parse(await readFile(file(), 'utf8'))).toEqual({ mark, processes: [] });
});

it('another cluster that is in this folder by now keeps its own file: its reaper would take it for lost', async () => {
  await started();
  const theirs = JSON.stringify({ mark: 'theirs', processes: [] });
  await writeFile(file(), theirs);
  watch?.add(process.pid);
  watch?.remove(process.pid);
  watch?.close();
  expect(await readFile(file(), 'utf8')).toBe(theirs);
});

it('a folder that was made anew gets no file of the cluster before: who starts there would take its mark', async () => {
  await started();
  await rm(file());
  watch?.add(process.pid);
  watch?.remove(process.pid);
  watch?.close();
  expect(await readdir(root)).toEqual(['reaper.cjs']);
});
